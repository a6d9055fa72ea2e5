using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// CAME (Luo et al., 2023, arXiv:2307.02047): Adafactor with a momentum, whose steps are the shorter the less it agrees
/// with the updates. R and C are means of g² + ε₁ over the columns and over the rows, with β₂; û = g / √v̂ with v̂ =
/// R·Cᵀ / mean(R), over max(1, RMS(û) / d); m = β₁·m + (1 − β₁)·û; Rₛ and Cₛ are such means of (û − m)² + ε₂ with β₃,
/// θ' = θ − η·(m / √ŝ + λ·θ). Vectors and scalars keep v itself and have no confidence: θ' = θ − η·(m + λ·θ). Of higher
/// ranks the last two dimensions are the matrix. RMS is taken for each leaf.
/// </summary>
/// <remarks>
/// Defaults and semantics are the authors'. No mean is corrected for its start at 0: the first û is near 1 / √(1 − β₂)
/// before the clip, and the first m / √ŝ of a matrix near (1 − β₁) / (β₁·√(1 − β₃)), which is 11. A matrix of m × n
/// takes m·n + 2·(m + n) numbers, a vector of n takes 2·n. pytorch_optimizer multiplies what it stores as the momentum
/// of vectors by the rate, so that it shrinks from step to step; here it is m. A NaN in the gradient makes all
/// parameters of its leaf NaN.
/// </remarks>
public sealed record Came : ScalingOptimizer
{
    private Came()
    {
    }

    /// <summary>β₁, how much of the momentum is kept; in [0, 1).</summary>
    public double Beta1 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>β₂, how much of the means of squares is kept; in [0, 1).</summary>
    public double Beta2 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>β₃, how much of the means of the squared distances of û from m is kept; in [0, 1).</summary>
    public double Beta3 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>d, the most that RMS(û) may be; finite and positive.</summary>
    public double ClipThreshold { get; init => field = Setting.Check(value, Bounds.Positive); }

    /// <summary>ε₁, added to the squares of the gradient; finite and not negative.</summary>
    public double Epsilon { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>ε₂, added to the squared distances; finite and not negative.</summary>
    public double DistanceEpsilon { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <inheritdoc/>
    protected internal override bool DecouplesDecay => true;

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingTransforms =>
        [new CameScaling(Beta1, Beta2, Beta3, ClipThreshold, Epsilon, DistanceEpsilon)];

    /// <inheritdoc/>
    private protected override bool TakesDecayForm(DecayForm form) => form == DecayForm.Scaled;

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.Of(
        "came", "Adafactor with a momentum, in shorter steps where it agrees less with the updates", () => Of(1),
        at => Of(
            at.LearningRate(), at.Real("beta1", "β₁, how much of the momentum is kept", of => of.Beta1),
            at.Real("beta2", "β₂, how much of the means of squares is kept", of => of.Beta2),
            at.Real("beta3", "β₃, how much of the means of squared distances is kept", of => of.Beta3),
            at.Real(
                "clipThreshold", "d, the largest root mean square that an update may have", of => of.ClipThreshold),
            at.Real("epsilon", "ε₁, added to the squares of the gradient", of => of.Epsilon),
            at.Real("distanceEpsilon", "ε₂, added to the squared distances", of => of.DistanceEpsilon),
            at.WeightDecay(), at.Decay(), at.Maximize()),
        "Luo et al., 2023", "came_pytorch CAME",
        "m·n + 2·(m + n) numbers for a matrix; vectors have no confidence, as in the authors' code");

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t); finite and not negative.</param>
    /// <param name="beta1">β₁, how much of the momentum is kept; in [0, 1).</param>
    /// <param name="beta2">β₂, how much of the means of squares is kept; in [0, 1).</param>
    /// <param name="beta3">β₃, how much of the means of squared distances is kept; in [0, 1).</param>
    /// <param name="clipThreshold">d, the most that RMS(û) may be; finite and positive.</param>
    /// <param name="epsilon">ε₁, added to the squares of the gradient; finite and not negative.</param>
    /// <param name="distanceEpsilon">ε₂, added to the squared distances; finite and not negative.</param>
    /// <param name="weightDecay">λ, decoupled; finite and not negative.</param>
    /// <param name="decay">Which leaves decay; all when <see langword="null"/>.</param>
    /// <param name="maximize">Whether to maximize.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Came Of(
        Schedule learningRate, double beta1 = 0.9, double beta2 = 0.999, double beta3 = 0.9999,
        double clipThreshold = 1, double epsilon = 1e-30, double distanceEpsilon = 1e-16,
        Schedule? weightDecay = null, Func<Leaf, bool>? decay = null, bool maximize = false) =>
        Setting.Make(() => new Came
    {
        LearningRate = learningRate, Beta1 = beta1, Beta2 = beta2, Beta3 = beta3, ClipThreshold = clipThreshold,
        Epsilon = epsilon, DistanceEpsilon = distanceEpsilon,
        WeightDecay = weightDecay ?? 0, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
    });

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new CameState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => CameState<T>.From(base.Init(parameters));
}

/// <summary>
/// The state of CAME: the number of finished updates, the momentum, and the factors of the second moment and of the
/// squared distances.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct CameState<T> : IOptimizerState<T, CameState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    private CameState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>R, of leaves of rank 2 and more: their shape without the last dimension.</summary>
    public ParameterTree<T> Row { get => state[0]; init => state = state.With(0, value); }

    /// <summary>C: the shape without the last dimension but one.</summary>
    public ParameterTree<T> Column { get => state[1]; init => state = state.With(1, value); }

    /// <summary>v, the running mean of the squared gradients, of vectors and scalars.</summary>
    public ParameterTree<T> V { get => state[2]; init => state = state.With(2, value); }

    /// <summary>m, the running mean of the updates.</summary>
    public ParameterTree<T> M { get => state[3]; init => state = state.With(3, value); }

    /// <summary>Rₛ, as <see cref="Row"/>, of the squared distances of the updates from m.</summary>
    public ParameterTree<T> DistanceRow { get => state[4]; init => state = state.With(4, value); }

    /// <summary>Cₛ, as <see cref="Column"/>, of the squared distances.</summary>
    public ParameterTree<T> DistanceColumn { get => state[5]; init => state = state.With(5, value); }

    /// <inheritdoc/>
    public static CameState<T> From(OptimizerState<T> state) => new(state.Part(CameScaling.Slots.AsSpan()));

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
