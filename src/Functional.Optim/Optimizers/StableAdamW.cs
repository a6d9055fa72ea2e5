using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// StableAdamW (Wortsman et al., 2023, arXiv:2304.13013): AdamW whose rate falls, leaf by leaf, where the gradient is
/// larger than its second moment expects: m = β̂₁·m + (1 − β̂₁)·g, v = β̂₂·v + (1 − β̂₂)·g², RMS = √mean(g² / max(v,
/// ε²)), η' = η / max(1, RMS), θ' = θ − η'·(m / (√v + ε) + λ·θ), with β̂ = β·(1 − βᵗ⁻¹) / (1 − βᵗ).
/// </summary>
/// <remarks>
/// Semantics are optimi's, and so are the defaults. The moments of the state are those that Adam corrects for bias. The
/// decay goes by η', and with <c>maxRate</c> by η'/η_max, which is optimi's <c>decouple_lr</c>. RMS is that of the new
/// v: some grouped code takes the v of the step before, which is 0 at the first. A NaN or an infinity in the gradient
/// is an error.
/// </remarks>
public sealed record StableAdamW : ScalingOptimizer
{
    private const double DefaultWeightDecay = 0.01;

    private StableAdamW()
    {
    }

    /// <summary>β₁, in [0, 1).</summary>
    public double Beta1 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>β₂, in [0, 1).</summary>
    public double Beta2 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>ε; finite and not negative.</summary>
    public double Epsilon { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>
    /// η_max, by which λ is divided, so that it does not depend on the scale of the rate; finite, positive and not below
    /// the largest rate of the schedule, <see langword="null"/> where it is not divided.
    /// </summary>
    public double? MaxRate
    {
        get;
        init => field = value is { } given ? Setting.Check(given, Bounds.Positive) : null;
    }

    /// <inheritdoc/>
    protected internal override bool DecouplesDecay => true;

    /// <inheritdoc/>
    protected internal override ImmutableArray<Transform> Transforms
    {
        get
        {
            Check();
            return [.. Scale.SignOf(Maximize), .. ScalingTransforms, Functional.Optim.LearningRate.Of(LearningRate)];
        }
    }

    /// <inheritdoc/>
    protected internal override void CheckTogether() =>
        Functional.Optim.WeightDecay.CheckMaxRate(MaxRate, LearningRate?.MaxRate);

    /// <inheritdoc/>
    private protected override bool TakesDecayForm(DecayForm form) => form == DecayForm.Scaled;

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingTransforms =>
    [
        new StableAdamScaling(
            Beta1, Beta2, Epsilon,
            Functional.Optim.WeightDecay.Decoupled(
                MaxRate is { } maxRate ? WeightDecay.Scale(1 / maxRate) : WeightDecay, DecayFilter)),
    ];

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.Of(
        "stableAdamW", "AdamW whose rate falls for a leaf with an unusually large gradient", () => Of(1),
        at => Of(
            at.LearningRate(), at.Real("beta1", "β₁, how much of the mean of the gradients is kept", of => of.Beta1),
            at.Real("beta2", "β₂, how much of the slower mean is kept", of => of.Beta2),
            at.Real("epsilon", "ε, added to the divisor", of => of.Epsilon), at.WeightDecay(),
            at.RealOrNone(
                "maxRate", "η_max, by which λ is divided; not divided where not given", of => of.MaxRate,
                Bounds.Positive.Allowed),
            at.Decay(), at.Maximize()),
        "Wortsman et al., 2023", "optimi StableAdamW", "`maxRate` is optimi's `decouple_lr` with `max_lr`");

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t).</param>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε; finite and not negative.</param>
    /// <param name="weightDecay">λ or λ(t), decoupled; finite and not negative; 0.01 when
    /// <see langword="null"/>.</param>
    /// <param name="maxRate">η_max, by which λ is divided; finite, positive and not below the largest rate of the
    /// schedule; not divided when <see langword="null"/>.</param>
    /// <param name="decay">Which leaves decay; all when <see langword="null"/>.</param>
    /// <param name="maximize">Whether to maximize.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static StableAdamW Of(
        Schedule learningRate, double beta1 = 0.9, double beta2 = 0.99, double epsilon = 1e-6,
        Schedule? weightDecay = null, double? maxRate = null, Func<Leaf, bool>? decay = null, bool maximize = false) =>
        Setting.Make(() => new StableAdamW
    {
        LearningRate = learningRate, Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon, MaxRate = maxRate,
        WeightDecay = weightDecay ?? DefaultWeightDecay, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
    });

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new AdamState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AdamState<T>.From(base.Init(parameters));
}
