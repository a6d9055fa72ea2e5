using System.Collections.Immutable;
using System.Numerics;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim;

/// <summary>
/// Adam (Kingma and Ba, 2015): u = g + λ·θ, m = β₁·m + (1 − β₁)·u, v = β₂·v + (1 − β₂)·u², θ' = θ − η·m̂ / (√v̂ + ε), with
/// m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ). ε stands outside the root, after the correction (torch; Optax can do both).
/// </summary>
public sealed record Adam : Optimizer
{
    private readonly Optimizer chain;

    private Adam(Schedule learningRate, AdamScaling scaling, double weightDecay, Func<Leaf, bool>? decay)
    {
        (LearningRate, Beta1, Beta2, Epsilon, BiasCorrection, WeightDecay) =
            (learningRate, scaling.Beta1, scaling.Beta2, scaling.Epsilon, scaling.BiasCorrection, weightDecay);
        chain = Functional.Optim.WeightDecay.Coupled(weightDecay, decay)
            .Then(scaling)
            .Then(Functional.Optim.LearningRate.Of(learningRate));
    }

    /// <summary>η(t).</summary>
    public Schedule LearningRate { get; }

    /// <summary>β₁.</summary>
    public double Beta1 { get; }

    /// <summary>β₂.</summary>
    public double Beta2 { get; }

    /// <summary>ε.</summary>
    public double Epsilon { get; }

    /// <summary>Whether the moments are divided by 1 − βᵗ.</summary>
    public bool BiasCorrection { get; }

    /// <summary>λ, an L2 penalty; for decoupled decay use <see cref="AdamW"/>.</summary>
    public double WeightDecay { get; }

    /// <inheritdoc/>
    protected internal override ImmutableArray<Transform> Parts => chain.Parts;

    /// <summary>The optimizer, or every fault found.</summary>
    /// <param name="learningRate">η(t).</param>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε; finite and not negative.</param>
    /// <param name="weightDecay">λ, an L2 penalty; finite and not negative.</param>
    /// <param name="decay">Which leaves the penalty holds for; all when <see langword="null"/>.</param>
    /// <param name="biasCorrection">Whether the moments are divided by 1 − βᵗ.</param>
    public static Validation<Error, Adam> Create(
        Schedule learningRate, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0,
        Func<Leaf, bool>? decay = null, bool biasCorrection = true) =>
        AdamScaling.Check(beta1, beta2, epsilon)
            .Require(learningRate is not null, nameof(learningRate), learningRate, "a schedule")
            .Require(double.IsFinite(weightDecay) && weightDecay >= 0, nameof(weightDecay), weightDecay, "finite and not negative")
            .Make(() => new Adam(learningRate!, new AdamScaling(beta1, beta2, epsilon, biasCorrection), weightDecay, decay));

    /// <summary>The optimizer.</summary>
    /// <inheritdoc cref="Create"/>
    /// <exception cref="ArgumentException">A value is out of range; every fault is listed.</exception>
    public static Adam Of(
        Schedule learningRate, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0,
        Func<Leaf, bool>? decay = null, bool biasCorrection = true) =>
        Create(learningRate, beta1, beta2, epsilon, weightDecay, decay, biasCorrection).OrThrow(nameof(Adam));

    /// <summary>The part of Adam that scales the update, for compositions: u' = m̂ / (√v̂ + ε).</summary>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε; finite and not negative.</param>
    /// <param name="biasCorrection">Whether the moments are divided by 1 − βᵗ.</param>
    /// <exception cref="ArgumentException">A value is out of range; every fault is listed.</exception>
    public static Optimizer Scaling(double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, bool biasCorrection = true) =>
        AdamScaling.Check(beta1, beta2, epsilon)
            .Make(() => new AdamScaling(beta1, beta2, epsilon, biasCorrection)).OrThrow(nameof(Adam));

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
