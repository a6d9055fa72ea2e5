using MiniGpt;

namespace Functional.Optim.Tests.MiniGpt.Optimizers;

public sealed class OptimizerChoiceTests
{
    private static readonly ParameterTree<float> Parameters = ParameterTree.Of(
        Leaf.Of("matrix", [1, 2], [3f, -4f]), Leaf.Of("vector", [2], [5f, 6f]));

    private static readonly ParameterTree<float> Zeros = Parameters.Layout.Zeros<float>();

    public static IEnumerable<object[]> Choices =>
        from optimizer in OptimizerChoice.Names from schedule in ScheduleChoice.Names select (object[])[optimizer, schedule];

    [Theory]
    [MemberData(nameof(Choices))]
    public void Every_optimizer_runs_with_every_schedule(string optimizer, string schedule)
    {
        Optimizer chosen = OptimizerChoice.Of(Preset.All[0] with { Optimizer = optimizer, Schedule = schedule, WeightDecay = 0 });
        (ParameterTree<float> moved, _) = chosen.Step(Parameters, Parameters, chosen.Init(Parameters));
        Assert.True(moved.AsSpan("matrix")[0] < 3 && moved.AsSpan("matrix")[1] > -4, "the step goes down");
        Assert.InRange(chosen.LearningRateAt(1), 1e-5, 1e-3);
        Assert.InRange(chosen.LearningRateAt(2000), 1e-4, 1e-3);
    }

    [Theory]
    [MemberData(nameof(Choices))]
    public void A_learning_rate_of_0_changes_nothing(string optimizer, string schedule)
    {
        Optimizer chosen = OptimizerChoice.Of(Preset.All[0] with { Optimizer = optimizer, Schedule = schedule, LearningRate = 0 });
        Assert.Equal(Parameters, chosen.Step(Parameters, Parameters, chosen.Init(Parameters)).Parameters);
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("momentum")]
    [InlineData("adam")]
    [InlineData("adamw")]
    public void Decay_shrinks_matrices_only(string optimizer)
    {
        Optimizer chosen = OptimizerChoice.Of(Preset.All[0] with { Optimizer = optimizer, WarmupSteps = 0 });
        (ParameterTree<float> moved, _) = chosen.Step(Parameters, Zeros, chosen.Init(Parameters));
        Assert.InRange(moved.AsSpan("matrix")[0], 2.9f, 2.99999f);
        Assert.Equal([5f, 6f], moved.AsSpan("vector").ToArray());
    }

    [Fact]
    public void A_clip_of_0_limits_nothing_and_still_refuses_what_is_not_finite()
    {
        Preset plain = Preset.All[0] with { Optimizer = "sgd", Schedule = "constant", LearningRate = 1, WeightDecay = 0 };
        Optimizer unlimited = OptimizerChoice.Of(plain with { Clip = 0 }), limited = OptimizerChoice.Of(plain with { Clip = 1 });
        Assert.Equal(Zeros, unlimited.Step(Parameters, Parameters, unlimited.Init(Parameters)).Parameters);
        (ParameterTree<float> moved, _) = limited.Step(Parameters, Parameters, limited.Init(Parameters));
        Assert.Equal(Parameters.GlobalNorm() - 1, moved.GlobalNorm(), 1e-5);
        ParameterTree<float> bad = ParameterTree.Of(Leaf.Of("matrix", [1, 2], [1f, 1f]), Leaf.Of("vector", [2], [float.NaN, 0f]));
        Assert.Contains("vector", Assert.Throws<NonFiniteGradientException>(
            () => unlimited.Step(Parameters, bad, unlimited.Init(Parameters))).Message, StringComparison.Ordinal);
    }
}
