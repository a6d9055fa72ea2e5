using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter, 2019): m and v as in <see cref="Adam"/> without the penalty,
/// θ' = θ − η·(m̂ / (√v̂ + ε) + λ·θ). torch multiplies θ by 1 − η·λ first, which in float rounds η·λ away to one part in 2²⁴ of θ; the
/// form here is the same update, rounded better.
/// </summary>
public sealed record AdamW : ScalingOptimizer
{
    private AdamW()
    {
    }

    /// <summary>β₁(t), in [0, 1).</summary>
    public required Schedule Beta1 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>β₂, in [0, 1).</summary>
    public double Beta2 { get; init => field = Bounds.HalfOpenUnitInterval.Check(value); }

    /// <summary>ε; finite and not negative.</summary>
    public double Epsilon { get; init => field = Bounds.NotNegative.Check(value); }

    /// <summary>Whether to divide by the largest second moment so far.</summary>
    public AmsGrad AmsGrad { get; init => field = Setting.Check(value); }

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingParts => [new AdamScaling(Beta1, Beta2, Epsilon, BiasCorrection: true, AmsGrad)];

    /// <inheritdoc/>
    private protected override bool DecouplesDecay => true;

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t).</param>
    /// <param name="beta1">β₁ or β₁(t), in [0, 1); 0.9 when <see langword="null"/>.</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε; finite and not negative.</param>
    /// <param name="weightDecay">λ or λ(t), decoupled, finite and not negative; 0.01 when <see langword="null"/>.
    /// For an L2 penalty use <see cref="Adam"/>.</param>
    /// <param name="decay">Which leaves decay; all when <see langword="null"/>.</param>
    /// <param name="amsGrad">Whether to divide by the largest second moment so far.</param>
    /// <param name="maximize">Whether to go up the gradient.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static AdamW Of(
        Schedule learningRate, Schedule? beta1 = null, double beta2 = 0.999, double epsilon = 1e-8, Schedule? weightDecay = null,
        Func<Leaf, bool>? decay = null, AmsGrad amsGrad = AmsGrad.Off, bool maximize = false)
    {
        (beta1, weightDecay) = (beta1 ?? 0.9, weightDecay ?? 0.01);
        return AdamScaling.Check(beta1, beta2, epsilon, amsGrad).Require(learningRate).Require(weightDecay, Bounds.NotNegative)
            .Make(() => new AdamW
            {
                LearningRate = learningRate, Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon, WeightDecay = weightDecay, DecayFilter = LeafFilter.Of(decay),
                AmsGrad = amsGrad, Maximize = maximize,
            }).OrThrow(nameof(AdamW));
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
