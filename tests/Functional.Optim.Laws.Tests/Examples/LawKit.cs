namespace Functional.Optim.Laws.Tests;

/// <summary>What tests/README.md shows of the law kit, in a program that runs.</summary>
public class LawKit
{
    [Fact]
    public void One_call_for_each_question()
    {
        #region tests/README.md
        Optimizer optimizer = Clip.ByValue(1).Then(LearningRate.Of(0.1));
        OptimizerLaws.All(optimizer);                              // throws at the first law that fails
        OptimizerReport report = OptimizerLaws.Report(optimizer);  // every law: holds, fails or does not apply, and why
        OptimizerLaws.Matches(optimizer, (step, theta, gradient, state) => theta - (0.1 * Math.Clamp(gradient, -1, 1)));
        #endregion

        Assert.True(report.Holds);
        Assert.Contains("does not apply DecoupledDecay: it has no decay", report.ToString(), StringComparison.Ordinal);
    }
}
