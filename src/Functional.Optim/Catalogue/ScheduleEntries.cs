using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>The schedules as entries of the catalogue.</summary>
internal static class ScheduleEntries
{
    internal static ImmutableArray<CatalogueEntry<Schedule>> All { get; } =
    [
        Entry(
            "constant", () => Constant.Of(1), at => Constant.Of(Rate(at, of => of.Rate)), "the same rate at every step",
            otherNames: "Optax constant_schedule"),
        Entry(
            "linearWarmup", () => LinearWarmup.Of(1, 1),
            at => LinearWarmup.Of(
                Peak(at, of => of.Peak), Warmup(at, of => of.WarmupSteps), Start(at, of => of.Start)),
            "a line up to the peak, which it keeps",
            otherNames: "Optax warmup_constant_schedule, Transformers get_constant_schedule_with_warmup",
            differences: "the first update has peak / warmupSteps, not 0"),
        Entry(
            "warmupCosine", () => WarmupCosine.Of(1, 0, 1),
            at => WarmupCosine.Of(
                Peak(at), Warmup(at), Total(at), Floor(at), Start(at), CosineCycles(at), Continues(at)),
            "warm-up, then half a cosine down to the floor", "Loshchilov and Hutter, 2017",
            "Optax warmup_cosine_decay_schedule, Transformers get_cosine_with_min_lr_schedule_with_warmup",
            "Transformers rises again after the end: `continues`"),
        Entry(
            "cosineHardRestarts", () => CosineHardRestarts.Of(1, 0, 1, 1),
            at => CosineHardRestarts.Of(
                Peak(at), Warmup(at), Total(at),
                at.Integer(
                    "cycles", "the number of falls", of => of.Cycles, true, "from 1 to the steps of the decay"),
                Floor(at), Start(at)),
            "warm-up, then half a cosine several times", "Loshchilov and Hutter, 2017",
            "Transformers get_cosine_with_hard_restarts_schedule_with_warmup"),
        Entry(
            "warmupPolynomial", () => WarmupPolynomial.Of(1, 0, 1),
            at => WarmupPolynomial.Of(
                Peak(at), Warmup(at), Total(at), Floor(at), Power(at, of => of.Power), Start(at)),
            "warm-up, then a power of what is left",
            otherNames: "Transformers get_polynomial_decay_schedule_with_warmup, get_linear_schedule_with_warmup"),
        Entry(
            "warmupExponential", () => WarmupExponential.Of(1, 0, 1, 1),
            at => WarmupExponential.Of(
                Peak(at), Warmup(at), Total(at),
                at.Real("floor", "the rate at the end", of => of.Floor, true, "above 0, to the peak"), Start(at)),
            "warm-up, then the same ratio from step to step down to the floor",
            otherNames: "Optax warmup_exponential_decay_schedule", differences: "takes the floor instead of the ratio"),
        Entry(
            "warmupRex", () => WarmupRex.Of(1, 0, 1),
            at => WarmupRex.Of(Peak(at), Warmup(at), Total(at), Floor(at), Start(at)),
            "warm-up, then a fall that is slow at first and fast at the end", "Chen et al., 2021",
            "kozistr REXScheduler", "kozistr's first update has the floor, and none the peak"),
        Entry(
            "cosine", () => WarmupCosine.Of(1, 0, 1),
            at => WarmupCosine.Of(
                Peak(at), 0, Total(at, "1 or more"), Floor(at), cycles: CosineCycles(at), continues: Continues(at)),
            "half a cosine down to the floor",
            "Loshchilov and Hutter, 2017", "torch CosineAnnealingLR, Optax cosine_decay_schedule",
            "torch rises again after the end: `continues`"),
        Entry(
            "polynomial", () => WarmupPolynomial.Of(1, 0, 1, power: 1),
            at => WarmupPolynomial.Of(
                Peak(at), 0, Total(at, "1 or more"), Floor(at), Power(at, of => of.Power)),
            "a power of what is left", otherNames: "torch PolynomialLR, Optax polynomial_schedule"),
        Entry(
            "stepDecay", () => StepDecay.Of(1, 1),
            at => StepDecay.Of(
                Rate(at, of => of.Rate), Steps(at, "every", "the steps from one fall to the next", of => of.Every, 1),
                Gamma(at, "the factor of each fall", of => of.Gamma)),
            "falls by a factor every so many steps",
            otherNames: "torch StepLR, Optax exponential_decay with staircase"),
        Entry(
            "multiStepDecay", () => MultiStepDecay.Of(1, []),
            at => MultiStepDecay.Of(
                Rate(at, of => of.Rate),
                at.Integers(
                    "milestones", "the steps that first have a lower rate", of => of.Milestones, true,
                    "0 or more, in rising order"),
                Gamma(at, "the factor of each fall", of => of.Gamma)),
            "falls by a factor at each milestone", otherNames: "torch MultiStepLR, Optax piecewise_constant_schedule"),
        Entry(
            "constantFactor", () => ConstantFactor.Of(1, 0),
            at => ConstantFactor.Of(
                Rate(at, of => of.Rate),
                Steps(at, "steps", "the step that first has the whole rate", of => of.Steps, 0),
                Share(at, "initialFactor", "the part of the rate before", of => of.InitialFactor)),
            "a part of the rate for the first steps, then all of it", otherNames: "torch ConstantLR",
            differences: "the part may be 0"),
        Entry(
            "linearFactor", () => LinearFactor.Of(1, 1),
            at => LinearFactor.Of(
                Rate(at, of => of.Rate), Steps(at, "steps", "the step that first has the end", of => of.Steps, 1),
                Share(at, "startFactor", "the part of the rate at step 0", of => of.StartFactor),
                Share(at, "endFactor", "the part of the rate at the end", of => of.EndFactor)),
            "a line from one part of the rate to another", otherNames: "torch LinearLR, Optax linear_schedule",
            differences: "the start may be 0"),
        Entry(
            "exponentialDecay", () => ExponentialDecay.Of(1, 1),
            at => ExponentialDecay.Of(
                Rate(at, of => of.Rate), Gamma(at, "the factor of each step", of => of.Gamma, required: true)),
            "the same ratio from each step to the next, without an end",
            otherNames: "torch ExponentialLR, Optax exponential_decay"),
        Entry(
            "exponentialRise", () => ExponentialRise.Of(1, 1, 1),
            at => ExponentialRise.Of(
                at.Real("from", "the rate at step 0", of => of.From, true, Bounds.Positive.Allowed),
                at.Real("to", "the highest rate", of => of.To, true, "finite, from or more"),
                Steps(at, "steps", "the step that first has the highest rate", of => of.Steps, 1)),
            "the same ratio up to the highest rate, such as to find a rate", "Smith, 2017"),
        Entry(
            "cosineRestarts", () => CosineRestarts.Of(1, 1),
            at => CosineRestarts.Of(
                Peak(at, of => of.Peak), FirstPeriod(at), PeriodFactor(at), RestartFloor(at), PeakFactor(at),
                Cycles(at), KDecay(at)),
            "half a cosine again and again, each period a factor longer", "Loshchilov and Hutter, 2017",
            "torch CosineAnnealingWarmRestarts, Optax sgdr_schedule, timm CosineLRScheduler",
            "timm has one period where not told: `cycles`"),
        Entry(
            "polynomialRestarts", () => PolynomialRestarts.Of(1, 1),
            at => PolynomialRestarts.Of(
                Peak(at, of => of.Peak), FirstPeriod(at), PeriodFactor(at), RestartFloor(at), PeakFactor(at),
                Cycles(at), KDecay(at), Power(at, of => of.Power)),
            "a power of what is left again and again", otherNames: "timm PolyLRScheduler",
            differences: "timm has one period and a power of 0.5 where not told"),
        Entry(
            "oneCycle", () => OneCycle.Of(1, 1),
            at => OneCycle.Of(
                Peak(at, of => of.Peak), Steps(at, "totalSteps", "the number of updates", of => of.TotalSteps, 1),
                at.Real(
                    "rise", "the part of the steps that rises", of => of.Rise,
                    allowed: "in [0, 1), at most 0.5 with three phases"),
                at.Choice("anneal", "the shape of each phase", of => of.Anneal),
                at.Real("divisor", "the peak over the first rate", of => of.Divisor, allowed: "finite, 1 or more"),
                at.Real(
                    "finalDivisor", "the first rate over the last", of => of.FinalDivisor,
                    allowed: "finite, at least 1 / divisor"),
                at.Flag("threePhases", "whether it falls as it rose, and then on to the end", of => of.ThreePhases)),
            "one rise to the peak and a fall far below the start", "Smith and Topin, 2018",
            "torch OneCycleLR, Optax cosine_onecycle_schedule, linear_onecycle_schedule",
            "stays at the end, where torch throws"),
        Entry(
            "cyclic", () => Cyclic.Of(0, 1),
            at => Cyclic.Of(
                at.Real("floor", "the lowest rate", of => of.Floor, true, ToPeak), Peak(at, of => of.Peak),
                at.Integer("stepsUp", "the steps of a rise", of => of.StepsUp, allowed: Bounds.AtLeast(1).Allowed),
                at.IntegerOrNone<long>(
                    "stepsDown", "the steps of a fall; as many as of a rise where not given",
                    of => of.StepsDown == of.StepsUp ? null : of.StepsDown, Bounds.AtLeast(1).Allowed),
                at.Choice("mode", "how the height of the triangle changes", of => of.Mode),
                Gamma(at, "the factor of each step in the exponential range", of => of.Gamma)),
            "a line up and one down, again and again", "Smith, 2017", "torch CyclicLR",
            "the paper's exponential range shrinks the floor too"),
        Entry(
            "inverseSquareRoot", () => InverseSquareRoot.Of(1, 1),
            at => InverseSquareRoot.Of(
                Peak(at, of => of.Peak),
                at.Integer(
                    "warmupSteps", "the step that has the peak", of => of.WarmupSteps, true,
                    InverseSquareRoot.AllowedWarmupSteps),
                at.IntegerOrNone<long>(
                    "timeScale", "the time scale of the fall; warmupSteps where not given",
                    of => of.TimeScale == of.WarmupSteps ? null : of.TimeScale, Bounds.AtLeast(1).Allowed)),
            "warm-up, then the inverse of the square root of the step", "Vaswani et al., 2017",
            "fairseq inverse_sqrt, Transformers get_inverse_sqrt_schedule"),
        Entry(
            "warmupStableDecay", () => WarmupStableDecay.Of(1, 0, 1, 1),
            at => WarmupStableDecay.Of(
                Peak(at), Warmup(at),
                at.Integer(
                    "decaySteps", "the steps of the decay", of => of.DecaySteps, true,
                    "1 or more, with warmupSteps at most totalSteps"),
                Total(at), Floor(at), at.Choice("anneal", "the shape of the decay", of => of.Anneal), Start(at),
                at.Choice(
                    "warmupAnneal", "the shape of the warm-up, that of a decay backwards", of => of.WarmupAnneal)),
            "warm-up, the peak until the last steps, a decay over those", "Hu et al., 2024; Hägele et al., 2024",
            "Transformers get_wsd_schedule"),
    ];

