using System.Collections.Immutable;
using System.Numerics;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter, 2019): m and v as in <see cref="Adam"/> without the penalty,
/// θ' = θ − η·(m̂ / (√v̂ + ε) + λ·θ). torch multiplies θ by 1 − η·λ first, which in float rounds η·λ away to one part in 2²⁴ of θ; the
/// form here is the same update, rounded better.
/// </summary>
public sealed record AdamW : Optimizer
{
    private readonly Optimizer chain;

    private AdamW(Schedule learningRate, AdamScaling scaling, double weightDecay, Func<Leaf, bool>? decay)
    {
        (LearningRate, Beta1, Beta2, Epsilon, WeightDecay) = (learningRate, scaling.Beta1, scaling.Beta2, scaling.Epsilon, weightDecay);
        chain = scaling
            .Then(Functional.Optim.WeightDecay.Decoupled(weightDecay, decay))
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

    /// <summary>λ, decoupled.</summary>
    public double WeightDecay { get; }

    /// <inheritdoc/>
    protected internal override ImmutableArray<Transform> Parts => chain.Parts;

    /// <summary>The optimizer, or every fault found.</summary>
    /// <param name="learningRate">η(t).</param>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε; finite and not negative.</param>
    /// <param name="weightDecay">λ, decoupled; finite and not negative.</param>
    /// <param name="decay">Which leaves decay; all when <see langword="null"/>.</param>
    public static Validation<Error, AdamW> Create(
        Schedule learningRate, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0.01,
        Func<Leaf, bool>? decay = null) =>
        AdamScaling.Check(beta1, beta2, epsilon)
            .Require(learningRate is not null, nameof(learningRate), learningRate, "a schedule")
            .Require(double.IsFinite(weightDecay) && weightDecay >= 0, nameof(weightDecay), weightDecay, "finite and not negative")
            .Make(() => new AdamW(learningRate!, new AdamScaling(beta1, beta2, epsilon, BiasCorrection: true), weightDecay, decay));

    /// <summary>The optimizer.</summary>
    /// <inheritdoc cref="Create"/>
    /// <exception cref="ArgumentException">A value is out of range; every fault is listed.</exception>
    public static AdamW Of(
        Schedule learningRate, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0.01,
        Func<Leaf, bool>? decay = null) =>
        Create(learningRate, beta1, beta2, epsilon, weightDecay, decay).OrThrow(nameof(AdamW));

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
