using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>The schedules as entries of the catalogue.</summary>
internal static class ScheduleEntries
{
    internal static ImmutableArray<CatalogueEntry<Schedule>> All { get; } =
    [
        Entry("constant", at => Constant.Of(Rate(at)), "the same rate at every step", otherNames: "Optax constant_schedule"),
        Entry(
            "linearWarmup", at => LinearWarmup.Of(Peak(at), Warmup(at)),
            "a line up to the peak, which it keeps", otherNames: "Optax warmup_constant_schedule",
            differences: "the first update has peak / warmupSteps, not 0"),
        Entry(
            "warmupCosine", at => WarmupCosine.Of(Peak(at), Warmup(at), Total(at), Floor(at)),
            "warm-up, then half a cosine down to the floor", "Loshchilov and Hutter, 2017", "Optax warmup_cosine_decay_schedule"),
        Entry(
            "warmupPolynomial", at => WarmupPolynomial.Of(Peak(at), Warmup(at), Total(at), Floor(at), Power(at, 2)),
            "warm-up, then a power of what is left"),
        Entry(
            "warmupExponential",
            at => WarmupExponential.Of(
                Peak(at), Warmup(at), Total(at), at.Real("floor", "the rate at the end", "above 0, to the peak")),
            "warm-up, then the same ratio from step to step down to the floor", otherNames: "Optax warmup_exponential_decay_schedule",
            differences: "takes the floor instead of the ratio"),
        Entry(
            "cosine", at => WarmupCosine.Of(Peak(at), 0, Total(at, least: "1 or more"), Floor(at)),
            "half a cosine down to the floor", "Loshchilov and Hutter, 2017", "torch CosineAnnealingLR, Optax cosine_decay_schedule",
            "torch rises again after the end"),
        Entry(
            "polynomial", at => WarmupPolynomial.Of(Peak(at), 0, Total(at, least: "1 or more"), Floor(at), Power(at, 1)),
            "a power of what is left", otherNames: "torch PolynomialLR, Optax polynomial_schedule"),
        Entry(
            "stepDecay",
            at => StepDecay.Of(
                Rate(at), at.Integer("every", "the steps from one fall to the next", 1), Gamma(at, "the factor of each fall", 0.1)),
            "falls by a factor every so many steps", otherNames: "torch StepLR, Optax exponential_decay with staircase"),
        Entry(
            "multiStepDecay",
            at => MultiStepDecay.Of(
                Rate(at), at.Integers("milestones", "the steps that first have a lower rate", "0 or more, in rising order"),
                Gamma(at, "the factor of each fall", 0.1)),
            "falls by a factor at each milestone", otherNames: "torch MultiStepLR, Optax piecewise_constant_schedule"),
        Entry(
            "constantFactor",
            at => ConstantFactor.Of(
                Rate(at), at.Integer("steps", "the step that first has the whole rate", 0),
                Part(at, "initialFactor", "the part of the rate before", 1.0 / 3)),
            "a part of the rate for the first steps, then all of it", otherNames: "torch ConstantLR", differences: "the part may be 0"),
        Entry(
            "linearFactor",
            at => LinearFactor.Of(
                Rate(at), at.Integer("steps", "the step that first has the end", 1),
                Part(at, "startFactor", "the part of the rate at step 0", 1.0 / 3),
                Part(at, "endFactor", "the part of the rate at the end", 1)),
            "a line from one part of the rate to another", otherNames: "torch LinearLR, Optax linear_schedule", differences: "the start may be 0"),
        Entry(
            "exponentialDecay", at => ExponentialDecay.Of(Rate(at), Gamma(at, "the factor of each step")),
            "the same ratio from each step to the next, without an end", otherNames: "torch ExponentialLR, Optax exponential_decay"),
        Entry(
            "cosineRestarts",
            at => CosineRestarts.Of(
                Peak(at), at.Integer("firstPeriod", "the step of the first restart", 1),
                at.Integer("periodFactor", "how many times longer each period is than the last", 1, 1), Floor(at)),
            "half a cosine again and again, each period a factor longer", "Loshchilov and Hutter, 2017",
            "torch CosineAnnealingWarmRestarts, Optax sgdr_schedule"),
        Entry(
            "oneCycle",
            at => OneCycle.Of(
                Peak(at), at.Integer("totalSteps", "the number of updates", 1),
                at.Real("rise", "the part of the steps that rises", "in [0, 1), at most 0.5 with three phases", 0.3),
                at.Choice("anneal", "the shape of each phase", Anneal.Cosine),
                at.Real("divisor", "the peak over the first rate", "finite, 1 or more", 25),
                at.Real("finalDivisor", "the first rate over the last", "finite, at least 1 / divisor", 1e4),
                at.Flag("threePhases", "whether it falls as it rose, and then on to the end")),
            "one rise to the peak and a fall far below the start", "Smith and Topin, 2018",
            "torch OneCycleLR, Optax cosine_onecycle_schedule, linear_onecycle_schedule", "stays at the end, where torch throws"),
        Entry(
            "cyclic",
            at => Cyclic.Of(
                at.Real("floor", "the lowest rate", "from 0 to the peak"), Peak(at), at.Integer("stepsUp", "the steps of a rise", 1, 2000),
                at.IntegerOrNone("stepsDown", "the steps of a fall; as many as of a rise where not given", 1L),
                at.Choice("mode", "how the height of the triangle changes", CyclicMode.Triangular),
                Gamma(at, "the factor of each step in the exponential range", 1)),
            "a line up and one down, again and again", "Smith, 2017", "torch CyclicLR",
            "the paper's exponential range shrinks the floor too"),
        Entry(
            "inverseSquareRoot",
            at => InverseSquareRoot.Of(Peak(at), at.Integer("warmupSteps", "the step that has the peak, and the scale of the fall", 1)),
            "warm-up, then the inverse of the square root of the step", "Vaswani et al., 2017",
            "fairseq inverse_sqrt, Transformers get_inverse_sqrt_schedule"),
        Entry(
            "warmupStableDecay",
            at => WarmupStableDecay.Of(
                Peak(at), Warmup(at), at.Integer("decaySteps", "the steps of the decay", "1 or more, with warmupSteps at most totalSteps"),
                Total(at), Floor(at), at.Choice("anneal", "the shape of the decay", Anneal.Linear)),
            "warm-up, the peak until the last steps, a decay over those", "Hu et al., 2024; Hägele et al., 2024",
            "Transformers get_wsd_schedule"),
    ];

