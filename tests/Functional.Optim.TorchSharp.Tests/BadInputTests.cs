using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Functional.Optim.TorchSharp.Tests;

using Network = nn.Module<Tensor, Tensor>;

/// <summary>Modules and gradients that changed: the message names the parameter, its value and what is allowed.</summary>
public class BadInputTests
{
    [TorchFact]
    public void A_module_that_changed()
    {
        Fails(network => network.to(ScalarType.Float64), "The parameter 'hidden.weight' was disposed or replaced");
        Fails(network => network.Dispose(), "The parameter 'hidden.weight' was disposed or replaced");
        Fails(
            network =>
            {
                Linear output = (Linear)network.children().Last();
                output.weight = new Parameter(zeros(3, 8));
            },
            "The parameter 'output.weight' was disposed or replaced");
        Fails(
            network =>
            {
                using IDisposable noGradient = no_grad();
                network.get_parameter("output.bias")!.unsqueeze_(0);
            },
            "The parameter 'output.bias' has the shape [1, 2]; it had [2] when the optimizer was made");
    }

    [TorchFact]
    public void A_gradient_that_is_not_one_of_its_parameter()
    {
        Set(zeros(2, device: META), "on the device meta; allowed is that of the parameter, cpu");
        Set(zeros(2, ScalarType.Float64), "of the type Float64; allowed is that of the parameter, Float32");
        Set(zeros(3), "of the shape [3]; allowed is that of the parameter, [2]");
        Set(zeros(2).to_sparse(), "sparse; allowed is a dense one");

        static void Set(Tensor gradient, string message) => Fails(
            network => network.get_parameter("output.bias")!.grad = gradient,
            $"The gradient of 'output.bias' is {message}");
    }

    [TorchFact]
    public void A_sparse_gradient_of_an_embedding()
    {
        using Embedding embedding = nn.Embedding(4, 2, sparse: true);
        using TorchOptimizer<float> bound = TorchOptimizer.Of(embedding, Sgd.Of(0.1));
        using (Tensor loss = embedding.forward(tensor(new long[] { 1, 2 })).sum()) loss.backward();
        Assert.Contains(
            "The gradient of 'weight' is sparse", Assert.Throws<InvalidOperationException>(() => bound.step()).Message);
    }

    [TorchFact]
    public void A_module_that_cannot_be_optimized()
    {
        const string weight = "The parameter 'hidden.weight' is of the type ";
        Refused<float>(
            Networks.Mlp(ScalarType.Float64), $"{weight}Float64; allowed for Single is Float32; ask for double");
        Refused<float>(Networks.Mlp(ScalarType.BFloat16), $"{weight}BFloat16; allowed for Single is Float32.");
        Refused<double>(
            Networks.Mlp(ScalarType.Float16), $"{weight}Float16; allowed for Double is Float32 and Float64.");
        Refused<float>(nn.Linear(2, 2, device: META), "The parameter 'weight' is on the device meta");
        Network disposed = Networks.Mlp();
        disposed.Dispose();
        Refused<float>(disposed, "The module has no parameters, or is disposed");
        Refused<float>(nn.ReLU(), "The module has no parameters, or is disposed");
        Assert.Contains(
            "hidden.bias",
            Assert.Throws<ArgumentException>(() => TorchOptimizer.Of(Networks.Mlp(), Muon.Of(0.1))).Message);
        Assert.Throws<ArgumentNullException>(() => TorchOptimizer.Of(null!, Sgd.Of(1)));
        Assert.Throws<ArgumentNullException>(() => TorchOptimizer.Of(Networks.Mlp(), null!));

        static void Refused<T>(Network network, string message)
            where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T> =>
            Assert.Contains(
                message,
                Assert.Throws<ArgumentException>(() => TorchOptimizer.Of<T>(network, Sgd.Of(1))).Message,
                StringComparison.Ordinal);
    }

    [TorchFact]
    public void A_wrapper_needs_a_gradient_of_each_parameter_that_is_not_frozen()
    {
        using Network network = Networks.Mlp();
        Optimizer inside = Sgd.Of(0.1);
        using TorchOptimizer<float> bound = TorchOptimizer.Of(network, ApplyIfFinite.Around(inside)),
            frozen = TorchOptimizer.Of(network, ApplyIfFinite.Around(
                inside with { Groups = [LeafGroup.Frozen("hidden", LeafFilter.Named("hidden.*"))] }));
        foreach (Parameter parameter in network.children().First().parameters()) parameter.requires_grad = false;
        Networks.Backward(network, 0);
        Assert.StartsWith(
            "The parameter hidden.weight[8, 3] has no gradient, and applyIfFinite",
            Assert.Throws<InvalidOperationException>(() => bound.step()).Message,
            StringComparison.Ordinal);
        ParameterTree<float> before = frozen.ToTree();
        frozen.step();
        Assert.Equal(before.AsSpan("hidden.weight"), frozen.ToTree().AsSpan("hidden.weight"));
        Assert.False(before == frozen.ToTree());
    }

    [TorchFact]
    public void A_disposed_optimizer()
    {
        using Network network = Networks.Mlp();
        TorchOptimizer<float> bound = TorchOptimizer.Of(network, AdamW.Of(0.1));
        bound.Dispose();
        bound.Dispose();
        Assert.Throws<ObjectDisposedException>(() => bound.step());
        Assert.Throws<ObjectDisposedException>(bound.zero_grad);
        Assert.Throws<ObjectDisposedException>(() => bound.State);
        Assert.Throws<ObjectDisposedException>(() => bound.ToTree());
        Assert.Throws<ObjectDisposedException>(() => bound.Save("x"));
        Assert.Throws<ObjectDisposedException>(() => bound.Load("x"));
    }

    [TorchFact]
    public void Groups_and_schedules_of_torch_say_what_to_use_instead()
    {
        using Network network = Networks.Mlp();
        using TorchOptimizer<float> bound = TorchOptimizer.Of(network, AdamW.Of(0.1));
        Assert.Contains(
            "give the optimizer a schedule",
            Assert.Throws<NotSupportedException>(() => optim.lr_scheduler.StepLR(bound, 10)).Message);
        Assert.Contains(
            "give the optimizer its groups",
            Assert.Throws<NotSupportedException>(() => bound.add_param_group(new ParamGroup())).Message);
    }

    /// <summary>A step after a change fails, and changes nothing.</summary>
    private static void Fails(Action<Network> change, string message)
    {
        foreach (Optimizer optimizer in (Optimizer[])[AdamW.Of(0.1), ApplyIfFinite.Around(AdamW.Of(0.1))])
        {
            using Network network = Networks.Mlp();
            using TorchOptimizer<float> bound = TorchOptimizer.Of(network, optimizer);
            Networks.Train(network, bound, 1);
            OptimizerState<float> state = bound.State.Copy();
            change(network);
            Assert.Contains(
                message,
                Assert.Throws<InvalidOperationException>(() => bound.step()).Message,
                StringComparison.Ordinal);
            Assert.Equal(state, bound.State);
        }
    }
}