    /// <summary>Schedules made of others, and what changes one.</summary>
    internal static ImmutableArray<CatalogueEntry<Schedule>> Composed { get; } =
    [
        Entry(
            "sequential", () => (Joined)Schedule.Sequential([1, 1], [1]),
            at => Schedule.Sequential(
                at.Schedules("schedules", "the parts", of => of.Parts),
                at.Integers(
                    "milestones", "the last step of each part but the last, counted from the start",
                    of => of.LastSteps, true, "0 or more, in rising order")),
            "schedules one after the other", otherNames: "torch SequentialLR, Optax join_schedules"),
        Entry(
            "chained", () => (Product)Schedule.Chained(1, 1),
            at => Schedule.Chained(at.Schedules("schedules", "the factors", of => of.Factors)),
            "schedules multiplied", otherNames: "torch ChainedScheduler"),
        Entry(
            "zeroBased", () => (ZeroBasedSchedule)Schedule.Constant(1).ZeroBased(),
            at => Inner(at, of => of.Inner).ZeroBased(),
            "the rate of the step before: torch's convention"),
        Entry(
            "clamp", () => (Clamped)Schedule.Constant(1).Clamp(0, 1),
            at => Inner(at, of => of.Inner).Clamp(
                at.Real("minimum", "the lowest rate", of => of.Minimum, true, Bounds.ZeroOrMore.Allowed),
                at.Real("maximum", "the highest rate", of => of.Maximum, true, "the minimum or more")),
            "a schedule kept between two rates"),
        Entry(
            "skip", () => Skipped.Of(1, 0),
            at => Inner(at, of => of.Inner).Skip(
                at.Integer("steps", "the steps left out", of => of.Steps, true, Bounds.AtLeast(0).Allowed)),
            "a schedule without its first steps"),
        Entry(
            "cycledMomentum", () => (CycledMomentum)OneCycle.Of(1, 1).Momentum(),
            at => CycledMomentum.Of(
                at.Schedule("cycle", "oneCycle or cyclic", of => of.Cycle, true, "oneCycle or cyclic"),
                at.Real("lowest", "the momentum where the rate is highest", of => of.Lowest, true),
                at.Real("highest", "the momentum where the rate is lowest", of => of.Highest, true)),
            "a momentum that goes through the cycle of a rate, upside down", "Smith and Topin, 2018"),
    ];

