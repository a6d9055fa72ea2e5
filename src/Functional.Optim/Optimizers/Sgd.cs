using System.Collections.Immutable;
using System.Numerics;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim;

/// <summary>
/// Stochastic gradient descent: u = g + λ·θ, m = μ·m + (1 − τ)·u (m = u at the first update), θ' = θ − η·m, or with Nesterov
/// θ' = θ − η·(u + μ·m). Defaults and semantics are torch's.
/// </summary>
public sealed record Sgd : Optimizer
{
    private readonly Optimizer chain;

    private Sgd(Schedule learningRate, double momentum, double dampening, bool nesterov, double weightDecay, Func<Leaf, bool>? decay)
    {
        WeightDecay penalty = Functional.Optim.WeightDecay.Coupled(weightDecay, decay);
        (LearningRate, Momentum, Dampening, Nesterov, WeightDecay) = (learningRate, momentum, dampening, nesterov, weightDecay);
        Optimizer direction = momentum == 0 ? penalty : penalty.Then(Trace.Of(momentum, dampening, nesterov));
        chain = direction.Then(Functional.Optim.LearningRate.Of(learningRate));
    }

    /// <summary>η(t).</summary>
    public Schedule LearningRate { get; }

    /// <summary>μ.</summary>
    public double Momentum { get; }

    /// <summary>τ, skipped at the first update.</summary>
    public double Dampening { get; }

    /// <summary>Whether the update looks ahead.</summary>
    public bool Nesterov { get; }

    /// <summary>λ, an L2 penalty.</summary>
    public double WeightDecay { get; }

    /// <inheritdoc/>
    protected internal override ImmutableArray<Transform> Parts => chain.Parts;

    /// <summary>The optimizer, or every fault found.</summary>
    /// <param name="learningRate">η(t).</param>
    /// <param name="momentum">μ, in [0, 1).</param>
    /// <param name="dampening">τ, in [0, 1].</param>
    /// <param name="nesterov">Look ahead; wants momentum and no dampening.</param>
    /// <param name="weightDecay">λ, an L2 penalty; finite and not negative.</param>
    /// <param name="decay">Which leaves the penalty holds for; all when <see langword="null"/>.</param>
    public static Validation<Error, Sgd> Create(
        Schedule learningRate, double momentum = 0, double dampening = 0, bool nesterov = false, double weightDecay = 0, Func<Leaf, bool>? decay = null) =>
        Trace.Check(momentum, dampening, nesterov)
            .Require(learningRate is not null, nameof(learningRate), learningRate, "a schedule")
            .Require(double.IsFinite(weightDecay) && weightDecay >= 0, nameof(weightDecay), weightDecay, "finite and not negative")
            .Make(() => new Sgd(learningRate!, momentum, dampening, nesterov, weightDecay, decay));

    /// <summary>The optimizer.</summary>
    /// <inheritdoc cref="Create"/>
    /// <exception cref="ArgumentException">A value is out of range; every fault is listed.</exception>
    public static Sgd Of(
        Schedule learningRate, double momentum = 0, double dampening = 0, bool nesterov = false, double weightDecay = 0, Func<Leaf, bool>? decay = null) =>
        Create(learningRate, momentum, dampening, nesterov, weightDecay, decay).OrThrow(nameof(Sgd));

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new SgdState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => SgdState<T>.From(base.Init(parameters));
}
