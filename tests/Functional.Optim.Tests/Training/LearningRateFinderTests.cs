using Functional.Optim.Training;

namespace Functional.Optim.Tests.Training;

public class LearningRateFinderTests
{
    /// <summary>Of ½·Σ(θ − b)² gradient descent falls fastest at a rate of 1 and diverges above 2.</summary>
    [Fact]
    public void A_sweep_ends_where_it_diverges_and_suggests_a_rate_below()
    {
        ParameterTree<float> start = Quadratic.Start();
        RateSweep sweep = LearningRateFinder.Run<float, float>(
            rate => Sgd.Of(rate), Quadratic.Gradient, start, _ => 0, from: 1e-4, to: 100, steps: 200);
        Assert.InRange(sweep.Points.Length, 100, 199);
        Assert.InRange(sweep.Points[^1].Rate, 2, 100);
        Assert.InRange(sweep.Suggestion!.Value, 0.01, 2);
        Assert.InRange(sweep.RateOfLowest!.Value, sweep.Suggestion.Value, sweep.Points[^1].Rate);
        Assert.Equal(Quadratic.Start(), start);
        Schedule rise = Schedule.ExponentialRise(1e-4, 100, 200);
        Assert.All(sweep.Points.Select((point, index) => (point, index)), pair =>
            Assert.Equal(rise.At(pair.index + 1), pair.point.Rate));
        RateSweep again = LearningRateFinder.Run<float, float>(
            rate => Sgd.Of(rate), Quadratic.Gradient, start, _ => 0, from: 1e-4, to: 100, steps: 200);
        Assert.Equal(sweep.Points.ToArray(), again.Points.ToArray());
    }

    [Fact]
    public void A_loss_that_never_falls_has_no_suggestion_and_one_that_is_NaN_ends_the_sweep()
    {
        RateSweep still = LearningRateFinder.Run<float, float>(
            rate => Sgd.Of(rate), (at, _, _) => (1, at.Layout.Zeros<float>()), Quadratic.Start(), step => step);
        Assert.Equal((100, null), (still.Points.Length, still.Suggestion));
        RateSweep broken = LearningRateFinder.Run<float, float>(
            rate => Sgd.Of(rate),
            (at, _, step) => (step == 20 ? double.NaN : 1, at.Layout.Zeros<float>()), Quadratic.Start(), step => step);
        Assert.Equal(20, broken.Points.Length);
    }

    [Fact]
    public void Every_error_of_its_settings_is_listed()
    {
        string message = Assert.ThrowsAny<ArgumentException>(() => LearningRateFinder.Run<float, float>(
            rate => Sgd.Of(rate), Quadratic.Gradient, Quadratic.Start(), step => step, from: 0, to: -1, steps: 9))
            .Message;
        foreach (string name in (string[])["from is 0", "to is -1", "steps is 9"])
            Assert.Contains(name, message, StringComparison.OrdinalIgnoreCase);
    }
}
