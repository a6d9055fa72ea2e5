using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// Yogi (Zaheer et al., 2018): u = g + λ·θ, m = β₁·m + (1 − β₁)·u, v = v − (1 − β₂)·sign(v − u²)·u², θ' = θ − η·m / (√v + ε): v changes by
/// no more than a share of u², so that it forgets slowly. Defaults and semantics are the paper's. Optax and TensorFlow correct both moments
/// for their bias and start them at 1e-6 (here <c>biasCorrection: true, initialAccumulator: 1e-6</c>; m starts at 0).
/// </summary>
public sealed record Yogi : ScalingOptimizer
{
    private Yogi()
    {
    }

    /// <summary>β₁, in [0, 1).</summary>
    public double Beta1 { get; init => field = Bounds.HalfOpenUnitInterval.Check(value); }

    /// <summary>β₂, in [0, 1).</summary>
    public double Beta2 { get; init => field = Bounds.HalfOpenUnitInterval.Check(value); }

    /// <summary>ε; finite and not negative.</summary>
    public double Epsilon { get; init => field = Bounds.NotNegative.Check(value); }

    /// <summary>v before the first update; finite and not negative.</summary>
    public double InitialAccumulator { get; init => field = Bounds.NotNegative.Check(value); }

    /// <summary>Whether the moments are divided by 1 − βᵗ.</summary>
    public bool BiasCorrection { get; init; }

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingParts =>
        [new YogiScaling(Beta1, Beta2, Epsilon, InitialAccumulator, BiasCorrection)];

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t).</param>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε; finite and not negative.</param>
    /// <param name="initialAccumulator">v before the first update; finite and not negative.</param>
    /// <param name="biasCorrection">Whether the moments are divided by 1 − βᵗ.</param>
    /// <param name="weightDecay">λ, an L2 penalty; finite and not negative.</param>
    /// <param name="decay">Which leaves the penalty holds for; all when <see langword="null"/>.</param>
    /// <param name="maximize">Whether to go up the gradient.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Yogi Of(
        Schedule learningRate, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-3, double initialAccumulator = 0,
        bool biasCorrection = false, double weightDecay = 0, Func<Leaf, bool>? decay = null, bool maximize = false) =>
        YogiScaling.Check(beta1, beta2, epsilon, initialAccumulator)
            .Require(learningRate).Require(weightDecay, Bounds.NotNegative)
            .Make(() => new Yogi
            {
                LearningRate = learningRate, Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon, InitialAccumulator = initialAccumulator,
                BiasCorrection = biasCorrection, WeightDecay = weightDecay, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
            }).OrThrow(nameof(Yogi));

    /// <summary>The part of Yogi that scales the update, for compositions: u' = m / (√v + ε).</summary>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε; finite and not negative.</param>
    /// <param name="initialAccumulator">v before the first update; finite and not negative.</param>
    /// <param name="biasCorrection">Whether the moments are divided by 1 − βᵗ.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Optimizer Scaling(
        double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-3, double initialAccumulator = 0, bool biasCorrection = false) =>
        YogiScaling.Check(beta1, beta2, epsilon, initialAccumulator)
            .Make<Optimizer>(() => new YogiScaling(beta1, beta2, epsilon, initialAccumulator, biasCorrection)).OrThrow(nameof(Yogi));

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new AdamState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AdamState<T>.From(base.Init(parameters));
}
