using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Functional.Optim.Laws;

namespace Functional.Optim.Tests.Schedules;

/// <summary>
/// Random settings of a schedule of the catalogue, and the laws that they must obey. Pieces of a million steps and more
/// meet where they join, unless the schedule jumps.
/// </summary>
internal sealed record ScheduleCase(string Name, Dictionary<string, string> Options, ScheduleShape Shape)
{
    /// <summary>The schedules that jump, with the reason; all others are continuous.</summary>
    internal static readonly Dictionary<string, string> Jumping = new()
    {
        ["stepDecay"] = "a fall is at once",
        ["multiStepDecay"] = "a fall is at once",
        ["constantFactor"] = "it has the whole rate at once",
        ["cosineRestarts"] = "a restart is at once",
        ["polynomialRestarts"] = "a restart is at once",
        ["cosineHardRestarts"] = "a restart is at once",
    };

    internal Schedule Schedule => Get(Name).Build(Options).OrThrow(Name);

    internal static CatalogueEntry<Schedule> Get(string name) =>
        Optim.Catalogue.Schedules.Single(entry => entry.Name == name);

    /// <summary>Random settings whose pieces have at least this many steps.</summary>
    internal static Arbitrary<ScheduleCase> Any(string name, long least = 1) =>
        Arb.From(Gen.Choose(0, int.MaxValue).Select(seed => Draw(name, new Random(seed), least)));

    public override string ToString() => $"{Schedule}";

