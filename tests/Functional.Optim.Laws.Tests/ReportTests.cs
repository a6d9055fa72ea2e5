namespace Functional.Optim.Laws.Tests;

public class ReportTests
{
    [Fact]
    public void Every_law_is_told_of_once_and_nothing_is_printed()
    {
        (TextWriter output, TextWriter error) = (Console.Out, Console.Error);
        using StringWriter printed = new();
        Console.SetOut(printed);
        Console.SetError(printed);
        OptimizerReport report, wrong;
        try
        {
            report = OptimizerLaws.Report(Lion.Of(0.01));
            wrong = OptimizerLaws.Report(WrongOptimizers.All[0].Optimizer);
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }

        Assert.Empty(printed.ToString());
        Assert.True(report.Holds);
        Assert.False(wrong.Holds);
        foreach (OptimizerReport each in (OptimizerReport[])[report, wrong])
        {
            Assert.Equal(OptimizerLaws.OfEvery.Select(law => law.Name), each.OfEvery.Select(result => result.Law));
            Assert.Equal(OptimizerLaws.OfSome.Select(law => law.Name), each.OfSome.Select(result => result.Law));
        }
    }

    [Fact]
    public void It_prints_what_holds_what_does_not_apply_and_why()
    {
        Optimizer optimizer = Clip.ByLeafNorm(1e30).Then(Lion.Of(0.1));
        Assert.Equal(
            $$"""
            {{optimizer}}
            Laws of every optimizer:
              holds Purity
              holds Donation
              holds Lanes
              holds Threads
              holds Resume
              holds FailedStep
              holds Release
              holds NestedStep
              holds Shards
              holds StateOwner
              holds Evaluation
              holds Descent
              holds Update
              holds Composition
              holds Split
              does not apply Locality: clipByLeafNorm(maximum=1e+30) looks at more than one element
              holds ZeroRate
              holds RateMultiplier
              holds FrozenLeaves
              does not apply DecoupledDecay: it has no decay
              holds LastStep
            Laws of some optimizers:
              holds BiasCorrection
              holds ScaleInvariance
              holds BoundedStep
            """.ReplaceLineEndings("\n"),
            OptimizerLaws.Report(optimizer).ToString());
    }

    [Fact]
    public void What_fails_is_told_with_what_differs_and_the_counterexample()
    {
        Optimizer wrong = new WrongOptimizers.GoesUp().Then(LearningRate.Of(0.25));
        OptimizerReport report = OptimizerLaws.Report(wrong);
        Assert.False(report.Holds);
        LawResult failed = Assert.Single(report.OfEvery, result => result.Outcome == LawOutcome.Fails);
        Assert.Matches(
            @"^fails Descent: in float: after step 1 with one gradient from 0 on, Σ g·θ of leaf\d is 0\.25; "
            + @"allowed is 0 or less\nThe smallest counterexample found: leaf\d\[1\] θ = 0, g1 = 1, g2 = 0, g3 = 0"
            + @"(\nTo draw it again: SEED=\S+)?$",
            failed.ToString());
        Assert.Contains("\n  fails Descent: in float: ", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_throws_fails_and_an_optimizer_of_another_kind_is_outside()
    {
        OptimizerReport muon = OptimizerLaws.Report(Muon.Of(0.02));
        Assert.False(muon.Holds);
        Assert.All(
            muon.OfEvery.Where(result => result.Law != "Locality"),
            result => Assert.Contains("it threw ArgumentException, ", result.Reason, StringComparison.Ordinal));
        OptimizerReport lbfgs = OptimizerLaws.Report(Lbfgs.Of());
        Assert.True(lbfgs.Holds);
        Assert.Contains(
            new LawResult("Descent", LawOutcome.DoesNotApply, "it takes a function, not a gradient"), lbfgs.OfEvery);
    }
}
