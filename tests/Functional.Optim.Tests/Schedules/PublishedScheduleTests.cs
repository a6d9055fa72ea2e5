using System.Text.Json;
using Functional.Optim.Tests.Golden;

namespace Functional.Optim.Tests.Schedules;

/// <summary>The schedules of Transformers, timm and kozistr, by the figures that they gave.</summary>
public class PublishedScheduleTests
{
    private static readonly JsonElement[] All =
        [.. GoldenFile.Read("schedules_modern.json").GetProperty("cases").EnumerateArray()];

    public static TheoryData<string> Cases => [.. All.Select(golden => golden.GetProperty("id").GetString()!)];

    /// <summary>The k-th update has k − 1 updates behind it.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_rate_is_the_published_one(string id)
    {
        JsonElement golden = All.Single(one => one.GetProperty("id").GetString() == id);
        double peak = golden.GetProperty("base_lr").GetDouble(), tolerance = 4 * (Math.BitIncrement(peak) - peak);
        Schedule schedule = Build(
            golden.GetProperty("origin").GetString()!, golden.GetProperty("function").GetString()!, peak,
            golden.GetProperty("kwargs"));
        double[] values = golden.GetProperty("values").Numbers();
        Assert.Equal(201, values.Length);
        for (int done = 0; done < values.Length; done++)
            Assert.True(
                Math.Abs(schedule.At(done + 1) - values[done]) <= tolerance,
                $"{schedule}: {schedule.At(done + 1)} after {done} updates, not {values[done]}");
        Assert.Equal(schedule, Optim.Catalogue.BuildSchedule(schedule.ToString()).OrThrow(id));
        Assert.Equal(schedule, JsonSerializer.Deserialize<Schedule>(JsonSerializer.Serialize(schedule)));
    }

    /// <summary>A decay of Transformers' wsd with more than half a cosine period is a cosine after the rest.</summary>
    [Fact]
    public void A_stable_rate_may_be_followed_by_any_cosine()
    {
        Schedule schedule = Schedule.LinearWarmup(0.1, 20, 0.01)
            .Then(Schedule.WarmupCosine(0.1, 0, 60, 0.01, cycles: 1.5), 100).Then(0.01, 159).ZeroBased();
        for (int done = 0; done <= 200; done++)
        {
            double factor = done switch
            {
                < 20 => 0.1 + (0.9 * (done / 20.0)),
                < 100 => 1,
                < 160 => 0.1 + (0.9 * (0.5 * (1 + Math.Cos(Math.PI * 3 * ((done - 100) / 60.0))))),
                _ => 0.1,
            };
            Assert.Equal(0.1 * factor, schedule.At(done + 1), 1e-16);
        }
    }

    /// <summary>
    /// kozistr's constructor takes the first step and then sets the floor, so that its first update has the floor and
    /// none has the peak.
    /// </summary>
    [Fact]
    public void The_first_update_of_REX_has_the_peak_and_not_the_floor()
    {
        Schedule schedule = Schedule.WarmupRex(0.1, 0, 150, 0.001).ZeroBased();
        double[] published =
            All.Single(golden => golden.GetProperty("id").GetString() == "kozistr_rex").GetProperty("values").Numbers();
        Assert.Equal((0.1, 0.001), (schedule.At(1), published[0]));
        Assert.DoesNotContain(0.1, published);
        for (int done = 1; done <= 200; done++) Assert.Equal(published[done], schedule.At(done + 1), 1e-16);
    }

    /// <summary>
    /// 22 cycles in 88 steps restart every fourth; Transformers' rounded progress misses the one after 15 of them.
    /// </summary>
    [Fact]
    public void Restarts_within_a_number_of_steps_are_exact()
    {
        Assert.Equal(1, 22 * (60 / 88.0) % 1, 1e-14);
        Schedule schedule = Schedule.CosineHardRestarts(0.1, 0, 88, 22);
        for (long step = 0; step < 88; step++) Assert.Equal(step % 4 == 0, schedule.At(step) == 0.1);
        Assert.Equal(0, schedule.At(88));
    }

    /// <summary>Periods of 10, 15, 22.5, 33.75 and so on, counted one by one.</summary>
    [Fact]
    public void Periods_may_grow_by_any_factor()
    {
        Schedule schedule = Schedule.CosineRestarts(0.1, 10, 1.5, 0.01, 0.9, cycles: 9, kDecay: 1.3);
        (double start, double period, double top, int cycle) = (0, 10, 0.1, 0);
        for (int step = 0; step <= 1000; step++)
        {
            if (step >= start + period) 
                (start, period, top, cycle) = (start + period, period * 1.5, top * 0.9, cycle + 1);
            double progress = Math.Pow((step - start) / period, 1.3),
                expected = cycle < 9 ? 0.01 + (0.5 * (top - 0.01) * (1 + Math.Cos(Math.PI * progress))) : 0.01;
            Assert.Equal(expected, schedule.At(step), 1e-14);
        }
    }

