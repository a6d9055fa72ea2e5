using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// LAMB (You et al., 2020, arXiv:1904.00962), AdamW whose update is scaled leaf by leaf to the size of the parameters:
/// r = m̂ / (√v̂ + ε) + λ·θ, θ' = θ − η·‖θ‖/‖r‖·r, and θ − η·r where either norm is 0.
/// </summary>
/// <remarks>
/// The paper's φ is the identity, as in Optax; some implementations limit ‖θ‖ to 10. Defaults are the paper's; timm's,
/// after NVIDIA's, are <c>maxGradientNorm: 1, alwaysAdapt: false</c> with η = 0.001: the gradient is clipped, and
/// leaves that do not decay are not scaled. With <c>decoupledDecay</c> the ratio is that of the decayed parameters and
/// of the update without decay, and the decay may be corrected by the rate. A NaN or an infinity in the gradient of a leaf
/// that is not frozen throws <see cref="NonFiniteGradientException"/> before anything changes.
/// </remarks>
public sealed record Lamb : ScalingOptimizer
{
    private const double DefaultWeightDecay = 0.01;

    private Lamb()
    {
    }

    /// <summary>β₁, in [0, 1).</summary>
    public double Beta1 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>β₂, in [0, 1).</summary>
    public double Beta2 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>ε; finite and not negative.</summary>
    public double Epsilon { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>Whether the moments are divided by 1 − βᵗ.</summary>
    public bool BiasCorrection { get; init; } = true;

    /// <summary>Whether the momentum takes 1 − β₁ of each gradient, and not all of it.</summary>
    public bool GradientAveraging { get; init; } = true;

    /// <summary>
    /// The norm to which the whole gradient is clipped first; 0 or more, <see langword="null"/> for no clip.
    /// </summary>
    public double? MaxGradientNorm
    {
        get;
        init => field = value is { } given ? Setting.Check(given, Bounds.ZeroOrMore) : null;
    }

    /// <summary>Whether leaves that do not decay are scaled too.</summary>
    public bool AlwaysAdapt { get; init; } = true;

    /// <summary>Whether the ratio ‖θ‖/‖r‖ is at most 1.</summary>
    public bool TrustClip { get; init; }

    /// <summary>Whether the decay is not part of what is scaled: θ' = θ − η·(ratio·r + λ·θ).</summary>
    public bool DecoupledDecay { get; init; }

    /// <summary>
    /// Whether elements of the update that point up the gradient are left out (<see cref="Cautious"/>).
    /// </summary>
    public bool Caution { get; init; }

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingTransforms =>
    [
        .. MaxGradientNorm is { } norm ? Clip.ByGlobalNorm(norm).Transforms : [],
        .. Adam.Scaling(Beta1, Beta2, Epsilon, BiasCorrection).Transforms,
        .. GradientAveraging ? (Transform[])[] : [Scale.By(1 / (1 - Beta1))],
        .. Caution ? (Transform[])[Cautious.Of(maximize: Maximize)] : [],
        .. DecoupledDecay ? (Transform[])[Ratio] : [],
    ];

    /// <inheritdoc/>
    protected internal override bool DecouplesDecay => true;

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> TransformsAfterDecay => DecoupledDecay ? [] : [Ratio];

    /// <inheritdoc/>
    private protected override bool TakesDecayForm(DecayForm form) =>
        form == DecayForm.Scaled || (form == DecayForm.Corrected && DecoupledDecay);

    private LambRatio Ratio => new(TrustClip, OnlyDecayed: !AlwaysAdapt)
    {
        Decay = DecayTransform, Rate = DecoupledDecay ? LearningRate : 0,
    };

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.Of(
        "lamb", "AdamW whose steps are scaled leaf by leaf to the size of the parameters", () => Of(1),
        at => Of(
            at.LearningRate(), at.Real("beta1", "β₁, how much of the mean of the gradients is kept", of => of.Beta1),
            at.Real("beta2", "β₂, how much of the slower mean is kept", of => of.Beta2),
            at.Real("epsilon", "ε, added to the divisor", of => of.Epsilon), at.WeightDecay(), at.Decay(),
            at.Flag("biasCorrection", "whether the moments are divided by 1 − βᵗ", of => of.BiasCorrection),
            at.Flag(
                "gradientAveraging", "whether the momentum takes 1 − β₁ of each gradient", of => of.GradientAveraging),
            at.RealOrNone(
                "maxGradientNorm", "the norm to which the whole gradient is clipped first; no clip where not given",
                of => of.MaxGradientNorm, Bounds.ZeroOrMore.Allowed),
            at.Flag("alwaysAdapt", "whether leaves that do not decay are scaled too", of => of.AlwaysAdapt),
            at.Flag("trustClip", "whether the ratio of the norms is at most 1", of => of.TrustClip),
            at.Flag("decoupledDecay", "whether the decay is not part of what is scaled", of => of.DecoupledDecay),
            at.Flag(
                "caution", "whether elements of the update that point up the gradient are left out",
                of => of.Caution),
            at.Maximize(), at.DecayForm()),
        "You et al., 2020", "Optax lamb, timm Lamb",
        "Optax's λ is 0; timm clips the gradient and leaves leaves without decay unscaled");

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t).</param>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε; finite and not negative.</param>
    /// <param name="weightDecay">λ or λ(t), decoupled; finite and not negative; 0.01 when
    /// <see langword="null"/>.</param>
    /// <param name="decay">Which leaves decay; all when <see langword="null"/>.</param>
    /// <param name="biasCorrection">Whether the moments are divided by 1 − βᵗ.</param>
    /// <param name="gradientAveraging">Whether the momentum takes 1 − β₁ of each gradient, and not all of it.</param>
    /// <param name="maxGradientNorm">The norm to which the whole gradient is clipped first; 0 or more; no clip when
    /// <see langword="null"/>.</param>
    /// <param name="alwaysAdapt">Whether leaves that do not decay are scaled too.</param>
    /// <param name="trustClip">Whether the ratio ‖θ‖/‖r‖ is at most 1.</param>
    /// <param name="decoupledDecay">Whether the decay is not part of what is scaled.</param>
    /// <param name="caution">Whether elements of the update that point up the gradient are left out.</param>
    /// <param name="maximize">Whether to maximize.</param>
    /// <param name="decayForm">How the decay goes by the rate; by <see cref="DecayForm.Corrected"/> it has to be
    /// decoupled.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Lamb Of(
        Schedule learningRate, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-6,
        Schedule? weightDecay = null, Func<Leaf, bool>? decay = null, bool biasCorrection = true,
        bool gradientAveraging = true, double? maxGradientNorm = null, bool alwaysAdapt = true, bool trustClip = false,
        bool decoupledDecay = false, bool caution = false, bool maximize = false,
        DecayForm decayForm = DecayForm.Scaled) => Setting.Make(() => new Lamb
    {
        LearningRate = learningRate, Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon,
        WeightDecay = weightDecay ?? DefaultWeightDecay, DecayFilter = LeafFilter.Of(decay),
        BiasCorrection = biasCorrection, GradientAveraging = gradientAveraging, MaxGradientNorm = maxGradientNorm,
        AlwaysAdapt = alwaysAdapt, TrustClip = trustClip, DecoupledDecay = decoupledDecay, Caution = caution,
        Maximize = maximize, DecayForm = decayForm,
    });

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new AdamState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AdamState<T>.From(base.Init(parameters));
}
