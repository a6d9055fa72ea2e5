using System.Text.Json;
using FsCheck.Xunit;

namespace Functional.Optim.Tests.Schedules;

public class PlateauTests
{
    /// <summary>
    /// torch's ReduceLROnPlateau with its own variables, on metrics with few values, so that they tie, and NaN.
    /// </summary>
    [Property(MaxTest = 500)]
    public void The_state_machine_is_ReduceLROnPlateau(
        byte[] drawn, bool minimize, bool relative, byte patience, byte cooldown, byte level)
    {
        Plateau plateau = Plateau.Of(
            minimize ? PlateauMode.Minimize : PlateauMode.Maximize, 0.5, patience % 4, 0.1,
            relative ? PlateauThreshold.Relative : PlateauThreshold.Absolute, cooldown % 4, 0.004 * (level % 8), 0.01);
        PlateauState state = PlateauState.Of(1);
        double lr = 1, best = minimize ? double.PositiveInfinity : double.NegativeInfinity;
        int bad = 0, cooling = 0;
        foreach (byte value in drawn)
        {
            double metric = value == 255 ? double.NaN : 1 + (value % 16 / 8.0);
            bool isBetter = (minimize, relative) switch
            {
                (true, true) => metric < best * 0.9,
                (true, false) => metric < best - 0.1,
                (false, true) => metric > best * 1.1,
                (false, false) => metric > best + 0.1,
            };
            if (isBetter) (best, bad) = (metric, 0);
            else bad++;
            if (cooling > 0) (cooling, bad) = (cooling - 1, 0);
            if (bad > patience % 4)
            {
                double lower = Math.Max(lr * 0.5, 0.004 * (level % 8));
                if (lr - lower > 0.01) lr = lower;
                (cooling, bad) = (cooldown % 4, 0);
            }

            PlateauState before = state with { };
            PlateauState next = plateau.Next(state, metric);
            Assert.Equal(before, state);
            Assert.Equal(new PlateauState(lr, double.IsInfinity(best) ? null : best, bad, cooling), next);
            state = next;
        }
    }

    /// <summary>
    /// A metric and its distance to the best, relative to |best|. torch includes the sign of the metric, and then
    /// takes a constant metric for an improvement.
    /// </summary>
    [Theory]
    [InlineData(PlateauMode.Minimize, -1, -1.05, -1.2)]
    [InlineData(PlateauMode.Maximize, -1, -0.95, -0.8)]
    [InlineData(PlateauMode.Minimize, 1, 0.95, 0.8)]
    [InlineData(PlateauMode.Maximize, 1, 1.05, 1.2)]
    public void A_metric_is_better_by_a_fraction_of_the_magnitude_of_the_best_whatever_its_sign(
        PlateauMode mode, double best, double near, double better)
    {
        foreach (PlateauThreshold threshold in Enum.GetValues<PlateauThreshold>())
        {
            Plateau plateau = Plateau.Of(mode, patience: 2, threshold: 0.1, thresholdMode: threshold);
            PlateauState first = plateau.Next(PlateauState.Of(1), best);
            Assert.Equal((best, 0), (first.Best, first.Worse));
            foreach (double metric in (double[])[best, near, mode == PlateauMode.Minimize ? 2 : -2, double.NaN])
                Assert.Equal((best, 1), (plateau.Next(first, metric).Best, plateau.Next(first, metric).Worse));
            Assert.Equal((better, 0), (plateau.Next(first, better).Best, plateau.Next(first, better).Worse));
            Assert.Equal(0.1, Enumerable.Repeat(best, 3).Aggregate(first, plateau.Next).Rate, 1e-15);
        }

        PlateauState zero = Plateau.Of(mode).Next(PlateauState.Of(1), 0);
        Assert.Equal(1, Plateau.Of(mode).Next(zero, 0).Worse);
        double towards = mode == PlateauMode.Minimize ? -1e-9 : 1e-9;
        Assert.Equal(
            (towards, 0), (Plateau.Of(mode).Next(zero, towards).Best, Plateau.Of(mode).Next(zero, towards).Worse));
    }

    [Fact]
    public void Without_patience_the_rate_falls_at_each_metric_without_improvement_down_to_the_floor()
    {
        Plateau plateau = Plateau.Of(factor: 0.1, patience: 0, floor: 0.005);
        double[] metrics = [2, 1, 1, 0.99995, 0.5, 3];
        double[] rates = [.. metrics.Aggregate(
            (State: PlateauState.Of(1), Rates: Enumerable.Empty<double>()),
            (at, metric) => (
                plateau.Next(at.State, metric),
                at.Rates.Append(plateau.Next(at.State, metric).Rate))).Rates];
        Assert.Equal([1, 1, 0.1, 0.1 * 0.1, 0.1 * 0.1, 0.005], rates);
    }

    [Fact]
    public void A_state_reads_back_from_JSON_and_the_settings_print()
    {
        Plateau plateau = Plateau.Of(patience: 1);
        foreach (PlateauState state in (PlateauState[])[PlateauState.Of(0.1), plateau.Next(PlateauState.Of(0.1), 2)])
            Assert.Equal(state, JsonSerializer.Deserialize<PlateauState>(JsonSerializer.Serialize(state)));
        Assert.Equal(
            "Plateau { Mode = Minimize, Factor = 0.1, Patience = 1, Threshold = 0.0001, ThresholdMode = Relative, "
            + "Cooldown = 0, Floor = 0, Epsilon = 1E-08 }",
            plateau.ToString());
    }

    [Fact]
    public void Every_error_is_listed()
    {
        string errors = Assert.ThrowsAny<ArgumentException>(
            () => Plateau.Of((PlateauMode)2, 1, -1, 1, PlateauThreshold.Relative, -1, -1, double.NaN)).Message;
        Assert.All((string[])["mode", "factor", "patience", "threshold", "cooldown", "floor", "epsilon"],
            name => Assert.Contains($"{name} is ", errors, StringComparison.Ordinal));
        Assert.Equal(1, Plateau.Of(threshold: 1, thresholdMode: PlateauThreshold.Absolute).Threshold);
        Assert.ThrowsAny<ArgumentException>(() => PlateauState.Of(-1));
    }
}
