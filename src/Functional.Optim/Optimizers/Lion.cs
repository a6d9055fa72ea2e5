using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// Lion (Chen et al., 2023): θ' = θ − η·(sign(β₁·m + (1 − β₁)·g) + λ·θ), and then m = β₂·m + (1 − β₂)·g. Defaults are the paper's, without
/// decay (Optax has λ = 0.001); its rates are three to ten times smaller than AdamW's, its decay as much larger.
/// </summary>
/// <remarks>The sign of 0 is 0. No step is longer than η·(1 + λ·|θ|).</remarks>
public sealed record Lion : ScalingOptimizer
{
    private Lion()
    {
    }

    /// <summary>β₁(t), in [0, 1).</summary>
    public required Schedule Beta1 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>β₂, in [0, 1).</summary>
    public double Beta2 { get; init => field = Bounds.HalfOpenUnitInterval.Check(value); }

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingParts => [new LionScaling(Beta1, Beta2)];

    /// <inheritdoc/>
    private protected override bool DecouplesDecay => true;

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t).</param>
    /// <param name="beta1">β₁ or β₁(t), in [0, 1); 0.9 when <see langword="null"/>.</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="weightDecay">λ or λ(t), decoupled, finite and not negative; 0 when <see langword="null"/>.</param>
    /// <param name="decay">Which leaves decay; all when <see langword="null"/>.</param>
    /// <param name="maximize">Whether to go up the gradient.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Lion Of(
        Schedule learningRate, Schedule? beta1 = null, double beta2 = 0.99, Schedule? weightDecay = null, Func<Leaf, bool>? decay = null,
        bool maximize = false)
    {
        (beta1, weightDecay) = (beta1 ?? 0.9, weightDecay ?? 0);
        return LionScaling.Check(beta1, beta2)
            .Require(learningRate).Require(weightDecay, Bounds.NotNegative)
            .Make(() => new Lion
            {
                LearningRate = learningRate, Beta1 = beta1, Beta2 = beta2, WeightDecay = weightDecay, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
            }).OrThrow(nameof(Lion));
    }

    /// <summary>The part of Lion that makes a sign of the update, for compositions: u' = sign(β₁·m + (1 − β₁)·u).</summary>
    /// <param name="beta1">β₁ or β₁(t), in [0, 1); 0.9 when <see langword="null"/>.</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Optimizer Scaling(Schedule? beta1 = null, double beta2 = 0.99)
    {
        beta1 ??= 0.9;
        return LionScaling.Check(beta1, beta2).Make<Optimizer>(() => new LionScaling(beta1, beta2)).OrThrow(nameof(Lion));
    }

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new LionState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => LionState<T>.From(base.Init(parameters));
}
