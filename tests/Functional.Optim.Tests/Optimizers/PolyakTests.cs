using Functional.Optim.Laws;

namespace Functional.Optim.Tests.Optimizers;

public class PolyakTests
{
    private static readonly ParameterTree<double> Start =
        ParameterTree.Of(Leaf.Of("w", [2], [1.0, -2]), Leaf.Of("b", [1], [0.5]));

    [Theory]
    [InlineData(5, 0, 100, 0, false)]
    [InlineData(5, 1, 100, 0.5, false)]
    [InlineData(5, 0, 0.25, 0, false)]
    [InlineData(-1, 0, 100, 0, false)]
    [InlineData(-1, 0, 100, 0, true)]
    [InlineData(5, 5, 100, 0, true)]
    public void A_step_is_that_of_the_formula(double loss, double least, double most, double epsilon, bool onlyDown)
    {
        Polyak polyak = Polyak.Around(Sgd.Of(1), least, most, epsilon, onlyDown);
        var (moved, state, found) = polyak.Step(at => (loss, at.Copy()), Start, polyak.Init(Start));
        double gap = onlyDown ? Math.Max(0, loss - least) : loss - least;
        double rate = Math.Min(gap / (5.25 + epsilon), most);
        Assert.Equal((loss, 1), (found, state.Step));
        for (int k = 0; k < Start.AsSpan().Length; k++)
            Assert.Equal(Start.AsSpan()[k] * (1 - rate), moved.AsSpan()[k], 1e-14);
    }

    /// <summary>½·‖θ‖² falls by a fourth at each step, whatever its curvature: η is ½ of its inverse.</summary>
    [Theory]
    [InlineData(0.01)]
    [InlineData(1)]
    [InlineData(1000)]
    public void It_finds_the_rate_of_a_parabola_by_itself(double curvature)
    {
        Polyak polyak = Polyak.Around(Sgd.Of(1), maxRate: double.PositiveInfinity);
        ParameterTree<double> parameters = Start;
        OptimizerState<double> state = polyak.Init(parameters);
        for (int step = 1; step <= 40; step++)
        {
            (parameters, state, _) = polyak.Step(
                at => (curvature * at.GlobalNorm() * at.GlobalNorm() / 2, at.Select(theta => curvature * theta)),
                parameters, state);
        }

        Assert.Equal(0, parameters.GlobalNorm(), 1e-11);
    }

    [Fact]
    public void Without_a_gradient_it_stays_and_frozen_leaves_do_not_count()
    {
        Polyak polyak = Polyak.Around(Sgd.Of(1), maxRate: 100);
        Assert.Equal(Start, polyak.Step(at => (3, at.Layout.Zeros<double>()), Start, polyak.Init(Start)).Parameters);
        Polyak freezing = polyak.WithGroups(LeafGroup.Frozen("frozen", leaf => leaf.Name == "w"));
        var (moved, _, _) = freezing.Step(at => (1, at.Copy()), Start, freezing.Init(Start));
        Assert.Equal([1, -2], moved.AsSpan("w").ToArray());
        Assert.Equal(0.5 - (0.5 / 0.25), moved.AsSpan("b")[0], 1e-15);
    }

    [Fact]
    public void The_optimizer_inside_takes_the_scaled_gradient()
    {
        Adam adam = Adam.Of(0.1);
        Polyak polyak = Polyak.Around(adam, maxRate: 0.5);
        var (moved, state, _) = polyak.Step(at => (100, at.Copy()), Start, polyak.Init(Start));
        var (expected, expectedState) = ((Optimizer)adam).Step(
            Start, Start.Select(theta => 0.5 * theta), ((Optimizer)adam).Init(Start));
        Assert.Equal((expected, expectedState), (moved, state));
    }

    [Fact]
    public void A_loss_that_is_not_finite_throws_unless_the_optimizer_inside_leaves_it_out()
    {
        ValueAndGradient<double> lost = at => (double.NaN, at.Copy());
        Polyak polyak = Polyak.Around(Sgd.Of(1)), watched = Polyak.Around(ApplyIfFinite.Around(Sgd.Of(1)));
        Assert.Contains(
            "The loss is not finite",
            Assert.Throws<NonFiniteGradientException>(() => polyak.StepDonating(lost, Start, polyak.Init(Start)))
                .Message,
            StringComparison.Ordinal);
        var (same, state, _) = watched.Step(lost, Start, watched.Init(Start));
        Assert.Equal((Start, 1), (same, state.Counters.ConsecutiveSkips));
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        Assert.Equal(
            "Polyak: inner is null; allowed is an optimizer; minLoss is NaN; allowed is finite; maxRate is -1; allowed "
            + "is 0 or more; epsilon is -1; allowed is finite and not negative.",
            Assert.ThrowsAny<ArgumentException>(() => Polyak.Around(null!, double.NaN, -1, -1)).Message);
        Assert.ThrowsAny<ArgumentException>(() => Polyak.Around(Sgd.Of(1)) with { MaxRate = double.NaN });
        Assert.NotEqual(Polyak.Around(Sgd.Of(1)), Polyak.Around(Sgd.Of(1), onlyDown: true));
        Assert.Equal(Polyak.Around(Sgd.Of(1)), Polyak.Around(Sgd.Of(1)));
        Assert.NotEqual(Polyak.Around(Sgd.Of(1)), Polyak.Around(Sgd.Of(2)));
    }
}
