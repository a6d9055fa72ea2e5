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
                at.Real("ratio", "the most of the parameters' norm that an update's may be", Bounds.Positive, 0.01),
                at.Real("epsilon", "the least norm of parameters that counts", Bounds.Positive, 1e-3), Units(at)),
            "limits the update of each unit to a part of its parameters", "Brock, De, Smith and Simonyan, 2021", "Optax adaptive_grad_clip",
            "Optax's units are those of the last dimension (`outputAxis`)"),
        Entry(
            "clipByValue", at => Clip.ByValue(at.Real("limit", "the most that an element may be", Bounds.ZeroOrMore)), "limits each element",
            otherNames: "torch clip_grad_value_, Optax clip"),
        Entry(
            "centralize", at => Centralize.By(Units(at)), "takes the mean of each unit away", "Yong, Huang, Hua and Zhang, 2020",
            "Optax centralize"),
        Entry(
            "noise",
            at => Noise.Of(
                at.Real("variance", "the variance at the first update", Bounds.NotNegative), at.IntegerAtLeast("seed", "where the bits come from", 0UL),
                at.Real("decay", "the power by which the variance falls", Bounds.NotNegative, 0.55)),
            "adds normal noise that fades", "Neelakantan et al., 2015", "Optax add_noise", "the noise of a leaf depends on its name, not its place"),
        Entry(
            "momentum",
            at => Momentum.Of(
                at.Scheduled("coefficient", OptimizerEntries.MomentumText, Bounds.HalfOpenUnitInterval),
                at.Real("dampening", "τ, the share of each update left out of the momentum", Bounds.UnitInterval, 0),
                at.Flag("nesterov", "whether the update looks ahead, which wants momentum and no dampening")),
            "momentum", "Polyak, 1964; Sutskever et al., 2013", "Optax trace"),
        Entry(
            "ema",
            at => Ema.Of(
                at.Real("decay", "β, how much of the mean is kept", Bounds.HalfOpenUnitInterval),
                at.Flag("biasCorrection", "whether the mean is divided by 1 − βᵗ", true),
                at.Flag("nesterov", "whether the mean looks one step ahead")),
            "the moving average of the updates", otherNames: "Optax ema"),
        Entry(
            "orthogonalize", at => Orthogonalize.Of(Variant(at), Steps(at), ScaleOf(at, MatrixScale.None)),
            "brings the singular values of matrices near 1", "Jordan et al., 2024; Amsel et al., 2025", "Optax scale_by_muon",
            "without the momentum"),
        Entry("scale", at => Scale.By(at.Real("factor", "what the update is multiplied by", Bounds.Finite)), "multiplies the update", otherNames: "Optax scale"),
        Entry(
            "weightDecayCoupled", at => WeightDecay.Coupled(Lambda(at), Decay(at)), "adds λ·θ: an L2 penalty, before the moments",
            otherNames: "Optax add_decayed_weights"),
        Entry(
            "weightDecayDecoupled", at => WeightDecay.Decoupled(Lambda(at), Decay(at)), "adds λ·θ: after the moments, before the rate",
            "Loshchilov and Hutter, 2019", "Optax add_decayed_weights"),
        Entry(
            "trustRatio",
            at => TrustRatio.Of(
                Coefficient(at, 1), at.Real("weightDecay", "λ, an L2 penalty that the ratio takes into account", Bounds.NotNegative, 0),
                at.Real("epsilon", "ε, added to the divisor", Bounds.NotNegative, 0), Filter(at)),
            "scales the update of each leaf to the size of its parameters", "You, Gitman and Ginsburg, 2017; You et al., 2020",
            "Optax scale_by_trust_ratio"),
        Entry(
            "learningRate", at => LearningRate.Of(at.LearningRate("schedule")), "multiplies the update by a schedule",
            otherNames: "Optax scale_by_learning_rate", differences: "Optax's turns the sign too"),
        Entry(
            "lookahead",
            at => Lookahead.Of(
                at.Integer("every", "k, the updates from one synchronization to the next", 1, 6),
                at.Real("alpha", "α, how far the slow parameters follow", Bounds.UnitInterval, 0.5)),
            "after an optimizer: slow parameters that the fast ones start from again and again", "Zhang, Lucas, Hinton and Ba, 2019",
            "Optax lookahead", "θ are the fast parameters, not a pair"),
        Entry(
            "asgdAveraging", at => Asgd.Averaging(at.Integer("averageAfter", "t₀, how many updates pass before the average departs", 0, 1_000_000)),
            "after an optimizer: the average of the parameters as state", "Polyak and Juditsky, 1992", "torch ASGD"),
        Entry(
            "parameterEma",
            at => ParameterEma.Of(
                at.Real("decay", "β, how much of the average is kept", Bounds.HalfOpenUnitInterval, 0.999),
                at.Choice("warmup", "how the average starts", EmaWarmup.Copy),
                at.Real("gamma", "γ, how slowly decay rises with Power", Bounds.Positive, 1),
                at.Real("power", "p, the power by which it rises", Bounds.Positive, 2.0 / 3), Start(at), Every(at)),
            "after an optimizer: the moving average of the parameters, for evaluation", otherNames: "torch AveragedModel, timm ModelEmaV3",
            differences: "a part of the step; before `start` evaluation is at θ"),
        Entry(
            "swa", at => Swa.Of(Start(at, null), Every(at)), "after an optimizer: the mean of the parameters from an update on, for evaluation",
            "Izmailov et al., 2018", "torch AveragedModel", "a part of the step; before `start` evaluation is at θ"),
        Entry(
            "partitionMasked",
            at => Partition.Masked(at.Leaves("matches", "which leaves"), at.Inner("optimizer", "what they go through")),
            "an optimizer for some leaves; several with `Partition.Of`", otherNames: "Optax masked, partition"),
        Entry(
            "accumulate",
            at => Accumulate.Of(at.Integer("every", "k, how many gradients make an update", 1), at.Inner("inner", "the optimizer, clipping included")),
            "around an optimizer: one update of the mean of k gradients", otherNames: "Optax MultiSteps", differences: "the inner step is left out, not masked"),
        Entry(
            "applyIfFinite",
            at => ApplyIfFinite.Around(
                at.Inner("inner", "the optimizer"), at.Integer("maxConsecutiveSkips", "the most gradients in a row that are left out", 0, 10)),
            "around an optimizer: leaves out gradients with a NaN or an infinity", otherNames: "Optax apply_if_finite",
            differences: "too many in a row are an error; Optax applies them"),
    ];

    internal static CatalogueEntry<Optimizer> Sam { get; } = Entry(
        "sam",
        at => Optim.Sam.Around(
            at.Inner("inner", "the optimizer that steps by the gradient up the hill"),
            at.Real("rho", "ρ, how far it climbs", Bounds.NotNegative, 0.05),
            at.Flag("adaptive", "whether the climb is scaled to the size of the parameters"),
            at.Real("eta", "η, what is added to that size", Bounds.NotNegative, 0),
            at.Leaves("filter", "which leaves the adaptive form scales", LeafFilter.All),
            at.Real("epsilon", "ε, what is added to the norm", Bounds.Positive, 1e-12)),
        "around an optimizer: takes a function, and steps by the gradient at the worst place nearby", "Foret et al., 2020; Kwon et al., 2021",
        "Optax contrib.sam", "asks twice in one step; Optax alternates two kinds of steps");

    internal static double Coefficient(OptionValues at, double fallback) =>
        at.Real("coefficient", "c, the trust coefficient", Bounds.Positive, fallback);

    internal static NewtonSchulzVariant Variant(OptionValues at) =>
        at.Choice("variant", "by which polynomials the update is made orthogonal", NewtonSchulzVariant.Torch);

    internal static int Steps(OptionValues at) =>
        at.IntegerAtLeast("steps", "in how many steps, no less than the variant has polynomials", 1, 5);

    internal static MatrixScale ScaleOf(OptionValues at, MatrixScale fallback) =>
        at.Choice("scale", "what the result is multiplied by, by the shape of the leaf", fallback);

    internal static LeafFilter Filter(OptionValues at) => at.Leaves("filter", "which leaves are scaled and decay", LeafFilter.All);

    private static CatalogueEntry<Optimizer> Entry(
        string name, Func<OptionValues, Optimizer> make, string description, string paper = "", string otherNames = "", string differences = "") => new("transform", name, make)
    {
        Description = description, Paper = paper, OtherNames = otherNames, Differences = differences,
    };

    private static long Start(OptionValues at, long? fallback = 1) =>
        at.Integer("start", "the first update whose parameters are averaged", 1, fallback);

    private static long Every(OptionValues at) => at.Integer("every", "how many updates there are from one average to the next", 1, 1);

    private static double Maximum(OptionValues at) => at.Real("maximum", "the greatest norm", Bounds.ZeroOrMore);

    private static NormKind Norm(OptionValues at) => at.Choice("kind", "which norm", NormKind.L2);

    private static OutputAxis Units(OptionValues at) =>
        at.Choice("outputAxis", "along which dimension of a leaf of rank 2 and more its units lie", OutputAxis.First);

    private static Schedule Lambda(OptionValues at) => at.Scheduled("weightDecay", "λ", Bounds.NotNegative);

    private static LeafFilter Decay(OptionValues at) => at.Leaves("decay", "which leaves decay", LeafFilter.All);
}