    private static Schedule Build(string origin, string function, double peak, JsonElement options)
    {
        long warmup = Steps("num_warmup_steps"), total = Steps("num_training_steps");
        double floor = Number("min_lr", Number("lr_min", Number("min_lr_rate", 0) * peak)), 
            cycles = Number("num_cycles", 0.5);
        return (origin, function) switch
        {
            ("hf", "get_constant_schedule_with_warmup") => Schedule.LinearWarmup(peak, warmup).ZeroBased(),
            ("hf", "get_linear_schedule_with_warmup") =>
                Schedule.WarmupPolynomial(peak, warmup, total, power: 1).ZeroBased(),
            ("hf", "get_polynomial_decay_schedule_with_warmup") => Schedule.WarmupPolynomial(
                peak, warmup, total, Number("lr_end", 1e-7), Number("power", 1)).ZeroBased(),
            ("hf", "get_cosine_schedule_with_warmup" or "get_cosine_with_min_lr_schedule_with_warmup") =>
                Schedule.WarmupCosine(peak, warmup, total, floor, cycles: cycles, continues: true).ZeroBased(),
            ("hf", "get_cosine_with_min_lr_schedule_with_warmup_lr_rate") =>
                options.TryGetProperty("warmup_lr_rate", out JsonElement start)
                    ? Schedule.WarmupCosine(
                        peak, warmup - 1, total - 1, floor, start.Number() * peak, cycles, true).ZeroBased()
                    : Schedule.WarmupCosine(peak, warmup, total, floor, cycles: cycles, continues: true),
            ("hf", "get_cosine_with_hard_restarts_schedule_with_warmup") =>
                Schedule.CosineHardRestarts(peak, warmup, total, Steps("num_cycles", 1)).ZeroBased(),
            ("hf", "get_inverse_sqrt_schedule") => Schedule.InverseSquareRoot(
                peak, warmup, Steps("timescale", warmup == 0 ? 10_000 : warmup)).ZeroBased(),
            ("hf", "get_wsd_schedule") => Stable(start: peak * Number("min_lr_ratio", 0)),
            ("kozistr", "get_wsd_schedule") =>
                Stable(start: 0).Then(peak * Number("min_lr_ratio", 0), Total()),
            ("kozistr", "REXScheduler") => Schedule.Constant(floor).Then(
                Schedule.WarmupRex(Number("max_lr", 1), 0, Steps("total_steps"), floor), 1),
            ("timm", "CosineLRScheduler") => WithWarmup(Schedule.CosineRestarts(
                peak, Steps("t_initial"), Number("cycle_mul", 1), floor, Number("cycle_decay", 1),
                Steps("cycle_limit", 1), Number("k_decay", 1))),
            ("timm", "PolyLRScheduler") => WithWarmup(Schedule.PolynomialRestarts(
                peak, Steps("t_initial"), Number("cycle_mul", 1), floor, Number("cycle_decay", 0.5),
                Steps("cycle_limit", 1), Number("k_decay", 1), Number("power", 0.5))),
            _ => throw new NotSupportedException(function),
        };

        double Number(string name, double fallback) => options.Option(name, fallback);

        long Steps(string name, long fallback = 0) => (long)Number(name, fallback);

        long Total() =>
            total > 0 ? total : warmup + Steps("num_stable_steps") + Steps("num_decay_steps");

        // kozistr's start at 0 and fall to it.
        Schedule Stable(double start) => Schedule.WarmupStableDecay(
            peak, warmup, Steps("num_decay_steps"), Total(), start,
            Shape("decay_type", origin == "hf" ? Anneal.Cosine : Anneal.SquareRoot), start,
            Shape("warmup_type", Anneal.Linear)).ZeroBased();

        Anneal Shape(string name, Anneal fallback) =>
            !options.TryGetProperty(name, out JsonElement shape) ? fallback : shape.GetString() switch
            {
                "linear" => Anneal.Linear, "cosine" => Anneal.Cosine, "1-sqrt" => Anneal.SquareRoot,
                _ => throw new NotSupportedException($"{shape}"),
            };

        Schedule WithWarmup(Schedule curve)
        {
            long steps = Steps("warmup_t");
            if (steps == 0) return curve.ZeroBased();
            Schedule line = Schedule.LinearWarmup(peak, steps, Number("warmup_lr_init", 0));
            // The curve begins at the end of the warm-up, or has run since the start.
            return (options.Flag("warmup_prefix")
                ? line.Then(curve, steps)
                : line.Then(curve.Skip(steps - 1), steps - 1)).ZeroBased();
        }
    }
}