    /// <summary>A random element.</summary>
    internal static ScheduleCase Draw(string name, Random random, long least)
    {
        double peak = Pick(random, 1e-300, 1e-8, 3e-4, 0.1, 1, 1e300), floor = peak * Pick(random, 0, 1e-3, 0.5, 1);
        double share = random.NextDouble(), power = Pick(random, 0.5, 1, 2, 3.7);
        long warmup = Steps(random, least), decay = Steps(random, least), end = warmup + decay;
        Anneal anneal = Pick(random, Enum.GetValues<Anneal>()), rising = Pick(random, Enum.GetValues<Anneal>());
        double start = warmup == 0 ? 0 : peak * Pick(random, 0, 0.1, 1), cycles = Pick(random, 0.5, 0.75, 1, 2);
        switch (name)
        {
            case "constant":
                return Of(peak, peak, 0, [0, long.MaxValue], ("rate", peak));
            case "linearWarmup":
                return Of(peak, peak, warmup, [0, warmup, long.MaxValue],
                    ("peak", peak), ("warmupSteps", warmup), ("start", start));
            case "warmupCosine":
                cycles = Math.Min(cycles, decay);
                return Of(floor, peak, warmup, [0, .. Turns(warmup, decay, cycles), end, long.MaxValue],
                    ("peak", peak), ("warmupSteps", warmup), ("totalSteps", end), ("floor", floor), ("start", start),
                    ("cycles", cycles));
            case "cosineHardRestarts":
                long falls = Math.Min(random.Next(1, 5), decay);
                return Of(floor, peak, warmup, [0, .. Turns(warmup, decay, falls / 2.0), end, long.MaxValue],
                    ("peak", peak), ("warmupSteps", warmup), ("totalSteps", end), ("cycles", falls), ("floor", floor),
                    ("start", start));
            case "warmupRex":
                return Of(floor, peak, warmup, [0, warmup, end, long.MaxValue],
                    ("peak", peak), ("warmupSteps", warmup), ("totalSteps", end), ("floor", floor), ("start", start));
            case "warmupPolynomial":
                return Of(floor, peak, warmup, [0, warmup, end, long.MaxValue],
                    ("peak", peak), ("warmupSteps", warmup), ("totalSteps", end), ("floor", floor), ("power", power),
                    ("start", start));
            case "warmupExponential":
                double bottom = peak * Pick(random, 1e-3, 0.5, 1);
                return Of(bottom, peak, warmup, [0, warmup, end, long.MaxValue],
                    ("peak", peak), ("warmupSteps", warmup), ("totalSteps", end), ("floor", bottom), ("start", start));
            case "cosine":
                cycles = Math.Min(cycles, decay);
                return Of(floor, peak, 0, [.. Turns(0, 2 * decay, 2 * cycles), 2 * decay],
                    ("peak", peak), ("totalSteps", decay), ("floor", floor), ("cycles", cycles), ("continues", true));
            case "polynomial":
                return Of(floor, peak, 0, [0, decay, long.MaxValue],
                    ("peak", peak), ("totalSteps", decay), ("floor", floor), ("power", power));
            case "stepDecay":
                return Of(0, peak, 0, [0, long.MaxValue], ("rate", peak), ("every", decay), ("gamma", share));
            case "multiStepDecay":
                return Of(peak * Math.Pow(share, 3), peak, 0, [0, long.MaxValue],
                    ("rate", peak), ("milestones", $"{warmup},{end},{end}"), ("gamma", share));
            case "constantFactor":
                return Of(
                    peak * share,
                    peak,
                    0,
                    [0, long.MaxValue],
                    ("rate", peak),
                    ("steps", decay),
                    ("initialFactor", share));
            case "linearFactor":
                double to = random.NextDouble();
                return Of(peak * Math.Min(share, to), peak * Math.Max(share, to), 0, [0, decay, long.MaxValue],
                    ("rate", peak), ("steps", decay), ("startFactor", share), ("endFactor", to));
            case "exponentialDecay":
                return Of(0, peak, 0, [0, long.MaxValue], ("rate", peak), ("gamma", 1 - (share / least)));
            case "exponentialRise":
                double low = peak * Pick(random, 1e-3, 0.5, 1);
                return Of(low, peak, 0, [0, decay, long.MaxValue], ("from", low), ("to", peak), ("steps", decay));
            case "cosineRestarts" or "polynomialRestarts":
                decimal factor = decay < int.MaxValue ? Pick(random, 1, 1.5m, 2, 3) : Pick(random, 1m, 2m, 3m);
                long second = (long)Math.Ceiling(decay * (1 + factor)),
                    third = (long)Math.Ceiling(decay * (1 + factor + (factor * factor)));
                double peakFactor = Pick(random, 0.9, 1);
                bool stops = random.Next(2) == 0;
                (string, object)[] restarts =
                [
                    ("peak", peak), ("firstPeriod", decay), ("periodFactor", factor), ("floor", floor),
                    ("peakFactor", peakFactor), ("kDecay", power),
                ];
                if (stops) restarts = [.. restarts, ("cycles", 3)];
                if (name == "polynomialRestarts") restarts = [.. restarts, ("power", power)];
                long[] turns = [0, decay - 1, decay, second - 1, second, third - 1, third];
                return Of(
                    peakFactor == 1 || stops ? Math.Min(floor, 0.8 * peak) : 0, peak, 0,
                    stops ? [.. turns, long.MaxValue] : turns,
                    restarts);
            case "oneCycle":
                double rise = 0.05 + (0.44 * share), divisor = 1 + (50 * random.NextDouble());
                double final = Pick(random, 1 / divisor * (1 + 1e-15), 1, 1e4);
                long steps = Steps(random, least) * 20;
                double turn = (rise * steps) - 1;
                bool three = random.Next(2) == 0;
                return Of(peak / divisor / Math.Max(final, 1), peak, 0,
                    [.. new double[] { 0, turn, Math.Ceiling(turn), 2 * turn, Math.Ceiling(2 * turn), steps - 1 }
                        .Select(at => (long)Math.Max(at, 0)).Where((_, index) => three || index is not (3 or 4)),
                        long.MaxValue],
                    ("peak", peak), ("totalSteps", steps), ("rise", rise), ("anneal", anneal), ("divisor", divisor),
                    ("finalDivisor", final), ("threePhases", three));
            case "cyclic":
                return Of(floor, peak, 0, [0, warmup, end, end + warmup, 2 * end, (2 * end) + warmup],
                    ("floor", floor), ("peak", peak), ("stepsUp", warmup), ("stepsDown", decay),
                    ("mode", Pick(random, Enum.GetValues<CyclicMode>())), ("gamma", 1 - (0.4 / warmup)));
            case "inverseSquareRoot":
                return Of(0, peak, 0, [0, warmup, long.MaxValue],
                    ("peak", peak), ("warmupSteps", warmup), ("timeScale", decay));
            case "warmupStableDecay":
                long hold = random.Next(2) * Steps(random, least);
                return Of(floor, peak, warmup, [0, warmup, warmup + hold, end + hold, long.MaxValue],
                    ("peak", peak), ("warmupSteps", warmup), ("decaySteps", decay), ("totalSteps", end + hold),
                    ("floor", floor), ("anneal", anneal), ("start", start), ("warmupAnneal", rising));
            default:
                throw new NotSupportedException($"say what settings of {name} promise");
        }

        ScheduleCase Of(
            double lowest,
            double highest,
            long lowestFrom,
            long[] turns,
            params (string Name, object Value)[] options) => new(
            name, options.ToDictionary(
                option => option.Name, option => Convert.ToString(option.Value, CultureInfo.InvariantCulture)!),
            new ScheduleShape(lowest, highest, [.. turns])
            {
                FloorFrom = lowestFrom,
                LargestJump = LargestJump(name, least) * highest,
            });
    }

    /// <summary>The steps about each half of some cosine periods, of which there are quarters at least.</summary>
    private static IEnumerable<long> Turns(long start, long steps, double cycles) =>
        from half in Enumerable.Range(0, (int)Math.Ceiling(2 * cycles))
        from beside in Enumerable.Range(-1, 3)
        let step = start + beside + (long)((Int128)steps * half * 4 / (int)(8 * cycles))
        where step >= start && step <= start + steps
        select step;

    private static double LargestJump(string name, long least) =>
        least >= 1_000_000 && !Jumping.ContainsKey(name) ? 0.002 : double.PositiveInfinity;

    private static T Pick<T>(Random random, params T[] from) => from[random.Next(from.Length)];

    /// <summary>A limit at which three periods of threefold length still fit in a long.</summary>
    private static long Steps(Random random, long least) => random.Next(3) switch
    {
        0 => least + random.Next(40),
        1 => least + random.Next(int.MaxValue),
        _ => least + ((long)random.Next() << 24),
    };
}
