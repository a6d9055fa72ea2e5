using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// LAMB (You et al., 2020, arXiv:1904.00962), AdamW whose update is scaled leaf by leaf to the size of the parameters:
/// r = m̂ / (√v̂ + ε) + λ·θ, θ' = θ − η·‖θ‖/‖r‖·r, and θ − η·r where either norm is 0.
/// </summary>
/// <remarks>The paper's φ is the identity, as in Optax; some implementations limit ‖θ‖ to 10.</remarks>
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

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingTransforms =>
        [.. Adam.Scaling(Beta1, Beta2, Epsilon).Transforms];

    /// <inheritdoc/>
    protected internal override bool DecouplesDecay => true;

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> TransformsAfterDecay => [TrustRatio.Of()];

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.Of(
        "lamb", "AdamW whose steps are scaled leaf by leaf to the size of the parameters", () => Of(1),
        at => Of(
            at.LearningRate(), at.Real("beta1", "β₁, how much of the mean of the gradients is kept", of => of.Beta1),
            at.Real("beta2", "β₂, how much of the slower mean is kept", of => of.Beta2),
            at.Real("epsilon", "ε, added to the divisor", of => of.Epsilon), at.WeightDecay(), at.Decay(),
            at.Maximize()),
        "You et al., 2020", "Optax lamb", "Optax's λ is 0");

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t).</param>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε; finite and not negative.</param>
    /// <param name="weightDecay">λ or λ(t), decoupled; finite and not negative; 0.01 when
    /// <see langword="null"/>.</param>
    /// <param name="decay">Which leaves decay; all when <see langword="null"/>.</param>
    /// <param name="maximize">Whether to maximize.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Lamb Of(
        Schedule learningRate, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-6,
        Schedule? weightDecay = null, Func<Leaf, bool>? decay = null,
        bool maximize = false) => Setting.Make(() => new Lamb
    {
        LearningRate = learningRate, Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon,
        WeightDecay = weightDecay ?? DefaultWeightDecay, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
    });

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new AdamState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AdamState<T>.From(base.Init(parameters));
}
