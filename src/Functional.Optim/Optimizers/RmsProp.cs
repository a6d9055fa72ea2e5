using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// RMSprop (Tieleman and Hinton, 2012): u = g + λ·θ, v = α·v + (1 − α)·u², d = u / (√(v + ε_r) + ε), θ' = θ − η·d; centered (Graves, 2013)
/// it divides by the root of v − a², with a = α·a + (1 − α)·u; with momentum b = μ·b + d, θ' = θ − η·b. Defaults and semantics are torch's.
/// Optax and TensorFlow put their ε under the root (here <c>epsilon: 0, epsilonRoot: 1e-8</c>) and have α = 0.9; TensorFlow multiplies by
/// the rate before the momentum, not after it.
/// </summary>
/// <remarks>v starts at 0 and is not corrected for that, so the first steps are large: 1 / √(1 − α) times the rate.</remarks>
public sealed record RmsProp : ScalingOptimizer
{
    private RmsProp()
    {
    }

    /// <summary>α, in [0, 1).</summary>
    public double Alpha { get; init => field = Bounds.HalfOpenUnitInterval.Check(value); }

    /// <summary>ε, outside the root; finite and not negative.</summary>
    public double Epsilon { get; init => field = Bounds.NotNegative.Check(value); }

    /// <summary>ε_r, under the root; finite and not negative.</summary>
    public double EpsilonRoot { get; init => field = Bounds.NotNegative.Check(value); }

    /// <summary>Whether to divide by the deviation from the mean gradient.</summary>
    public bool Centered { get; init; }

    /// <summary>μ(t), in [0, 1); the number 0 keeps no momentum.</summary>
    public required Schedule Momentum { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingParts =>
    [
        new RmsPropScaling(Alpha, Epsilon, EpsilonRoot, Centered),
        .. Momentum is Constant { Rate: 0 } ? [] : (Transform[])[Functional.Optim.Momentum.Of(Momentum)],
    ];

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t).</param>
    /// <param name="alpha">α, in [0, 1).</param>
    /// <param name="epsilon">ε, outside the root; finite and not negative.</param>
    /// <param name="epsilonRoot">ε_r, under the root; finite and not negative.</param>
    /// <param name="centered">Whether to divide by the deviation from the mean gradient.</param>
    /// <param name="momentum">μ or μ(t), in [0, 1); 0, none, when <see langword="null"/>.</param>
    /// <param name="weightDecay">λ, an L2 penalty; finite and not negative.</param>
    /// <param name="decay">Which leaves the penalty holds for; all when <see langword="null"/>.</param>
    /// <param name="maximize">Whether to go up the gradient.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static RmsProp Of(
        Schedule learningRate, double alpha = 0.99, double epsilon = 1e-8, double epsilonRoot = 0, bool centered = false,
        Schedule? momentum = null, double weightDecay = 0, Func<Leaf, bool>? decay = null, bool maximize = false)
    {
        momentum ??= 0;
        return RmsPropScaling.Check(alpha, epsilon, epsilonRoot)
            .Require(learningRate).Require(momentum, Bounds.HalfOpenUnitInterval).Require(weightDecay, Bounds.NotNegative)
            .Make(() => new RmsProp
            {
                LearningRate = learningRate, Alpha = alpha, Epsilon = epsilon, EpsilonRoot = epsilonRoot, Centered = centered,
                Momentum = momentum, WeightDecay = weightDecay, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
            }).OrThrow(nameof(RmsProp));
    }

    /// <summary>The part of RMSprop that scales the update, for compositions: u' = u / (√(v + ε_r) + ε).</summary>
    /// <param name="alpha">α, in [0, 1).</param>
    /// <param name="epsilon">ε, outside the root; finite and not negative.</param>
    /// <param name="epsilonRoot">ε_r, under the root; finite and not negative.</param>
    /// <param name="centered">Whether to divide by the deviation from the mean gradient.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Optimizer Scaling(double alpha = 0.99, double epsilon = 1e-8, double epsilonRoot = 0, bool centered = false) =>
        RmsPropScaling.Check(alpha, epsilon, epsilonRoot)
            .Make<Optimizer>(() => new RmsPropScaling(alpha, epsilon, epsilonRoot, centered)).OrThrow(nameof(RmsProp));

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new RmsPropState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => RmsPropState<T>.From(base.Init(parameters));
}
