using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>The parts of optimizers, and what goes around one, as entries of the catalogue.</summary>
internal static class TransformEntries
{
    internal static ImmutableArray<CatalogueEntry<Optimizer>> All { get; } =
    [
        Entry(
            "clipByGlobalNorm", at => Clip.ByGlobalNorm(Maximum(at), Norm(at)), "scales the whole update down to a norm",
            "Pascanu, Mikolov and Bengio, 2013", "torch clip_grad_norm_, Optax clip_by_global_norm", "torch multiplies by c / (norm + 1e-6)"),
        Entry("clipByLeafNorm", at => Clip.ByLeafNorm(Maximum(at), Norm(at)), "scales the update of each leaf down to a norm"),
        Entry(
            "clipAdaptively",
            at => Clip.Adaptively(
                at.Number("ratio", "the most of the parameters' norm that an update's may be", Bounds.Positive, 0.01),
                at.Number("epsilon", "the least norm of parameters that counts", Bounds.Positive, 1e-3), Units(at)),
            "limits the update of each unit to a part of its parameters", "Brock, De, Smith and Simonyan, 2021", "Optax adaptive_grad_clip",
            "Optax's units are those of the last dimension (`units`)"),
        Entry(
            "clipByValue", at => Clip.ByValue(at.Number("limit", "the most that an element may be", Bounds.ZeroOrMore)), "limits each element",
            knownAs: "torch clip_grad_value_, Optax clip"),
        Entry(
            "centralize", at => Centralize.By(Units(at)), "takes the mean of each unit away", "Yong, Huang, Hua and Zhang, 2020",
            "Optax centralize"),
        Entry(
            "noise",
            at => Noise.Of(
                at.Number("variance", "the variance at the first update", Bounds.NotNegative), at.WholeFrom("seed", "where the bits come from", 0UL),
                at.Number("decay", "the power by which the variance falls", Bounds.NotNegative, 0.55)),
            "adds normal noise that fades", "Neelakantan et al., 2015", "Optax add_noise", "the noise of a leaf depends on its name, not its place"),
        Entry(
            "trace",
            at => Trace.Of(
                at.Scheduled("momentum", OptimizerEntries.MomentumText, Bounds.BelowOne),
                at.Number("dampening", "τ, the share of each update left out of the momentum", Bounds.UnitInterval, 0),
                at.Flag("nesterov", "whether the update looks ahead, which wants momentum and no dampening")),
            "momentum", "Polyak, 1964; Sutskever et al., 2013", "Optax trace"),
        Entry(
            "ema",
            at => Ema.Of(
                at.Number("decay", "β, how much of the mean is kept", Bounds.BelowOne),
                at.Flag("biasCorrection", "whether the mean is divided by 1 − βᵗ", true),
                at.Flag("nesterov", "whether the mean looks one step ahead")),
            "the moving average of the updates", knownAs: "Optax ema"),
        Entry(
            "orthogonalize", at => Orthogonalize.Of(Variant(at), Steps(at), ScaleOf(at, MatrixScale.None)),
            "brings the singular values of matrices near 1", "Jordan et al., 2024; Amsel et al., 2025", "Optax scale_by_muon",
            "without the momentum"),
        Entry("scale", at => Scale.By(at.Number("factor", "what the update is multiplied by", Bounds.Finite)), "multiplies the update", knownAs: "Optax scale"),
        Entry(
            "weightDecayCoupled", at => WeightDecay.Coupled(Lambda(at), Decay(at)), "adds λ·θ: an L2 penalty, in front of the moments",
            knownAs: "Optax add_decayed_weights"),
        Entry(
            "weightDecayDecoupled", at => WeightDecay.Decoupled(Lambda(at), Decay(at)), "adds λ·θ: behind the moments, before the rate",
            "Loshchilov and Hutter, 2019", "Optax add_decayed_weights"),
        Entry(
            "trustRatio",
            at => TrustRatio.Of(
                Coefficient(at, 1), at.Number("weightDecay", "λ, an L2 penalty that the ratio takes into account", Bounds.NotNegative, 0),
                at.Number("epsilon", "ε, added to the divisor", Bounds.NotNegative, 0), Adapts(at)),
            "scales the update of each leaf to the size of its parameters", "You, Gitman and Ginsburg, 2017; You et al., 2020",
            "Optax scale_by_trust_ratio"),
        Entry(
            "learningRate", at => LearningRate.Of(at.LearningRate("schedule")), "multiplies the update by a schedule",
            knownAs: "Optax scale_by_learning_rate", differs: "Optax's turns the sign too"),
        Entry(
            "lookahead",
            at => Lookahead.Of(
                at.Whole("every", "k, the updates from one synchronization to the next", 1, 6),
                at.Number("alpha", "α, how far the slow parameters follow", Bounds.UnitInterval, 0.5)),
            "behind an optimizer: slow parameters that the fast ones start from again and again", "Zhang, Lucas, Hinton and Ba, 2019",
            "Optax lookahead", "θ are the fast parameters, not a pair"),
        Entry(
            "asgdAveraging", at => Asgd.Averaging(at.Whole("averageAfter", "t₀, how many updates pass before the average departs", 0, 1_000_000)),
            "behind an optimizer: the average of the parameters as state", "Polyak and Juditsky, 1992", "torch ASGD"),
        Entry(
            "parameterEma",
            at => ParameterEma.Of(
                at.Number("decay", "β, how much of the average is kept", Bounds.BelowOne, 0.999),
                at.Choice("warmup", "how the average starts", EmaWarmup.Copy),
                at.Number("gamma", "γ, how slowly decay rises with Power", Bounds.Positive, 1),
                at.Number("power", "p, the power by which it rises", Bounds.Positive, 2.0 / 3), Start(at), Every(at)),
            "behind an optimizer: the moving average of the parameters, for evaluation", knownAs: "torch AveragedModel, timm ModelEmaV3",
            differs: "a part of the step; before `start` evaluation is at θ"),
        Entry(
            "swa", at => Swa.Of(Start(at, null), Every(at)), "behind an optimizer: the mean of the parameters from an update on, for evaluation",
            "Izmailov et al., 2018", "torch AveragedModel", "a part of the step; before `start` evaluation is at θ"),
        Entry(
            "partitionMasked",
            at => Partition.Masked(at.Leaves("matches", "which leaves"), at.Inner("optimizer", "what they go through")),
            "an optimizer for some leaves; several with `Partition.Of`", knownAs: "Optax masked, partition"),
        Entry(
            "accumulate",
            at => Accumulate.Of(at.Whole("every", "k, how many gradients make an update", 1), at.Inner("inner", "the optimizer, clipping included")),
            "around an optimizer: one update of the mean of k gradients", knownAs: "Optax MultiSteps", differs: "the inner step is left out, not masked"),
        Entry(
            "applyIfFinite",
            at => ApplyIfFinite.Around(
                at.Inner("inner", "the optimizer"), at.Whole("mostInARow", "the most gradients in a row that are left out", 0, 10)),
            "around an optimizer: leaves out gradients with a NaN or an infinity", knownAs: "Optax apply_if_finite",
            differs: "too many in a row are an error; Optax applies them"),
    ];

