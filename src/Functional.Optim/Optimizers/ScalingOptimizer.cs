using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>
/// What most optimizers are: a part that scales the update, an L2 penalty before it or decoupled decay after it, and a learning
/// rate.
/// </summary>
public abstract record ScalingOptimizer : Optimizer
{
    private protected ScalingOptimizer()
    {
    }

    /// <summary>η(t).</summary>
    public required Schedule LearningRate { get; init => field = Setting.Check(value); }

    /// <summary>λ(t), finite and not negative: an L2 penalty, unless the optimizer decouples its decay.</summary>
    public Schedule WeightDecay { get; init => field = Setting.Check(value); } = 0;

    /// <summary>Which leaves decay.</summary>
    public LeafFilter DecayFilter { get; init => field = Setting.Present(value); } = LeafFilter.All;

    /// <summary>Whether to go up the gradient.</summary>
    public bool Maximize { get; init; }

    /// <inheritdoc/>
    protected internal override ImmutableArray<Transform> Parts =>
    [
        .. Scale.SignOf(Maximize),
        .. DecouplesDecay ? [] : Decay,
        .. ScalingParts,
        .. DecouplesDecay ? Decay : [],
        .. PartsBehindDecay,
        Functional.Optim.LearningRate.Of(Rate),
    ];

    /// <summary>The parts between the penalty and the learning rate.</summary>
    private protected abstract ImmutableArray<Transform> ScalingParts { get; }

    /// <summary>Whether λ·θ is added after the scaling, and not before it.</summary>
    private protected virtual bool DecouplesDecay => false;

    /// <summary>The parts between the decay and the learning rate, where it is decoupled.</summary>
    private protected virtual ImmutableArray<Transform> PartsBehindDecay => [];

    /// <summary>What the scaled update is multiplied by.</summary>
    private protected virtual Schedule Rate => LearningRate;

    private ImmutableArray<Transform> Decay => [Functional.Optim.WeightDecay.Coupled(WeightDecay, DecayFilter)];
}
