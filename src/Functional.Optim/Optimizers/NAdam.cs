using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// NAdam, Adam with Nesterov momentum (Dozat, 2016): u = g + λ·θ, m and v as in <see cref="Adam"/>, μ_t = β₁·(1 − ½·0.96^(t·ψ)),
/// Π_t = μ_1·…·μ_t, θ' = θ − η·((1 − μ_t) / (1 − Π_t)·u + μ_{t+1} / (1 − Π_{t+1})·m) / (√v̂ + ε). Defaults and semantics are torch's, whose
/// default rate is 0.002; with decoupled decay λ·θ is added to what η multiplies. Optax has μ_t = β₁. torch before 2.0 divided by 1 −
/// Π_t·μ_t·μ_{t+1}, by mistake; an option does the same.
/// </summary>
/// <remarks>torch keeps Π in float32 unless the default type is float64; here it is a function of t, in double, and no state.</remarks>
public sealed record NAdam : ScalingOptimizer
{
    private NAdam()
    {
    }

    /// <summary>β₁, in [0, 1).</summary>
    public double Beta1 { get; init => field = Bounds.HalfOpenUnitInterval.Check(value); }

    /// <summary>β₂, in [0, 1).</summary>
    public double Beta2 { get; init => field = Bounds.HalfOpenUnitInterval.Check(value); }

    /// <summary>ε; finite and not negative.</summary>
    public double Epsilon { get; init => field = Bounds.NotNegative.Check(value); }

    /// <summary>ψ, how fast the momentum rises from β₁ / 2 to β₁; finite and not negative.</summary>
    public double MomentumDecay { get; init => field = Bounds.NotNegative.Check(value); }

    /// <summary>Whether Π_{t+1} counts μ_t twice, as it did by mistake in torch before 2.0.</summary>
    public bool AsTorchBefore2 { get; init; }

    /// <summary>Whether λ·θ is added after the scaling (decoupled decay), not to the gradient.</summary>
    public bool DecoupledDecay { get; init; }

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingParts =>
        [new NAdamScaling(Beta1, Beta2, Epsilon, MomentumDecay, AsTorchBefore2)];

    /// <inheritdoc/>
    private protected override bool DecouplesDecay => DecoupledDecay;

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t).</param>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε; finite and not negative.</param>
    /// <param name="momentumDecay">ψ, how fast the momentum rises from β₁ / 2 to β₁; finite and not negative.</param>
    /// <param name="weightDecay">λ, an L2 penalty, unless decoupled; finite and not negative.</param>
    /// <param name="decay">Which leaves decay; all when <see langword="null"/>.</param>
    /// <param name="decoupledDecay">Whether λ·θ is added after the scaling (decoupled decay), not to the gradient.</param>
    /// <param name="maximize">Whether to go up the gradient.</param>
    /// <param name="asTorchBefore2">Whether Π_{t+1} counts μ_t twice, as it did by mistake in torch before 2.0.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static NAdam Of(
        Schedule learningRate, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double momentumDecay = 0.004,
        double weightDecay = 0, Func<Leaf, bool>? decay = null, bool decoupledDecay = false, bool maximize = false,
        bool asTorchBefore2 = false) =>
        NAdamScaling.Check(beta1, beta2, epsilon, momentumDecay)
            .Require(learningRate).Require(weightDecay, Bounds.NotNegative)
            .Make(() => new NAdam
            {
                LearningRate = learningRate, Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon, MomentumDecay = momentumDecay,
                WeightDecay = weightDecay, DecayFilter = LeafFilter.Of(decay), DecoupledDecay = decoupledDecay, Maximize = maximize,
                AsTorchBefore2 = asTorchBefore2,
            }).OrThrow(nameof(NAdam));

    /// <summary>The part of NAdam that scales the update, for compositions: Adam's with Nesterov momentum.</summary>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε; finite and not negative.</param>
    /// <param name="momentumDecay">ψ, how fast the momentum rises from β₁ / 2 to β₁; finite and not negative.</param>
    /// <param name="asTorchBefore2">Whether Π_{t+1} counts μ_t twice, as it did by mistake in torch before 2.0.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Optimizer Scaling(
        double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double momentumDecay = 0.004, bool asTorchBefore2 = false) =>
        NAdamScaling.Check(beta1, beta2, epsilon, momentumDecay)
            .Make<Optimizer>(() => new NAdamScaling(beta1, beta2, epsilon, momentumDecay, asTorchBefore2)).OrThrow(nameof(NAdam));

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new AdamState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AdamState<T>.From(base.Init(parameters));
}