    internal static CatalogueEntry<Optimizer> Sam { get; } = Entry(
        "sam",
        at => Optim.Sam.Around(
            at.Inner("inner", "the optimizer that steps by the gradient up the hill"),
            at.Number("rho", "ρ, how far it climbs", Bounds.NotNegative, 0.05),
            at.Flag("adaptive", "whether the climb is scaled to the size of the parameters"),
            at.Number("eta", "η, what is added to that size", Bounds.NotNegative, 0),
            at.Leaves("adapts", "which leaves the adaptive form scales", LeafFilter.All),
            at.Number("epsilon", "ε, what is added to the norm", Bounds.Positive, 1e-12)),
        "around an optimizer: takes a function, and steps by the gradient at the worst place nearby", "Foret et al., 2020; Kwon et al., 2021",
        "Optax contrib.sam", "asks twice in one step; Optax alternates two kinds of steps");

    internal static double Coefficient(OptionValues at, double fallback) =>
        at.Number("coefficient", "c, the trust coefficient", Bounds.Positive, fallback);

    internal static NewtonSchulzVariant Variant(OptionValues at) =>
        at.Choice("variant", "by which polynomials the update is made orthogonal", NewtonSchulzVariant.Torch);

    internal static int Steps(OptionValues at) =>
        at.WholeFrom("steps", "in how many steps, no less than the variant has polynomials", 1, 5);

    internal static MatrixScale ScaleOf(OptionValues at, MatrixScale fallback) =>
        at.Choice("scale", "what the result is multiplied by, by the shape of the leaf", fallback);

    internal static LeafFilter Adapts(OptionValues at) => at.Leaves("adapts", "which leaves are scaled and decay", LeafFilter.All);

    private static CatalogueEntry<Optimizer> Entry(
        string name, Func<OptionValues, Optimizer> make, string description, string paper = "", string knownAs = "", string differs = "") => new("transform", name, make)
    {
        Description = description, Paper = paper, KnownAs = knownAs, Differs = differs,
    };

    private static long Start(OptionValues at, long? fallback = 1) =>
        at.Whole("start", "the first update whose parameters are averaged", 1, fallback);

    private static long Every(OptionValues at) => at.Whole("every", "how many updates there are from one average to the next", 1, 1);

    private static double Maximum(OptionValues at) => at.Number("maximum", "the greatest norm", Bounds.ZeroOrMore);

    private static NormKind Norm(OptionValues at) => at.Choice("kind", "which norm", NormKind.L2);

    private static UnitDimension Units(OptionValues at) =>
        at.Choice("units", "along which dimension of a leaf of rank 2 and more its units lie", UnitDimension.First);

    private static Schedule Lambda(OptionValues at) => at.Scheduled("weightDecay", "λ", Bounds.NotNegative);

    private static LeafFilter Decay(OptionValues at) => at.Leaves("decay", "which leaves decay", LeafFilter.All);
}