    internal static CatalogueEntry<Plateau> Plateau { get; } = new("plateau", "plateau", at => Optim.Plateau.Of(
        at.Choice("mode", "whether lower or higher metrics are better", PlateauMode.Minimize),
        at.Real("factor", "what the rate is multiplied by", Bounds.HalfOpenUnitInterval, 0.1),
        at.Integer("patience", "how many metrics in a row may be no better", 0, 10),
        at.Real("threshold", "by how much a metric has to be better", "in [0, 1) if relative, else finite and not negative", 1e-4),
        at.Choice("thresholdMode", "whether the threshold is a part of the best metric", PlateauThreshold.Relative),
        at.Integer("cooldown", "how many metrics after a reduction are not held against the rate", 0, 0),
        at.Real("floor", "the lowest rate", Bounds.NotNegative, 0),
        at.Real("epsilon", "the largest change that is not worth making", Bounds.NotNegative, 1e-8)))
    {
        Description = "lowers the rate where a metric has stopped getting better",
        OtherNames = "torch ReduceLROnPlateau, Optax contrib.reduce_on_plateau",
    };

    private static CatalogueEntry<Schedule> Entry(
        string name, Func<OptionValues, Schedule> make, string description,
        string paper = "", string otherNames = "", string differences = "") => new("schedule", name, make)
    {
        Description = description, Paper = paper, OtherNames = otherNames, Differences = differences,
    };

    private static double Rate(OptionValues at) => at.Real("rate", "the base rate", Bounds.NotNegative);

    private static double Peak(OptionValues at) => at.Real("peak", "the highest rate", Bounds.NotNegative);

    private static long Warmup(OptionValues at) => at.Integer("warmupSteps", "the step that first has the peak", 0);

    private static long Total(OptionValues at, string least = "more than warmupSteps") =>
        at.Integer("totalSteps", "the step that first has the floor", least);

    private static double Floor(OptionValues at) => at.Real("floor", "the rate at the end", "from 0 to the peak", 0);

    private static double Power(OptionValues at, double fallback) =>
        at.Real("power", "the exponent; 1 is a line", Bounds.Positive, fallback);

    private static double Gamma(OptionValues at, string description, double? fallback = null) =>
        at.Real("gamma", description, Bounds.AboveZeroToOne, fallback);

    private static double Part(OptionValues at, string name, string description, double fallback) =>
        at.Real(name, description, Bounds.UnitInterval, fallback);
}
