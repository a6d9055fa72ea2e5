using FsCheck.Xunit;

namespace Functional.Optim.Tests.Laws;

[SeededProperties(Arbitrary = [typeof(ScheduleSettings)])]
public class WarmupScheduleLaws
{
    [Property]
    public void The_rate_rises_to_the_peak_falls_to_the_floor_and_stays_there(ScheduleSettings settings)
    {
        foreach (WarmupDecay schedule in settings.Decaying())
        {
            Assert.Equal(settings.Peak, schedule.At(settings.WarmupSteps));
            double before = 0;
            foreach (long step in settings.Sampled())
            {
                double rate = schedule.At(step);
                Assert.InRange(rate, step < settings.WarmupSteps ? 0 : settings.Floor, settings.Peak);
                Assert.True(step <= settings.WarmupSteps ? rate >= before : rate <= before, $"{schedule} at {step}");
                if (step >= settings.TotalSteps) Assert.Equal(settings.Floor, rate);
                before = rate;
            }
        }
    }

    [Property]
    public void The_warm_up_is_a_line_through_zero_and_the_peak(ScheduleSettings settings)
    {
        foreach (Schedule schedule in settings.All().Skip(1))
        {
            foreach (long step in settings.Sampled()
                .Where(step => step <= settings.WarmupSteps && settings.WarmupSteps > 0))
                Assert.Equal(
                    settings.Peak * ((double)step / settings.WarmupSteps), schedule.At(step), 4e-16 * settings.Peak);
            if (settings.WarmupSteps == 0) Assert.Equal(settings.Peak, schedule.At(0));
        }

        Assert.Equal(settings.Peak, Schedule.LinearWarmup(settings.Peak, settings.WarmupSteps).At(long.MaxValue));
        Assert.All(settings.Sampled(), step => Assert.Equal(settings.Peak, Schedule.Constant(settings.Peak).At(step)));
    }

    [Property]
    public void No_step_jumps_further_than_the_slope_of_its_piece(ScheduleSettings settings)
    {
        // The progress is a number below 1, so it has no smaller steps than 2⁻⁵³.
        double step = Math.Max(1.0 / (settings.TotalSteps - settings.WarmupSteps), 3e-16),
            fall = settings.Peak - settings.Floor;
        double[] largest =
        [
            fall * Math.PI / 2 * step,
            fall * (settings.Power >= 1 ? settings.Power * step : Math.Pow(step, settings.Power)),
            settings.Peak * (1 - Math.Pow(settings.Floor / settings.Peak, step)),
        ];
        foreach ((WarmupDecay schedule, double bound) in settings.Decaying().Zip(largest))
        {
            foreach (long at in settings.Sampled().Where(at => at >= settings.WarmupSteps && at < long.MaxValue))
                Assert.InRange(
                    schedule.At(at) - schedule.At(at + 1), 0, (bound * (1 + 1e-6)) + (1e-14 * settings.Peak));
        }
    }

    [Property]
    public void Halfway_the_decay_is_where_its_formula_says(double peak, double share)
    {
        (peak, share) = (1 + Math.Abs(peak % 10), Math.Abs(share % 1));
        if (!double.IsFinite(peak + share)) return;
        double floor = peak * (0.01 + (0.99 * share));
        Assert.Equal((peak + floor) / 2, Schedule.WarmupCosine(peak, 10, 110, floor).At(60), 1e-14);
        Assert.Equal(
            floor + ((peak - floor) * (2 + Math.Sqrt(2)) / 4), Schedule.WarmupCosine(peak, 10, 110, floor).At(35),
            1e-14);
        Assert.Equal((peak + floor) / 2, Schedule.WarmupPolynomial(peak, 10, 110, floor, power: 1).At(60), 1e-14);
        Assert.Equal(
            floor + ((peak - floor) / 8), Schedule.WarmupPolynomial(peak, 10, 110, floor, power: 3).At(60), 1e-14);
        Assert.Equal(floor + ((peak - floor) / 4), Schedule.WarmupPolynomial(peak, 10, 110, floor).At(60), 1e-14);
        Assert.Equal(Math.Sqrt(peak * floor), Schedule.WarmupExponential(peak, 10, 110, floor).At(60), 1e-14);
    }

    [Property]
    public void Combinators_are_pointwise(ScheduleSettings settings, ScheduleSettings other)
    {
        foreach ((Schedule schedule, Schedule next) in settings.All().Zip(other.All()))
        {
            long join = settings.TotalSteps / 2;
            (double low, double high) = (settings.Peak / 4, settings.Peak / 2);
            Schedule joined = schedule.Then(next, join), thrice = joined.Then(schedule, long.MaxValue - 1);
            foreach (long step in settings.Sampled().Concat(other.Sampled()).Append(join).Append(join + 1))
            {
                Assert.Equal(step <= join ? schedule.At(step) : next.At(step - join), joined.At(step));
                Assert.Equal(step < long.MaxValue ? joined.At(step) : schedule.At(1), thrice.At(step));
                Assert.Equal(schedule.At(step) * 0.25, schedule.Scale(0.25).At(step));
                Assert.Equal(Math.Min(Math.Max(schedule.At(step), low), high), schedule.Clamp(low, high).At(step));
                Assert.Equal(schedule.At(Math.Max(step - 1, 0)), schedule.ZeroBased().At(step));
                Assert.Equal(schedule.At(step), schedule.Clamp(0, double.PositiveInfinity).Scale(1).At(step));
            }

            Assert.Equal([.. Enumerable.Range(1, 50).Select(step => joined.At(step))], joined.Preview(50));
            Assert.Empty(joined.Preview(0));
        }
    }

    [Fact]
    public void Bounds_steps_and_factors_out_of_range_are_refused_by_name()
    {
        Schedule schedule = 0.1;
        Assert.Throws<ArgumentOutOfRangeException>(() => schedule.At(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => schedule.Preview(-1));
        foreach ((string name, Action wrong) in (IEnumerable<(string, Action)>)
                 [
                     ("afterStep", () => schedule.Then(schedule, -1)),
                     ("factor", () => schedule.Scale(-1)),
                     ("factor", () => schedule.Scale(double.PositiveInfinity)),
                     ("minimum", () => schedule.Clamp(-1, 1)),
                     ("minimum", () => schedule.Clamp(double.NaN, 1)),
                     ("maximum", () => schedule.Clamp(1, 0.5)),
                     ("maximum", () => schedule.Clamp(1, double.NaN)),
                     ("totalSteps", () => Schedule.WarmupCosine(1, 5, 5)),
                     ("floor", () => Schedule.WarmupPolynomial(1, 5, 6, 2)),
                     ("power", () => Schedule.WarmupPolynomial(1, 5, 6, power: 0)),
                     ("floor", () => Schedule.WarmupExponential(1, 5, 6, 0)),
                     ("warmupSteps", () => Schedule.LinearWarmup(1, -1)),
                     ("peak", () => Schedule.LinearWarmup(double.PositiveInfinity, 1)),
                     ("rate", () => Schedule.Constant(-1)),
                 ])
            Assert.Contains(
                $"{name} is ", Assert.ThrowsAny<ArgumentException>(wrong).Message, StringComparison.Ordinal);
    }
}