    internal static CatalogueEntry<Plateau> Plateau { get; } = new CatalogueEntry<Plateau, Plateau>(
        "plateau", "plateau", () => Optim.Plateau.Of(),
        at => Optim.Plateau.Of(
            at.Choice("mode", "whether lower or higher metrics are better", of => of.Mode),
            at.Real(
                "factor", "what the rate is multiplied by", of => of.Factor,
                allowed: Bounds.HalfOpenUnitInterval.Allowed),
            at.Integer(
                "patience", "how many metrics in a row may be no better", of => of.Patience,
                allowed: Bounds.AtLeast(0).Allowed),
            at.Real(
                "threshold", "by how much a metric has to be better", of => of.Threshold,
                allowed: "in [0, 1) if relative, else finite and not negative"),
            at.Choice("thresholdMode", "whether the threshold is a part of the best metric", of => of.ThresholdMode),
            at.Integer(
                "cooldown", "how many metrics after a reduction are not held against the rate", of => of.Cooldown,
                allowed: Bounds.AtLeast(0).Allowed),
            at.Real("floor", "the lowest rate", of => of.Floor, allowed: Bounds.NotNegative.Allowed),
            at.Real(
                "epsilon", "the largest change that is not worth making", of => of.Epsilon,
                allowed: Bounds.NotNegative.Allowed)))
    {
        Description = "lowers the rate where a metric has stopped getting better",
        OtherNames = "torch ReduceLROnPlateau, Optax contrib.reduce_on_plateau",
    };

