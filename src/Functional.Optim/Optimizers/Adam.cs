using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// Adam (Kingma and Ba, 2015): u = g + λ·θ, m = β₁·m + (1 − β₁)·u, v = β₂·v + (1 − β₂)·u², θ' = θ − η·m̂ / (√v̂ + ε), with
/// m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ). ε stands outside the root, after the correction (torch; Optax can do both).
/// </summary>
public sealed record Adam : ScalingOptimizer
{
    private Adam()
    {
    }

    /// <summary>β₁(t), in [0, 1).</summary>
    public required Schedule Beta1 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>β₂, in [0, 1).</summary>
    public double Beta2 { get; init => field = Bounds.HalfOpenUnitInterval.Check(value); }

    /// <summary>ε; finite and not negative.</summary>
    public double Epsilon { get; init => field = Bounds.NotNegative.Check(value); }

    /// <summary>Whether the moments are divided by 1 − βᵗ.</summary>
    public bool BiasCorrection { get; init; }

    /// <summary>Whether to divide by the largest second moment so far.</summary>
    public AmsGrad AmsGrad { get; init => field = Setting.Check(value); }

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingParts => [new AdamScaling(Beta1, Beta2, Epsilon, BiasCorrection, AmsGrad)];

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t).</param>
    /// <param name="beta1">β₁ or β₁(t), in [0, 1); 0.9 when <see langword="null"/>.</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε; finite and not negative.</param>
    /// <param name="weightDecay">λ or λ(t), an L2 penalty, finite and not negative; 0 when <see langword="null"/>.
    /// For decoupled decay use <see cref="AdamW"/>.</param>
    /// <param name="decay">Which leaves the penalty holds for; all when <see langword="null"/>.</param>
    /// <param name="biasCorrection">Whether the moments are divided by 1 − βᵗ.</param>
    /// <param name="amsGrad">Whether to divide by the largest second moment so far.</param>
    /// <param name="maximize">Whether to go up the gradient.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Adam Of(
        Schedule learningRate, Schedule? beta1 = null, double beta2 = 0.999, double epsilon = 1e-8, Schedule? weightDecay = null,
        Func<Leaf, bool>? decay = null, bool biasCorrection = true, AmsGrad amsGrad = AmsGrad.Off, bool maximize = false)
    {
        (beta1, weightDecay) = (beta1 ?? 0.9, weightDecay ?? 0);
        return AdamScaling.Check(beta1, beta2, epsilon, amsGrad).Require(learningRate).Require(weightDecay, Bounds.NotNegative)
            .Make(() => new Adam
            {
                LearningRate = learningRate, Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon, WeightDecay = weightDecay, DecayFilter = LeafFilter.Of(decay),
                BiasCorrection = biasCorrection, AmsGrad = amsGrad, Maximize = maximize,
            }).OrThrow(nameof(Adam));
    }

    /// <summary>The part of Adam that scales the update, for compositions: u' = m̂ / (√v̂ + ε).</summary>
    /// <param name="beta1">β₁ or β₁(t), in [0, 1); 0.9 when <see langword="null"/>.</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε; finite and not negative.</param>
    /// <param name="biasCorrection">Whether the moments are divided by 1 − βᵗ.</param>
    /// <param name="amsGrad">Whether to divide by the largest second moment so far.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Optimizer Scaling(
        Schedule? beta1 = null, double beta2 = 0.999, double epsilon = 1e-8, bool biasCorrection = true, AmsGrad amsGrad = AmsGrad.Off)
    {
        beta1 ??= 0.9;
        return AdamScaling.Check(beta1, beta2, epsilon, amsGrad)
            .Make<Optimizer>(() => new AdamScaling(beta1, beta2, epsilon, biasCorrection, amsGrad)).OrThrow(nameof(Adam));
    }

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new AdamState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AdamState<T>.From(base.Init(parameters));

    /// <summary>The norms of the moments, and the mean and deviation of the effective learning rates.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="state">A state of this optimizer.</param>
    /// <param name="leaves">Which leaves to count; all when <see langword="null"/>.</param>
    public AdamStatistics Statistics<T>(AdamState<T> state, Func<Leaf, bool>? leaves = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AdamStatistics.Of(this, state, leaves);
}
