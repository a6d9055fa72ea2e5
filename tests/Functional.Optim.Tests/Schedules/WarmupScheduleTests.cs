using FsCheck;
using FsCheck.Xunit;

namespace Functional.Optim.Tests.Schedules;

public class WarmupScheduleTests
{
    [Fact]
    public void The_inverse_square_root_is_the_one_of_attention_is_all_you_need()
    {
        Schedule schedule = Schedule.InverseSquareRoot(1 / Math.Sqrt(512.0 * 4000), 4000);
        foreach (long step in (long[])[1, 2, 3999, 4000, 4001, 8000, 100_000, long.MaxValue])
            Assert.Equal(
                Math.Min(1 / Math.Sqrt(step), step * Math.Pow(4000, -1.5)) / Math.Sqrt(512), schedule.At(step), 1e-16);
    }

    [Property]
    public void Warmup_stable_decay_is_a_warm_up_then_the_decay_alone(
        PositiveInt warmup, NonNegativeInt hold, PositiveInt decay)
    {
        long start = warmup.Get + hold.Get, total = start + decay.Get;
        foreach ((Anneal anneal, Schedule alone) in (IEnumerable<(Anneal, Schedule)>)
                 [
                     (Anneal.Linear, Schedule.Polynomial(0.1, decay.Get, 0.01)),
                     (Anneal.Cosine, Schedule.Cosine(0.1, decay.Get, 0.01)),
                 ])
        {
            Schedule joined = Schedule.LinearWarmup(0.1, warmup.Get).Then(alone, start);
            Schedule schedule = Schedule.WarmupStableDecay(0.1, warmup.Get, decay.Get, total, 0.01, anneal);
            for (long step = 0; step < total + 3; step++) Assert.Equal(joined.At(step), schedule.At(step), 1e-16);
        }
    }

    [Fact]
    public void Warmup_stable_decay_falls_as_one_less_the_root()
    {
        Schedule schedule = Schedule.WarmupStableDecay(1, 10, 100, 1000, 0.5, Anneal.SquareRoot);
        foreach ((long step, double rate) in (IEnumerable<(long, double)>)
                 [(1, 0.1), (10, 1), (500, 1), (900, 1), (925, 0.75), (964, 0.6), (1000, 0.5), (1001, 0.5)])
            Assert.Equal(rate, schedule.At(step), 1e-15);
    }

    /// <summary>
    /// In the source text, schedules decay on after their end, are 0 without a floor, and exceed
    /// the peak if they end during the warm-up.
    /// </summary>
    [Fact]
    public void Schedules_keep_their_floor_and_reject_settings_without_a_decay()
    {
        Assert.Equal(1e-5, Schedule.WarmupExponential(1e-3, 1000, 10_000, 1e-5).At(20_000));
        foreach (long total in (long[])[500, 1000])
        {
            Assert.All(
                (Func<Schedule>[])
                [
                    () => Schedule.WarmupCosine(1e-3, 1000, total),
                    () => Schedule.WarmupPolynomial(1e-3, 1000, total),
                    () => Schedule.WarmupExponential(1e-3, 1000, total, 1e-5),
                    () => Schedule.WarmupStableDecay(1e-3, 1000, 1, total),
                ],
                make =>
                {
                    string message = Assert.ThrowsAny<ArgumentException>(make).Message;
                    Assert.Contains("totalSteps is ", message, StringComparison.Ordinal);
                });
        }

        ArgumentException endless = Assert.ThrowsAny<ArgumentException>(
            () => Schedule.WarmupExponential(1e-3, 10, 100, 0));
        Assert.Contains("floor is 0;", endless.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// In the source text, the first step has the full peak, and the preview ends before the schedule does.
    /// </summary>
    [Fact]
    public void No_update_is_lost_and_a_preview_holds_the_last()
    {
        Schedule schedule = Schedule.WarmupCosine(1e-3, 1000, 10_000, 1e-5);
        double[] rates = schedule.Preview(10_000);
        Assert.Equal(0, schedule.At(0));
        Assert.Equal(1e-6, rates[0], 1e-20);
        Assert.Equal(1e-3, rates.Max());
        Assert.Equal(1e-3, rates[999]);
        Assert.Equal(1e-5, rates[^1]);
        Assert.Equal(1e-6, rates.Min(), 1e-20);
    }
}