    private const string ToPeak = "from 0 to the peak";

    private static CatalogueEntry<Schedule, T> Entry<T>(
        string name, Func<T> defaults, Func<EntryOptions<T>, Schedule> make, string description, string paper = "",
        string otherNames = "", string differences = "")
        where T : Schedule => new("schedule", name, defaults, make)
    {
        Description = description, Paper = paper, OtherNames = otherNames, Differences = differences,
    };

    private static double Rate<T>(EntryOptions<T> at, Func<T, double> of)
        where T : Schedule => at.Real("rate", "the base rate", of, true, Bounds.NotNegative.Allowed);

    private static double Peak<T>(EntryOptions<T> at, Func<T, double> of)
        where T : Schedule => at.Real("peak", "the highest rate", of, true, Bounds.NotNegative.Allowed);

    private static double Peak<T>(EntryOptions<T> at)
        where T : WarmupDecay => Peak(at, of => of.Peak);

    private static long Warmup<T>(EntryOptions<T> at, Func<T, long> of)
        where T : Schedule => Steps(at, "warmupSteps", "the step that first has the peak", of, 0);

    private static long Warmup<T>(EntryOptions<T> at)
        where T : WarmupDecay => Warmup(at, of => of.WarmupSteps);

    private static long Total<T>(EntryOptions<T> at, string allowed = "more than warmupSteps")
        where T : WarmupDecay =>
        at.Integer("totalSteps", "the step that first has the floor", of => of.TotalSteps, true, allowed);

