using Functional.Optim.Kernels;

namespace Functional.Optim.Laws.Tests;

public class MatchesTests
{
    [Fact]
    public void An_optimizer_takes_the_steps_of_its_formula()
    {
        OptimizerLaws.Matches(Sgd.Of(0.1), (_, theta, g, _) => theta - (0.1 * g));
        OptimizerLaws.Matches(
            AdamW.Of(0.1, 0.8, 0.9, 1e-3, 0.05),
            (t, theta, g, s) =>
            {
                s[0] = (0.8 * s[0]) + (0.2 * g);
                s[1] = (0.9 * s[1]) + (0.1 * g * g);
                double m = s[0] / (1 - Math.Pow(0.8, t)), v = s[1] / (1 - Math.Pow(0.9, t));
                return theta - (0.1 * ((m / (Math.Sqrt(v) + 1e-3)) + (0.05 * theta)));
            },
            stateLength: 2);
    }

    [Fact]
    public void A_state_can_start_with_other_numbers_than_0() => OptimizerLaws.Matches(
        Rprop.Of(initialStep: 0.2),
        static (_, theta, g, s) =>
        {
            double agreement = g * s[0];
            if (agreement != 0) s[1] *= agreement > 0 ? 1.2 : 0.5;
            s[0] = agreement < 0 ? 0 : g;
            return theta - (Math.Sign(s[0]) * s[1]);
        },
        static _ => [0, 0.2]);

    [Fact]
    public void A_reference_of_all_leaves_sees_them_together() => OptimizerLaws.Matches<object?>(
        Clip.ByGlobalNorm(1).Then(LearningRate.Of(0.1)),
        static _ => null,
        static (long _, System.Collections.Immutable.ImmutableArray<Leaf> leaves, double[][] parameters,
            double[][] gradients, ref object? _) =>
        {
            double norm = Math.Sqrt(gradients.SelectMany(leaf => leaf).Sum(g => g * g));
            for (int leaf = 0; leaf < leaves.Length; leaf++)
            {
                for (int index = 0; index < leaves[leaf].Length; index++)
                    parameters[leaf][index] -= 0.1 * gradients[leaf][index] / Math.Max(1, norm);
            }
        });

    [Fact]
    public void A_wrong_sign_is_found()
    {
        Optimizer wrong = new WrongOptimizers.GoesUp().Then(LearningRate.Of(0.1));
        LawException found = Assert.Throws<LawException>(() =>
            OptimizerLaws.Matches(wrong, (_, theta, g, _) => theta - (0.1 * g)));
        Assert.Equal("Matches", found.Law);
        Assert.Matches(
            @"^in double: after step [1-3], leaf\d\[0\] is 0\.1; the reference has -0\.1, 0\.2 away$", found.Reason);
        Assert.Matches(@"^leaf\d\[1\] θ = 0, (g\d = [01](, )?){3}$", found.Counterexample);
    }

    /// <summary>A rate that is not the first one is seen at the first step that has it.</summary>
    [Fact]
    public void The_first_step_that_differs_is_told()
    {
        LawException found = Assert.Throws<LawException>(() => OptimizerLaws.Matches(
            Sgd.Of(Schedule.StepDecay(0.1, 4)), (_, theta, g, _) => theta - (0.1 * g)));
        Assert.Matches(@"^in double: after step [4-7], leaf\d\[0\] is ", found.Reason);
    }

    [Fact]
    public void What_differs_by_less_than_the_tolerance_matches()
    {
        static double Reference(long step, double theta, double g, Span<double> state) => theta - (0.1001 * g);
        OptimizerLaws.Matches(Sgd.Of(0.1), Reference, tolerance: 0.1);
        Assert.Throws<LawException>(() => OptimizerLaws.Matches(Sgd.Of(0.1), Reference));
    }

    [Fact]
    public void What_cannot_be_is_refused_by_name()
    {
        Sgd sgd = Sgd.Of(0.1);
        static double Same(long step, double theta, double g, Span<double> state) => theta;
        Assert.Equal(
            "optimizer", Assert.Throws<ArgumentNullException>(() => OptimizerLaws.Matches(null!, Same)).ParamName);
        Assert.Equal(
            "reference", Assert.Throws<ArgumentNullException>(() => OptimizerLaws.Matches(sgd, null!)).ParamName);
        Assert.Equal(
            "stateLength",
            Assert.Throws<ArgumentOutOfRangeException>(() => OptimizerLaws.Matches(sgd, Same, -1)).ParamName);
        foreach (double tolerance in (double[])[0, -1, double.NaN, double.PositiveInfinity])
        {
            Assert.Equal(
                "tolerance",
                Assert.Throws<ArgumentOutOfRangeException>(() =>
                    OptimizerLaws.Matches(sgd, Same, tolerance: tolerance)).ParamName);
        }
    }
}
