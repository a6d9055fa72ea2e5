using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// AdaBelief (Zhuang et al., 2020): u = g + λ·θ, m = β₁·m + (1 − β₁)·u, s = β₂·s + (1 − β₂)·(u − m)² + ε_r, θ' = θ − η·m̂ / (√ŝ + ε), with
/// m̂ and ŝ corrected as in <see cref="Adam"/>; with decoupled decay λ·θ is added to what η multiplies. The paper has one ε in both places,
/// which its authors' code and Optax set to 1e-16, as here; only Optax has two. ε_r adds up in s, in the paper, the code and Optax; early
/// versions of Optax added it under the root only, and took m of the update before.
/// </summary>
/// <remarks>The authors' code also decouples the decay and rectifies as <see cref="RAdam"/> does, unless told not to.</remarks>
public sealed record AdaBelief : ScalingOptimizer
{
    private AdaBelief()
    {
    }

    /// <summary>β₁, in [0, 1).</summary>
    public double Beta1 { get; init => field = Bounds.HalfOpenUnitInterval.Check(value); }

    /// <summary>β₂, in [0, 1).</summary>
    public double Beta2 { get; init => field = Bounds.HalfOpenUnitInterval.Check(value); }

    /// <summary>ε, outside the root; finite and not negative.</summary>
    public double Epsilon { get; init => field = Bounds.NotNegative.Check(value); }

    /// <summary>ε_r, added to s in every update; finite and not negative.</summary>
    public double EpsilonRoot { get; init => field = Bounds.NotNegative.Check(value); }

    /// <summary>Whether λ·θ is added after the scaling (decoupled decay), not to the gradient.</summary>
    public bool DecoupledDecay { get; init; }

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingParts => [new AdaBeliefScaling(Beta1, Beta2, Epsilon, EpsilonRoot)];

    /// <inheritdoc/>
    private protected override bool DecouplesDecay => DecoupledDecay;

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t).</param>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε, outside the root; finite and not negative.</param>
    /// <param name="epsilonRoot">ε_r, added to s in every update; finite and not negative.</param>
    /// <param name="weightDecay">λ, an L2 penalty, unless decoupled; finite and not negative.</param>
    /// <param name="decay">Which leaves decay; all when <see langword="null"/>.</param>
    /// <param name="decoupledDecay">Whether λ·θ is added after the scaling (decoupled decay), not to the gradient.</param>
    /// <param name="maximize">Whether to go up the gradient.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static AdaBelief Of(
        Schedule learningRate, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-16, double epsilonRoot = 1e-16,
        double weightDecay = 0, Func<Leaf, bool>? decay = null, bool decoupledDecay = false, bool maximize = false) =>
        AdaBeliefScaling.Check(beta1, beta2, epsilon, epsilonRoot)
            .Require(learningRate).Require(weightDecay, Bounds.NotNegative)
            .Make(() => new AdaBelief
            {
                LearningRate = learningRate, Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon, EpsilonRoot = epsilonRoot,
                WeightDecay = weightDecay, DecayFilter = LeafFilter.Of(decay), DecoupledDecay = decoupledDecay, Maximize = maximize,
            }).OrThrow(nameof(AdaBelief));

    /// <summary>The part of AdaBelief that scales the update, for compositions: u' = m̂ / (√ŝ + ε).</summary>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε, outside the root; finite and not negative.</param>
    /// <param name="epsilonRoot">ε_r, added to s in every update; finite and not negative.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Optimizer Scaling(double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-16, double epsilonRoot = 1e-16) =>
        AdaBeliefScaling.Check(beta1, beta2, epsilon, epsilonRoot)
            .Make<Optimizer>(() => new AdaBeliefScaling(beta1, beta2, epsilon, epsilonRoot)).OrThrow(nameof(AdaBelief));

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new AdaBeliefState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AdaBeliefState<T>.From(base.Init(parameters));
}
