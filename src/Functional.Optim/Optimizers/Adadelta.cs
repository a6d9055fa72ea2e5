using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// Adadelta (Zeiler, 2012): u = g + λ·θ, v = ρ·v + (1 − ρ)·u², d = u·√((a + ε) / (v + ε)), θ' = θ − η·d, and then a = ρ·a + (1 − ρ)·d².
/// Defaults and semantics are torch's, whose default rate is 1; Optax and the paper do the same.
/// </summary>
/// <remarks>a starts at 0, so the first steps are about √(ε / (1 − ρ)) long, whatever the gradient.</remarks>
public sealed record Adadelta : ScalingOptimizer
{
    private Adadelta()
    {
    }

    /// <summary>ρ, in [0, 1).</summary>
    public double Rho { get; init => field = Bounds.HalfOpenUnitInterval.Check(value); }

    /// <summary>ε, under both roots, where 0 would let nothing move; finite and positive.</summary>
    public double Epsilon { get; init => field = Bounds.Positive.Check(value); }

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingParts => [new AdadeltaScaling(Rho, Epsilon)];

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t).</param>
    /// <param name="rho">ρ, in [0, 1).</param>
    /// <param name="epsilon">ε, under both roots, where 0 would let nothing move; finite and positive.</param>
    /// <param name="weightDecay">λ, an L2 penalty; finite and not negative.</param>
    /// <param name="decay">Which leaves the penalty holds for; all when <see langword="null"/>.</param>
    /// <param name="maximize">Whether to go up the gradient.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Adadelta Of(
        Schedule learningRate, double rho = 0.9, double epsilon = 1e-6, double weightDecay = 0, Func<Leaf, bool>? decay = null,
        bool maximize = false) =>
        AdadeltaScaling.Check(rho, epsilon)
            .Require(learningRate).Require(weightDecay, Bounds.NotNegative)
            .Make(() => new Adadelta
            {
                LearningRate = learningRate, Rho = rho, Epsilon = epsilon, WeightDecay = weightDecay, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
            }).OrThrow(nameof(Adadelta));

    /// <summary>The part of Adadelta that scales the update, for compositions: u' = u·√((a + ε) / (v + ε)).</summary>
    /// <param name="rho">ρ, in [0, 1).</param>
    /// <param name="epsilon">ε, under both roots, where 0 would let nothing move; finite and positive.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Optimizer Scaling(double rho = 0.9, double epsilon = 1e-6) =>
        AdadeltaScaling.Check(rho, epsilon).Make<Optimizer>(() => new AdadeltaScaling(rho, epsilon)).OrThrow(nameof(Adadelta));

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new AdadeltaState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AdadeltaState<T>.From(base.Init(parameters));
}
