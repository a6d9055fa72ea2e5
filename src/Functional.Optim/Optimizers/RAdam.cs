using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// Rectified Adam (Liu et al., 2020): u = g + λ·θ, m and v as in <see cref="Adam"/>. While the variance of the adaptive rate cannot be
/// told, ρ_t ≤ 5, it is momentum: θ' = θ − η·m̂; then θ' = θ − η·r_t·m̂·√(1 − β₂ᵗ) / (√v + ε), with ρ∞ = 2 / (1 − β₂) − 1, ρ_t = ρ∞ −
/// 2·t·β₂ᵗ / (1 − β₂ᵗ), r_t = √((ρ_t − 4)·(ρ_t − 2)·ρ∞ / ((ρ∞ − 4)·(ρ∞ − 2)·ρ_t)). Defaults and semantics are torch's; with decoupled decay
/// λ·θ is added to what η multiplies. The paper's threshold is 4, those of torch and Optax are 5; Optax adds ε after the bias correction,
/// as Adam does.
/// </summary>
/// <remarks>With β₂ of 0.6 or less ρ_t never exceeds 4.</remarks>
public sealed record RAdam : ScalingOptimizer
{
    private RAdam()
    {
    }

    /// <summary>β₁(t), in [0, 1).</summary>
    public required Schedule Beta1 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>β₂, in [0, 1).</summary>
    public double Beta2 { get; init => field = Bounds.HalfOpenUnitInterval.Check(value); }

    /// <summary>ε, added to √v before the bias correction; finite and not negative.</summary>
    public double Epsilon { get; init => field = Bounds.NotNegative.Check(value); }

    /// <summary>What ρ_t has to exceed; 4 or more.</summary>
    public int Threshold { get; init => field = (int)Bounds.AtLeast(4).Check(value); }

    /// <summary>Whether λ·θ is added after the scaling (decoupled decay), not to the gradient.</summary>
    public bool DecoupledDecay { get; init; }

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingParts => [new RAdamScaling(Beta1, Beta2, Epsilon, Threshold)];

    /// <inheritdoc/>
    private protected override bool DecouplesDecay => DecoupledDecay;

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t).</param>
    /// <param name="beta1">β₁ or β₁(t), in [0, 1); 0.9 when <see langword="null"/>.</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε, added to √v before the bias correction; finite and not negative.</param>
    /// <param name="threshold">What ρ_t has to exceed; 4 or more.</param>
    /// <param name="weightDecay">λ, an L2 penalty, unless decoupled; finite and not negative.</param>
    /// <param name="decay">Which leaves decay; all when <see langword="null"/>.</param>
    /// <param name="decoupledDecay">Whether λ·θ is added after the scaling (decoupled decay), not to the gradient.</param>
    /// <param name="maximize">Whether to go up the gradient.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static RAdam Of(
        Schedule learningRate, Schedule? beta1 = null, double beta2 = 0.999, double epsilon = 1e-8, int threshold = 5, double weightDecay = 0,
        Func<Leaf, bool>? decay = null, bool decoupledDecay = false, bool maximize = false)
    {
        beta1 ??= 0.9;
        return RAdamScaling.Check(beta1, beta2, epsilon, threshold)
            .Require(learningRate).Require(weightDecay, Bounds.NotNegative)
            .Make(() => new RAdam
            {
                LearningRate = learningRate, Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon, Threshold = threshold,
                WeightDecay = weightDecay, DecayFilter = LeafFilter.Of(decay), DecoupledDecay = decoupledDecay, Maximize = maximize,
            }).OrThrow(nameof(RAdam));
    }

    /// <summary>The part of RAdam that scales the update, for compositions.</summary>
    /// <param name="beta1">β₁ or β₁(t), in [0, 1); 0.9 when <see langword="null"/>.</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε, added to √v before the bias correction; finite and not negative.</param>
    /// <param name="threshold">What ρ_t has to exceed; 4 or more.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Optimizer Scaling(Schedule? beta1 = null, double beta2 = 0.999, double epsilon = 1e-8, int threshold = 5)
    {
        beta1 ??= 0.9;
        return RAdamScaling.Check(beta1, beta2, epsilon, threshold).Make<Optimizer>(() => new RAdamScaling(beta1, beta2, epsilon, threshold)).OrThrow(nameof(RAdam));
    }

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new AdamState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AdamState<T>.From(base.Init(parameters));
}
