using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// Adamax (Kingma and Ba, 2015, section 7): u = g + λ·θ, m = β₁·m + (1 − β₁)·u, n = max(β₂·n, |u| + ε), θ' = θ − η·m / ((1 − β₁ᵗ)·n).
/// Defaults and semantics are torch's, whose default rate is 0.002; the paper has no ε.
/// </summary>
public sealed record Adamax : ScalingOptimizer
{
    private Adamax()
    {
    }

    /// <summary>β₁(t), in [0, 1).</summary>
    public required Schedule Beta1 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>β₂, in [0, 1).</summary>
    public double Beta2 { get; init => field = Bounds.HalfOpenUnitInterval.Check(value); }

    /// <summary>ε; finite and not negative.</summary>
    public double Epsilon { get; init => field = Bounds.NotNegative.Check(value); }

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingParts => [new AdamaxScaling(Beta1, Beta2, Epsilon)];

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t).</param>
    /// <param name="beta1">β₁ or β₁(t), in [0, 1); 0.9 when <see langword="null"/>.</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε; finite and not negative.</param>
    /// <param name="weightDecay">λ, an L2 penalty; finite and not negative.</param>
    /// <param name="decay">Which leaves the penalty holds for; all when <see langword="null"/>.</param>
    /// <param name="maximize">Whether to go up the gradient.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Adamax Of(
        Schedule learningRate, Schedule? beta1 = null, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0,
        Func<Leaf, bool>? decay = null, bool maximize = false)
    {
        beta1 ??= 0.9;
        return AdamaxScaling.Check(beta1, beta2, epsilon)
            .Require(learningRate).Require(weightDecay, Bounds.NotNegative)
            .Make(() => new Adamax
            {
                LearningRate = learningRate, Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon, WeightDecay = weightDecay, DecayFilter = LeafFilter.Of(decay),
                Maximize = maximize,
            }).OrThrow(nameof(Adamax));
    }

    /// <summary>The part of Adamax that scales the update, for compositions: u' = m̂ / n.</summary>
    /// <param name="beta1">β₁ or β₁(t), in [0, 1); 0.9 when <see langword="null"/>.</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε; finite and not negative.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Optimizer Scaling(Schedule? beta1 = null, double beta2 = 0.999, double epsilon = 1e-8)
    {
        beta1 ??= 0.9;
        return AdamaxScaling.Check(beta1, beta2, epsilon).Make<Optimizer>(() => new AdamaxScaling(beta1, beta2, epsilon)).OrThrow(nameof(Adamax));
    }

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new AdamaxState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AdamaxState<T>.From(base.Init(parameters));
}
