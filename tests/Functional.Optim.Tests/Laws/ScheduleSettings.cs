using FsCheck;
using FsCheck.Fluent;

namespace Functional.Optim.Tests.Laws;

/// <summary>
/// The settings of a warm-up schedule, from short ones to such that end near the last step a long can count.
/// </summary>
public sealed record ScheduleSettings(double Peak, double Floor, long WarmupSteps, long TotalSteps, double Power)
{
    public static Arbitrary<ScheduleSettings> Any() => Arb.From(
        from peak in Gen.Elements(1e-300, 1e-8, 3e-4, 0.1, 1, 1e300, double.MaxValue)
        from share in Gen.Elements(1e-3, 0.1, 0.5, 1)
        from warmup in Steps(0)
        from decay in Steps(1)
        from power in Gen.Elements(0.5, 1, 2, 3.7)
        select new ScheduleSettings(peak, peak * share, warmup, warmup + decay, power),
        Shorter);

    /// <summary>Every schedule of these settings that decays.</summary>
    internal WarmupDecay[] Decaying() =>
    [
        WarmupCosine.Of(Peak, WarmupSteps, TotalSteps, Floor),
        WarmupPolynomial.Of(Peak, WarmupSteps, TotalSteps, Floor, Power),
        WarmupExponential.Of(Peak, WarmupSteps, TotalSteps, Floor),
    ];

    /// <summary>Every schedule of these settings.</summary>
    internal Schedule[] All() => [Schedule.Constant(Peak), Schedule.LinearWarmup(Peak, WarmupSteps), .. Decaying()];

    /// <summary>
    /// Steps in rising order: the first, those about each join, some in each piece and the last there is.
    /// </summary>
    internal long[] Sampled()
    {
        long decay = TotalSteps - WarmupSteps;
        IEnumerable<long> joins =
            from corner in (long[])[0, WarmupSteps, TotalSteps]
            from near in Enumerable.Range(-2, 5)
            select corner + near;
        IEnumerable<long> inside =
            from part in Enumerable.Range(1, 15)
            from step in (long[])[WarmupSteps / 16 * part, WarmupSteps + (decay / 16 * part)]
            select step;
        return [.. joins.Concat(inside).Append(long.MaxValue).Where(step => step >= 0).Distinct().Order()];
    }

    private static IEnumerable<ScheduleSettings> Shorter(ScheduleSettings settings)
    {
        (long warmup, long decay) = (settings.WarmupSteps, settings.TotalSteps - settings.WarmupSteps);
        if (warmup > 0) yield return settings with { WarmupSteps = warmup / 2, TotalSteps = (warmup / 2) + decay };
        if (decay > 1) yield return settings with { TotalSteps = warmup + (decay / 2) };
    }

    private static Gen<long> Steps(int least) => Gen.OneOf(
        Gen.Choose(least, 40).Select(steps => (long)steps),
        Gen.Choose(41, int.MaxValue).Select(steps => (long)steps),
        Gen.Choose(41, int.MaxValue).Select(steps => (long)steps << 30));
}
