using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Kernels;

/// <summary>Each span kernel gives the bits of its record.</summary>
public class SpanKernelTests
{
    private const int Length = 37;

    /// <summary>One update in place: t, θ, g and the slots.</summary>
    private delegate void Kernel(long step, float[] theta, float[] gradient, float[][] slots);

    private static readonly (string Name, Optimizer Optimizer, Kernel Kernel)[] Cases =
    [
        ("sgd", Sgd.Of(0.1, 0.9, 0.5, weightDecay: 0.1), (t, x, g, s) =>
            SgdKernel.Step<float>(new(0.1, 0.9, 0.5, L2: 0.1), t, x, g, s[0], x, s[0])),
        ("adam", Adam.Of(0.1, 0.8, 0.9, 0.01, 0.1), (t, x, g, s) =>
            AdamKernel.Step<float>(new(0.1, 0.8, 0.9, 0.01, 0.1), t, x, g, s[0], s[1], x, s[0], s[1])),
        ("adamw", AdamW.Of(0.1, 0.8, 0.9, 0.01, 0.1), (t, x, g, s) =>
            AdamWKernel.Step<float>(new(0.1, 0.8, 0.9, 0.01, 0.1), t, x, g, s[0], s[1], x, s[0], s[1])),
        ("adagrad", Adagrad.Of(0.1, 0, 0.5, 0.2, 0.3, 0.1), (_, x, g, s) =>
            AdagradKernel.Step<float>(new(0.1, 0.2, 0.3, 0.1), x, g, s[0], x, s[0])),
        ("rmsprop", RmsProp.Of(0.1, 0.8, 0.2, 0.3, weightDecay: 0.1), (_, x, g, s) =>
            RmsPropKernel.Step<float>(new(0.1, 0.8, 0.2, 0.3, L2: 0.1), x, g, s[0], default, default, x, s[0], default, default)),
        ("rmsprop with momentum", RmsProp.Of(0.1, 0.8, momentum: 0.7), (_, x, g, s) =>
            RmsPropKernel.Step<float>(new(0.1, 0.8, Momentum: 0.7), x, g, s[0], default, s[1], x, s[0], default, s[1])),
        ("rmsprop, centered", RmsProp.Of(0.1, 0.8, 0.2, 0.3, true), (_, x, g, s) =>
            RmsPropKernel.Step<float>(new(0.1, 0.8, 0.2, 0.3, true), x, g, s[0], s[1], default, x, s[0], s[1], default)),
        ("rmsprop, centered, with momentum", RmsProp.Of(0.1, 0.8, centered: true, momentum: 0.7), (_, x, g, s) =>
            RmsPropKernel.Step<float>(new(0.1, 0.8, Centered: true, Momentum: 0.7), x, g, s[0], s[1], s[2], x, s[0], s[1], s[2])),
        ("adadelta", Adadelta.Of(0.1, 0.8, 0.01, 0.1), (_, x, g, s) =>
            AdadeltaKernel.Step<float>(new(0.1, 0.8, 0.01, 0.1), x, g, s[0], s[1], x, s[0], s[1])),
        ("adamax", Adamax.Of(0.1, 0.8, 0.9, 0.01, 0.1), (t, x, g, s) =>
            AdamaxKernel.Step<float>(new(0.1, 0.8, 0.9, 0.01, 0.1), t, x, g, s[0], s[1], x, s[0], s[1])),
        ("nadam", NAdam.Of(0.1, 0.8, 0.9, 0.01, 0.5, 0.1), (t, x, g, s) =>
            NAdamKernel.Step<float>(new(0.1, 0.8, 0.9, 0.01, 0.5, 0.1), t, x, g, s[0], s[1], x, s[0], s[1])),
        ("nadam, decoupled", NAdam.Of(0.1, weightDecay: 0.1, decoupledDecay: true, asTorchBefore2: true), (t, x, g, s) =>
            NAdamKernel.Step<float>(
                new(0.1, WeightDecay: 0.1, DecoupledDecay: true, AsTorchBefore2: true), t, x, g, s[0], s[1], x, s[0], s[1])),
        ("radam", RAdam.Of(0.1, 0.8, 0.9, 0.01, 4, 0.1), (t, x, g, s) =>
            RAdamKernel.Step<float>(new(0.1, 0.8, 0.9, 0.01, 4, 0.1), t, x, g, s[0], s[1], x, s[0], s[1])),
        ("radam, decoupled", RAdam.Of(0.1, 0.8, 0.9, weightDecay: 0.1, decoupledDecay: true), (t, x, g, s) =>
            RAdamKernel.Step<float>(new(0.1, 0.8, 0.9, WeightDecay: 0.1, DecoupledDecay: true), t, x, g, s[0], s[1], x, s[0], s[1])),
        ("rprop", Rprop.Of(0.2, 0.3, 1.5, 0.1, 0.3, 0.5, 0.1), (_, x, g, s) =>
            RpropKernel.Step<float>(new(0.5, 0.3, 1.5, 0.1, 0.3, 0.1), x, g, s[0], s[1], x, s[0], s[1])),
        ("asgd", Asgd.Of(0.1, 0.2, 0.5, 1, 0.1), (t, x, g, s) =>
            AsgdKernel.Step<float>(new(0.1, 0.2, 0.5, 1, 0.1), t, x, g, s[0], x, s[0])),
        ("lion", Lion.Of(0.1, 0.8, 0.9, 0.1), (_, x, g, s) =>
            LionKernel.Step<float>(new(0.1, 0.8, 0.9, 0.1), x, g, s[0], x, s[0])),
        ("adabelief", AdaBelief.Of(0.1, 0.8, 0.9, 0.01, 0.02, 0.1), (t, x, g, s) =>
            AdaBeliefKernel.Step<float>(new(0.1, 0.8, 0.9, 0.01, 0.02, 0.1), t, x, g, s[0], s[1], x, s[0], s[1])),
        ("adabelief, decoupled", AdaBelief.Of(0.1, weightDecay: 0.1, decoupledDecay: true), (t, x, g, s) =>
            AdaBeliefKernel.Step<float>(new(0.1, WeightDecay: 0.1, DecoupledDecay: true), t, x, g, s[0], s[1], x, s[0], s[1])),
        ("yogi", Yogi.Of(0.1, 0.8, 0.9, 0.01, 0.3, true, 0.1), (t, x, g, s) =>
            YogiKernel.Step<float>(new(0.1, 0.8, 0.9, 0.01, true, 0.1), t, x, g, s[0], s[1], x, s[0], s[1])),
    ];

