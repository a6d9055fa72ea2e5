using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// Stochastic gradient descent (Robbins and Monro, 1951) with momentum (Polyak, 1964; Nesterov's as in Sutskever et al., 2013):
/// u = g + λ·θ, m = μ·m + (1 − τ)·u (m = u at the first update), θ' = θ − η·m, or with Nesterov θ' = θ − η·(u + μ·m). Defaults and
/// semantics are torch's.
/// </summary>
public sealed record Sgd : ScalingOptimizer
{
    private Sgd()
    {
    }

    /// <summary>μ(t), in [0, 1); the number 0 keeps no momentum.</summary>
    public required Schedule Momentum { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>τ, in [0, 1]; skipped at the first update.</summary>
    public double Dampening { get; init => field = Bounds.UnitInterval.Check(value); }

    /// <summary>Whether the update looks ahead, which wants momentum and no dampening.</summary>
    public bool Nesterov { get; init; }

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingParts =>
        // Looking ahead without momentum is refused by the part.
        Momentum is Constant { Rate: 0 } && !Nesterov ? [] : [Functional.Optim.Momentum.Of(Momentum, Dampening, Nesterov)];

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t).</param>
    /// <param name="momentum">μ or μ(t), in [0, 1); 0, none, when <see langword="null"/>.</param>
    /// <param name="dampening">τ, in [0, 1].</param>
    /// <param name="nesterov">Look ahead; wants momentum and no dampening.</param>
    /// <param name="weightDecay">λ or λ(t), an L2 penalty, finite and not negative; 0 when <see langword="null"/>.</param>
    /// <param name="decay">Which leaves the penalty holds for; all when <see langword="null"/>.</param>
    /// <param name="maximize">Whether to go up the gradient.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Sgd Of(
        Schedule learningRate, Schedule? momentum = null, double dampening = 0, bool nesterov = false, Schedule? weightDecay = null,
        Func<Leaf, bool>? decay = null, bool maximize = false)
    {
        (momentum, weightDecay) = (momentum ?? 0, weightDecay ?? 0);
        return Functional.Optim.Momentum.Check(momentum, dampening, nesterov, nameof(momentum)).Require(learningRate).Require(weightDecay, Bounds.NotNegative)
            .Make(() => new Sgd
            {
                LearningRate = learningRate, Momentum = momentum, Dampening = dampening, Nesterov = nesterov,
                WeightDecay = weightDecay, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
            }).OrThrow(nameof(Sgd));
    }

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new SgdState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => SgdState<T>.From(base.Init(parameters));
}
