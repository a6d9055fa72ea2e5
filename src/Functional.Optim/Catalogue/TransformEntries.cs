using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>The transforms, and what goes around an optimizer, as entries of the catalogue.</summary>
internal static class TransformEntries
{
    internal static ImmutableArray<CatalogueEntry<Optimizer>> All { get; } =
    [
        Entry(
            "clipByGlobalNorm", () => (ClipByGlobalNorm)Clip.ByGlobalNorm(1),
            at => (ClipByGlobalNorm)Clip.ByGlobalNorm(
                at.Real("maximum", "the largest norm", of => of.Maximum, required: true),
                at.Choice("kind", "which norm", of => of.Kind)),
            "scales the whole update down to a norm", "Pascanu, Mikolov and Bengio, 2013",
            "torch clip_grad_norm_, Optax clip_by_global_norm", "torch multiplies by c / (norm + 1e-6)"),
        Entry(
            "clipByLeafNorm", () => (ClipByLeafNorm)Clip.ByLeafNorm(1),
            at => (ClipByLeafNorm)Clip.ByLeafNorm(
                at.Real("maximum", "the largest norm", of => of.Maximum, required: true),
                at.Choice("kind", "which norm", of => of.Kind)),
            "scales the update of each leaf down to a norm"),
        Entry(
            "clipAdaptively", () => (AdaptiveClip)Clip.Adaptively(),
            at => (AdaptiveClip)Clip.Adaptively(
                at.Real("ratio", "the largest part of the parameters' norm that an update's may be", of => of.Ratio),
                at.Real("epsilon", "the smallest norm of parameters that counts", of => of.Epsilon),
                at.Choice("outputAxis", Axis, of => of.OutputAxis)),
            "limits the update of each unit to a part of its parameters", "Brock, De, Smith and Simonyan, 2021",
            "Optax adaptive_grad_clip", "Optax's units are those of the last dimension (`outputAxis`)"),
        Entry(
            "clipByRms", () => (ClipByRms)Clip.ByRms(),
            at => (ClipByRms)Clip.ByRms(
                at.Real("threshold", "the largest root mean square of a leaf", of => of.Threshold)),
            "scales the update of each leaf down to a root mean square", "Shazeer and Stern, 2018",
            "Optax clip_by_block_rms", "the clip of Adafactor as a part"),
        Entry(
            "clipByValue", () => (ClipByValue)Clip.ByValue(1),
            at => (ClipByValue)Clip.ByValue(
                at.Real("limit", "the largest size of an element", of => of.Limit, required: true)),
            "limits each element", otherNames: "torch clip_grad_value_, Optax clip"),
        Entry(
            "centralize", () => Centralize.By(), at =>
                Centralize.By(at.Choice("outputAxis", Axis, of => of.OutputAxis)),
            "takes the mean of each unit away", "Yong, Huang, Hua and Zhang, 2020", "Optax centralize"),
        Entry(
            "varianceReduction", () => VarianceReduction.Of(), at => VarianceReduction.Of(
                at.Real("gamma", "γ, how much of the difference to the gradient before counts", of => of.Gamma),
                at.Real("beta", "β, that of the momentum after it", of => of.Beta),
                at.Flag("keepsFirst", "whether the first gradient goes on as it is", of => of.KeepsFirst)),
            "corrects the gradient by the one before, and limits its norm", "Yuan et al., 2024"),
        Entry(
            "noise", () => Noise.Of(1, 0),
            at => Noise.Of(
                at.Real("variance", "the variance at the first update", of => of.Variance, required: true),
                at.Integer(
                    "seed", "the seed of the random bits", of => of.Seed, required: true,
                    allowed: $"{ulong.MinValue} to {ulong.MaxValue}"),
                at.Real("decay", "the power by which the variance falls", of => of.Decay)),
            "adds normal noise that fades", "Neelakantan et al., 2015", "Optax add_noise",
            "the noise of a leaf depends on its name, not its place"),
        Entry(
            "sign", Sign.Of, _ => Sign.Of(), "the sign of the update", "Bernstein et al., 2018", "Optax scale_by_sign"),
        Entry(
            "optimisticGradient", () => OptimisticGradient.Of(),
            at => OptimisticGradient.Of(
                at.Real("alpha", "α, the weight of the update", of => of.Alpha),
                at.Real("beta", "β, the weight of its change", of => of.Beta)),
            "adds how the update changed since the last step", "Mokhtari, Ozdaglar and Pattathil, 2019",
            "Optax scale_by_optimistic_gradient, optimistic_gradient_descent"),
        Entry(
            "grokFastEma", () => (GrokFastEma)GrokFast.Ema(),
            at => (GrokFastEma)GrokFast.Ema(
                at.Real("alpha", "α, how much of the moving average is kept", of => of.Alpha),
                at.Real("lambda", "λ, how much of it is added", of => of.Lambda)),
            "before an optimizer: adds a moving average of the gradient", "Lee, Kang, Kim and Lee, 2024",
            "gradfilter_ema of the authors"),
        Entry(
            "grokFastWindow", () => (GrokFastWindow)GrokFast.Window(),
            at => (GrokFastWindow)GrokFast.Window(
                at.Integer("size", "w, the number of gradients", of => of.Size),
                at.Real("lambda", "λ, how much of their mean is added", of => of.Lambda),
                at.Flag("sum", "whether their sum is added, and not their mean", of => of.Sum),
                at.Flag("warmup", "whether nothing is added before there are w gradients", of => of.Warmup)),
            "before an optimizer: adds the mean of the last gradients", "Lee, Kang, Kim and Lee, 2024",
            "gradfilter_ma of the authors", "w numbers for each parameter"),
        Entry(
            "cautious", () => Cautious.Of(),
            at => Cautious.Of(
                at.Choice("form", "what the elements that are kept are multiplied by", of => of.Form),
                at.Flag("maximize", "whether the update goes up the gradient", of => of.Maximize)),
            "after moments: leaves out what points up the gradient of the step", "Liang, Chen, Liu and Liu, 2024",
            "timm caution, C-Optim", "signs are compared, so that small numbers agree too"),
        Entry(
            "momentum", () => Momentum.Of(0),
            at => Momentum.Of(
                at.Schedule("coefficient", "μ, how much of the momentum is kept", of => of.Coefficient, required: true),
                at.Real("dampening", "τ, the share of each update left out of the momentum", of => of.Dampening),
                at.Flag(
                    "nesterov", "whether the update looks one step ahead, which requires momentum and no dampening",
                    of => of.Nesterov)),
            "momentum", "Polyak, 1964; Sutskever et al., 2013", "Optax trace"),
        Entry(
            "ema", () => Ema.Of(0.9),
            at => Ema.Of(
                at.Real("decay", "β, how much of the mean is kept", of => of.Decay, required: true),
                at.Flag("biasCorrection", "whether the mean is divided by 1 − βᵗ", of => of.BiasCorrection),
                at.Flag("nesterov", "whether the mean looks one step ahead", of => of.Nesterov)),
            "the moving average of the updates", otherNames: "Optax ema"),
        Entry(
            "orthogonalize", () => Orthogonalize.Of(),
            at => at.Orthogonalize(of => of)(),
            "brings the singular values of matrices near 1", "Jordan et al., 2024; Amsel et al., 2025",
            "Optax scale_by_muon", "without the momentum"),
        Entry(
            "scale", () => Scale.By(1),
            at => Scale.By(at.Real("factor", "what the update is multiplied by", of => of.Factor, required: true)),
            "multiplies the update", otherNames: "Optax scale"),
        Entry(
            "weightDecayCoupled", () => WeightDecay.Coupled(0), at => WeightDecay.Coupled(Lambda(at), Decay(at)),
            "adds λ·θ: an L2 penalty, before the moments", otherNames: "Optax add_decayed_weights"),
        Entry(
            "weightDecayDecoupled", () => WeightDecay.Decoupled(0),
            at => WeightDecay.Decoupled(Lambda(at), Decay(at), IsCautious(at)),
            "adds λ·θ: after the moments, before the rate, or after it to be independent of it",
            "Loshchilov and Hutter, 2019; Chen et al., 2025 (cautious)", "Optax add_decayed_weights"),
        Entry(
            "weightDecayCorrected", () => WeightDecay.Corrected(0, 1),
            at => WeightDecay.Corrected(
                Lambda(at), at.LearningRate("learningRate", "η(t), that of the optimizer", of => of.LearningRate!),
                at.RealOrNone(
                    "maxRate", "η_max; that of the schedule where not given", of => of.MaxRate,
                    Bounds.Positive.Allowed),
                Decay(at), IsCautious(at)),
            "adds λ·η/η_max·θ: after the moments, before the rate", "Defazio, 2025",
            "timm corrected_weight_decay"),
        Entry(
            "trustRatio", () => TrustRatio.Of(),
            at => TrustRatio.Of(
                at.Real("coefficient", "c, the trust coefficient", of => of.Coefficient),
                at.Real("weightDecay", "λ, an L2 penalty that the ratio takes into account", of => of.WeightDecay),
                at.Real("epsilon", "ε, added to the divisor", of => of.Epsilon),
                at.Leaves("filter", "which leaves are scaled and decay", of => of.Filter)),
            "scales the update of each leaf to the size of its parameters",
            "You, Gitman and Ginsburg, 2017; You et al., 2020", "Optax scale_by_trust_ratio"),
        Entry(
            "learningRate", () => LearningRate.Of(1),
            at => LearningRate.Of(at.LearningRate("schedule", "η(t)", of => of.Schedule)),
            "multiplies the update by a schedule", otherNames: "Optax scale_by_learning_rate",
            differences: "Optax's turns the sign too"),
        Entry(
            "hyperball", () => Hyperball.Of(1),
            at => Hyperball.Of(at.LearningRate("learningRate", "η(t)", of => of.LearningRate)),
            "in the place of a learning rate: moves each leaf and keeps its norm",
            otherNames: "the optimizers with an H of modded-nanogpt",
            differences: "leaves of norm 0 stay as they are"),
        Entry(
            "lookahead", () => Lookahead.Of(),
            at => Lookahead.Of(
                at.Integer("every", "k, the updates from one synchronization to the next", of => of.Every),
                at.Real("alpha", "α, how far the slow parameters follow", of => of.Alpha)),
            "after an optimizer: slow parameters that the fast ones start from again and again",
            "Zhang, Lucas, Hinton and Ba, 2019", "Optax lookahead", "θ are the fast parameters, not a pair"),
        Entry(
            "asgdAveraging", () => (AsgdAveraging)Asgd.Averaging(),
            at => (AsgdAveraging)Asgd.Averaging(at.Integer(
                "averageAfter", "t₀, how many updates pass before the average departs", of => of.AverageAfter)),
            "after an optimizer: the average of the parameters as state", "Polyak and Juditsky, 1992", "torch ASGD"),
        Entry(
            "parameterEma", () => ParameterEma.Of(),
            at => ParameterEma.Of(
                at.Real("decay", "β, how much of the average is kept", of => of.Decay),
                at.Choice("warmup", "how the average starts", of => of.Warmup),
                at.Real("gamma", "γ, how slowly decay rises with Power", of => of.Gamma),
                at.Real("power", "p, the power by which it rises", of => of.Power),
                at.Integer("start", AverageStart, of => of.Start), at.Integer("every", AverageEvery, of => of.Every),
                at.Real("minDecay", "the lowest decay that rises with Power", of => of.MinDecay)),
            "after an optimizer: the moving average of the parameters, for evaluation",
            otherNames: "torch AveragedModel, timm ModelEmaV3",
            differences: "a transform of the step; before `start` evaluation is at θ"),
        Entry(
            "swa", () => Swa.Of(1),
            at => Swa.Of(
                at.Integer("start", AverageStart, of => of.Start, required: true),
                at.Integer("every", AverageEvery, of => of.Every)),
            "after an optimizer: the mean of the parameters from an update on, for evaluation", "Izmailov et al., 2018",
            "torch AveragedModel", "a transform of the step; before `start` evaluation is at θ"),
        Entry(
            "bFloat16Parameters", () => BFloat16Parameters.Of(),
            at => BFloat16Parameters.Of(at.Choice("rounding", "how they are rounded", of => of.Rounding)),
            "after everything else: parameters that bfloat16 holds", "Zamirai, Zhang, Aberger and De Sa, 2020",
            "torchao bf16_stochastic_round, optimi kahan_sum", "floats with such values, not 16 bits"),
        Entry(
            "partitionMasked", () => Partition.Masked(LeafFilter.All, Composition.Identity),
            at => Partition.Masked(
                at.Leaves("matches", "which leaves", of => of.Rules[0].Matches, required: true),
                at.Optimizer("optimizer", "what they go through", of => of.Rules[0].Optimizer)),
            "an optimizer for some leaves; several with `Partition.Of`", otherNames: "Optax masked, partition"),
        Entry(
            "accumulate", () => Accumulate.Of(1, Composition.Identity),
            at => Accumulate.Of(
                at.Integer("every", "k, how many gradients make an update", of => of.Every, required: true),
                at.Optimizer("inner", "the optimizer, clipping included", of => of.Inner)),
            "around an optimizer: one update of the mean of k gradients", otherNames: "Optax MultiSteps",
            differences: "the inner step is left out, not masked"),
        Entry(
            "applyIfFinite", () => ApplyIfFinite.Around(Composition.Identity),
            at => ApplyIfFinite.Around(
                at.Optimizer("inner", "the optimizer", of => of.Inner),
                at.Integer(
                    "maxConsecutiveSkips", "the most gradients in a row that are left out",
                    of => of.MaxConsecutiveSkips)),
            "around an optimizer: leaves out gradients with a NaN or an infinity",
            otherNames: "Optax apply_if_finite", differences: "too many in a row are an error; Optax applies them"),
    ];

    internal static ImmutableArray<CatalogueEntry<Optimizer>> FunctionWrappers { get; } =
        [Sam.Entry, Asam.Entry, Polyak.Entry];

    private const string Axis = "along which axis of a leaf of rank 2 and more its units lie",
        AverageStart = "the first update whose parameters are averaged",
        AverageEvery = "how many updates there are from one average to the next";

    private static CatalogueEntry<Optimizer, T> Entry<T>(
        string name, Func<T> defaults, Func<EntryOptions<T>, T> make, string description, string paper = "",
        string otherNames = "", string differences = "")
        where T : Optimizer => new("transform", name, defaults, make)
    {
        Description = description, Paper = paper, OtherNames = otherNames, Differences = differences,
    };

    private static Schedule Lambda(EntryOptions<WeightDecay> at) =>
        at.Schedule("weightDecay", "λ", of => of.Lambda, required: true);

    private static bool IsCautious(EntryOptions<WeightDecay> at) =>
        at.Flag("cautious", "whether an element decays only where u·θ ≥ 0", of => of.Cautious);

    private static LeafFilter Decay(EntryOptions<WeightDecay> at) =>
        at.Leaves("decay", "which leaves decay", of => of.DecayFilter);
}