    private static double Floor<T>(EntryOptions<T> at)
        where T : WarmupDecay => at.Real("floor", "the rate at the end", of => of.Floor, allowed: ToPeak);

    private static double Start<T>(EntryOptions<T> at, Func<T, double> of)
        where T : Schedule => at.Real("start", "the rate at step 0 of a warm-up", of, allowed: ToPeak);

    private static double Start<T>(EntryOptions<T> at)
        where T : WarmupDecay => Start(at, of => of.Start);

    private static double CosineCycles(EntryOptions<WarmupCosine> at) => at.Real(
        "cycles", "the cosine periods of the decay", of => of.Cycles,
        allowed: "above 0, at most the steps of the decay");

    private static bool Continues(EntryOptions<WarmupCosine> at) =>
        at.Flag("continues", "whether the cosine goes on after its end", of => of.Continues);

    private static double Power<T>(EntryOptions<T> at, Func<T, double> of)
        where T : Schedule =>
        at.Real("power", "the exponent; 1 is a line", of, allowed: Bounds.Positive.Allowed);

    private static long FirstPeriod<T>(EntryOptions<T> at)
        where T : Restarts => Steps(at, "firstPeriod", "the step of the first restart", of => of.FirstPeriod, 1);

    private static double PeriodFactor<T>(EntryOptions<T> at)
        where T : Restarts => at.Real(
        "periodFactor", "how many times longer each period is than the last", of => of.PeriodFactor,
        allowed: Restarts.AllowedPeriodFactor);

    private static double RestartFloor<T>(EntryOptions<T> at)
        where T : Restarts => at.Real("floor", "the rate at the end", of => of.Floor, allowed: ToPeak);

    private static double PeakFactor<T>(EntryOptions<T> at)
        where T : Restarts => at.Real(
        "peakFactor", "how many times higher each period starts than the last", of => of.PeakFactor,
        allowed: Bounds.AboveZeroToOne.Allowed);

    private static long? Cycles<T>(EntryOptions<T> at)
        where T : Restarts => at.IntegerOrNone<long>(
        "cycles", "the number of periods; without an end where not given", of => of.Cycles,
        Bounds.AtLeast(1).Allowed);

    private static double KDecay<T>(EntryOptions<T> at)
        where T : Restarts => at.Real(
        "kDecay", "the exponent of the progress in a period", of => of.KDecay, allowed: Bounds.Positive.Allowed);

    private static long Steps<T>(EntryOptions<T> at, string name, string description, Func<T, long> of, long min)
        where T : Schedule => at.Integer(name, description, of, true, Bounds.AtLeast(min).Allowed);

    private static double Gamma<T>(EntryOptions<T> at, string description, Func<T, double> of, bool required = false)
        where T : Schedule => at.Real("gamma", description, of, required, Bounds.AboveZeroToOne.Allowed);

    private static double Share<T>(EntryOptions<T> at, string name, string description, Func<T, double> of)
        where T : Schedule => at.Real(name, description, of, allowed: Bounds.UnitInterval.Allowed);

    private static Schedule Inner<T>(EntryOptions<T> at, Func<T, Schedule> of)
        where T : Schedule => at.Schedule("schedule", "the schedule", of, true);
}
