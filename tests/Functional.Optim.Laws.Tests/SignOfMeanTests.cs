namespace Functional.Optim.Laws.Tests;

/// <summary>How one checks an optimizer of one's own.</summary>
public class SignOfMeanTests
{
    private static readonly Optimizer Optimizer =
        new SignOfMean(Beta: 0.9).Then(WeightDecay.Decoupled(0.1))
            .Then(LearningRate.Of(Schedule.WarmupCosine(0.01, 10, 100)));

    public static TheoryData<string> Laws => [.. OptimizerLaws.OfEvery.Select(law => law.Name)];

    [Fact]
    public void It_obeys_every_law() => OptimizerLaws.All(Optimizer);

    [Fact]
    public void Its_steps_are_bounded_whatever_the_scale()
    {
        OptimizerLaws.BoundedStep(Optimizer);
        OptimizerLaws.ScaleInvariance(Optimizer);
    }

    /// <summary>The same laws, each under its name.</summary>
    [Theory]
    [MemberData(nameof(Laws))]
    public void It_obeys(string name)
    {
        OptimizerLaw law = OptimizerLaws.OfEvery.Single(law => law.Name == name);
        Assert.Null(law.Exemption(Optimizer));
        law.Check(Optimizer);
    }

    [Fact]
    public void Its_first_step_is_the_learning_rate_against_the_sign()
    {
        Optimizer signum = new SignOfMean(0.9).Then(LearningRate.Of(0.25));
        ParameterTree<float> parameters = ParameterTree.Of(Leaf.Of("w", [4], [1f, 1f, 1f, 1f]));
        ParameterTree<float> gradients = ParameterTree.Of(Leaf.Of("w", [4], [3f, -1e-20f, 0f, float.NaN]));
        var (moved, state) = signum.Step(parameters, gradients, signum.Init(parameters));
        Assert.Equal([0.75f, 1.25f, 1f, float.NaN], moved.AsSpan("w").ToArray());
        Assert.Equal(0.1f * 3f, state["m"].AsSpan("w")[0], 1e-7f);
    }
}
