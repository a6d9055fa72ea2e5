using System.Diagnostics;
using System.Globalization;
using Functional.Optim;
using Functional.Optim.TorchSharp;
using TorchSharp;
using TorchSharpSample;
using static TorchSharp.torch;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (NativeTorch.Problem is { } problem)
{
    Console.Error.WriteLine(problem);
    return 2;
}

switch (args)
{
    case []:
        break;
    case ["speed"]:
        Speed.Compare();
        return 0;
    default:
        Console.Error.WriteLine(
            $"'{string.Join(' ', args)}' is no option; allowed is nothing, for the training, or 'speed'.");
        return 2;
}

// The same small module twice, from the same parameters, and the data of a curve.
random.manual_seed(1);
nn.Module<Tensor, Tensor> theirs = Network(), ours = Network();
ours.load_state_dict(theirs.state_dict());
Tensor x = linspace(-3, 3, 256).unsqueeze(1), y = x.sin() + (0.3 * (5 * x).cos());

// Two optimizers: one of torch.optim, and one of this library in its place.
using optim.Optimizer torchAdamW = optim.AdamW(theirs.parameters(), lr: 3e-3, weight_decay: 0.01);
using optim.Optimizer adamW = TorchOptimizer.Of(ours, AdamW.Of(3e-3, weightDecay: 0.01));

const int steps = 500;
TimeSpan[] torchTimes = new TimeSpan[steps], times = new TimeSpan[steps];
Console.WriteLine("step   torch.optim    here");
for (int step = 0; step < steps; step++)
{
    double torchLoss = Train(theirs, torchAdamW, out torchTimes[step]), loss = Train(ours, adamW, out times[step]);
    if (step is 0 or 9 || (step + 1) % 100 == 0)
        Console.WriteLine($"{step + 1,4}   {torchLoss,11:0.0000000}   {loss:0.0000000}");
}

Console.WriteLine();
Console.WriteLine($"a step of torch.optim takes {Median(torchTimes):0} µs, one here {Median(times):0} µs (medians)");
return 0;

// The loop is that of torch, whichever optimizer it gets.
double Train(nn.Module<Tensor, Tensor> network, optim.Optimizer optimizer, out TimeSpan time)
{
    using IDisposable scope = NewDisposeScope();
    optimizer.zero_grad();
    Tensor loss = nn.functional.mse_loss(network.forward(x), y);
    loss.backward();
    long start = Stopwatch.GetTimestamp();
    optimizer.step();
    time = Stopwatch.GetElapsedTime(start);
    return loss.item<float>();
}

static nn.Module<Tensor, Tensor> Network() => nn.Sequential(
    ("hidden", nn.Linear(1, 64)), ("tanh", nn.Tanh()), ("second", nn.Linear(64, 64)), ("tanh2", nn.Tanh()),
    ("output", nn.Linear(64, 1)));

static double Median(TimeSpan[] times) => times.Order().ElementAt(times.Length / 2).TotalMicroseconds;
