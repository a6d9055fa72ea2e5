using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// Adagrad (Duchi, Hazan and Singer, 2011): u = g + λ·θ, s = s + u², θ' = θ − η_t·u / (√(s + ε_r) + ε), with
/// η_t = η(t) / (1 + (t − 1)·d). Defaults and semantics are torch's. Optax and Keras put their ε under the root (here
/// <c>epsilon: 0, epsilonRoot: 1e-7</c>) and start s at 0.1.
/// </summary>
/// <remarks>With ε = ε_r = 0, a parameter that never had a gradient does not move, where torch divides 0 by 0.</remarks>
public sealed record Adagrad : ScalingOptimizer
{
    private Adagrad()
    {
    }

    /// <summary>d, how fast the rate falls; finite and not negative.</summary>
    public double LearningRateDecay { get; init => field = Bounds.NotNegative.Check(value); }

    /// <summary>s before the first update; finite and not negative.</summary>
    public double InitialAccumulator { get; init => field = Bounds.NotNegative.Check(value); }

    /// <summary>ε, outside the root; finite and not negative.</summary>
    public double Epsilon { get; init => field = Bounds.NotNegative.Check(value); }

    /// <summary>ε_r, under the root; finite and not negative.</summary>
    public double EpsilonRoot { get; init => field = Bounds.NotNegative.Check(value); }

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingParts => [new AdagradScaling(InitialAccumulator, Epsilon, EpsilonRoot)];

    /// <inheritdoc/>
    private protected override Schedule Rate => new AdagradRate(LearningRate, LearningRateDecay);

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t).</param>
    /// <param name="learningRateDecay">d, how fast the rate falls; finite and not negative.</param>
    /// <param name="initialAccumulator">s before the first update; finite and not negative.</param>
    /// <param name="epsilon">ε, outside the root; finite and not negative.</param>
    /// <param name="epsilonRoot">ε_r, under the root; finite and not negative.</param>
    /// <param name="weightDecay">λ, an L2 penalty; finite and not negative.</param>
    /// <param name="decay">Which leaves the penalty holds for; all when <see langword="null"/>.</param>
    /// <param name="maximize">Whether to go up the gradient.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Adagrad Of(
        Schedule learningRate, double learningRateDecay = 0, double initialAccumulator = 0, double epsilon = 1e-10, double epsilonRoot = 0,
        double weightDecay = 0, Func<Leaf, bool>? decay = null, bool maximize = false) =>
        AdagradScaling.Check(initialAccumulator, epsilon, epsilonRoot)
            .Require(learningRate).Require(learningRateDecay, Bounds.NotNegative).Require(weightDecay, Bounds.NotNegative)
            .Make(() => new Adagrad
            {
                LearningRate = learningRate, LearningRateDecay = learningRateDecay, InitialAccumulator = initialAccumulator,
                Epsilon = epsilon, EpsilonRoot = epsilonRoot, WeightDecay = weightDecay, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
            }).OrThrow(nameof(Adagrad));

    /// <summary>The part of Adagrad that scales the update, for compositions: u' = u / (√(s + ε_r) + ε).</summary>
    /// <param name="initialAccumulator">s before the first update; finite and not negative.</param>
    /// <param name="epsilon">ε, outside the root; finite and not negative.</param>
    /// <param name="epsilonRoot">ε_r, under the root; finite and not negative.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Optimizer Scaling(double initialAccumulator = 0, double epsilon = 1e-10, double epsilonRoot = 0) =>
        AdagradScaling.Check(initialAccumulator, epsilon, epsilonRoot)
            .Make<Optimizer>(() => new AdagradScaling(initialAccumulator, epsilon, epsilonRoot)).OrThrow(nameof(Adagrad));

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new AdagradState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AdagradState<T>.From(base.Init(parameters));
}