    public static TheoryData<string> Names => [.. Cases.Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_gives_the_bits_of_its_record(string name)
    {
        var (_, optimizer, kernel) = Cases.Single(entry => entry.Name == name);
        ParameterTree<float> parameters = Wave(0);
        OptimizerState<float> state = optimizer.Init(parameters);
        float[] theta = Array(parameters);
        float[][] slots = [.. Enumerable.Range(0, state.SlotCount).Select(slot => Array(state[slot]))];
        for (int step = 1; step <= 8; step++)
        {
            (parameters, state) = optimizer.Step(parameters, Wave(step), state);
            kernel(step, theta, Array(Wave(step)), slots);
            Assert.Equal(Array(parameters), theta);
            for (int slot = 0; slot < slots.Length; slot++) Assert.Equal(Array(state[slot]), slots[slot]);
        }
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("adam")]
    [InlineData("adamw")]
    [InlineData("adamax")]
    [InlineData("nadam")]
    [InlineData("radam")]
    [InlineData("asgd")]
    [InlineData("adabelief")]
    [InlineData("yogi")]
    public void Steps_are_counted_from_one(string name)
    {
        Kernel kernel = Cases.Single(entry => entry.Name == name).Kernel;
        Assert.Throws<ArgumentOutOfRangeException>(() => kernel(0, new float[1], new float[1], [new float[1], new float[1]]));
    }

    private static float[] Array(ParameterTree<float> tree) => tree.AsSpan("x").ToArray();

    private static ParameterTree<float> Wave(int seed) =>
        ParameterTree.Of(Leaf.Of("x", [Length], [.. Enumerable.Range(0, Length).Select(index => MathF.Sin((2.1f * seed) + index))]));
}
