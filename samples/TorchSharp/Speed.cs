using System.Diagnostics;
using Functional.Optim.TorchSharp;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharpSample;

/// <summary>How long a step over 33.5 million parameters takes, beside one of torch.optim in the same program.</summary>
internal static class Speed
{
    private const int Turns = 9, Warmup = 2;

    /// <summary>Longer than the threads of OpenMP wait for work by asking again and again.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(300);

    internal static void Compare()
    {
        using nn.Module<Tensor, Tensor> module = nn.Sequential(
            [.. Enumerable.Range(0, 8).Select(
                index => ($"layer{index}", (nn.Module<Tensor, Tensor>)nn.Linear(2048, 2048, hasBias: false)))]);
        foreach (Parameter parameter in module.parameters()) parameter.grad = randn_like(parameter) * 1e-3;
        using optim.Optimizer theirs = optim.AdamW(module.parameters(), lr: 1e-4, weight_decay: 0.01),
            ours = TorchOptimizer.Of(module, Functional.Optim.AdamW.Of(1e-4, weightDecay: 0.01));
        List<(double Theirs, double Ours)> times = [];
        for (int turn = -Warmup; turn < Turns; turn++)
        {
            (double, double) pair = (Milliseconds(theirs), Milliseconds(ours));
            if (turn >= 0) times.Add(pair);
        }

        Console.WriteLine(
            $"AdamW, {module.parameters().Sum(parameter => parameter.numel()):N0} parameters, "
            + $"{Environment.ProcessorCount} cores, torch with {get_num_threads()} threads");
        Console.WriteLine(
            $"torch.optim {Median(times.Select(time => time.Theirs)):0.0} ms, "
            + $"here {Median(times.Select(time => time.Ours)):0.0} ms");
        Console.WriteLine(
            $"ratio {Median(times.Select(time => time.Ours / time.Theirs)):0.000}, the median of {Turns} turns");
    }

    private static double Milliseconds(optim.Optimizer optimizer)
    {
        Thread.Sleep(Rest);
        long start = Stopwatch.GetTimestamp();
        optimizer.step();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Turns / 2);
}
