using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>
/// What most optimizers are: transforms that scale the update, an L2 penalty before them or decoupled decay after them,
/// and a learning rate.
/// </summary>
public abstract record ScalingOptimizer : Optimizer
{
    private protected ScalingOptimizer()
    {
    }

    /// <summary>η(t); finite and not negative.</summary>
    public required Schedule LearningRate { get; init => field = Setting.Check(value); }

    /// <summary>λ(t), finite and not negative: an L2 penalty, unless the optimizer decouples its decay.</summary>
    public Schedule WeightDecay { get; init => field = Setting.Check(value); } = 0;

    /// <summary>Which leaves decay.</summary>
    public LeafFilter DecayFilter { get; init => field = Setting.Present(value); } = LeafFilter.All;

    /// <summary>Whether the optimizer maximizes: it takes the gradient with the opposite sign.</summary>
    public bool Maximize { get; init; }

    /// <summary>Whether λ·θ is added after the scaling, and not before it.</summary>
    protected internal virtual bool DecouplesDecay => false;

    /// <summary>What the scaled update is multiplied by.</summary>
    protected internal virtual Schedule Rate => LearningRate;

    /// <inheritdoc/>
    protected internal override ImmutableArray<Transform> Transforms
    {
        get
        {
            CheckTogether();
            return
            [
                .. Scale.SignOf(Maximize),
                .. DecouplesDecay ? [] : Decay,
                .. ScalingTransforms,
                .. DecouplesDecay ? Decay : [],
                .. TransformsAfterDecay,
                Functional.Optim.LearningRate.Of(Rate),
            ];
        }
    }

    /// <summary>
    /// Refuses settings that do not go together, each of which is allowed by itself: a factory and the first use of a
    /// copy made by <c>with</c> call it.
    /// </summary>
    /// <exception cref="ArgumentException">They do not go together.</exception>
    protected internal virtual void CheckTogether()
    {
    }

    /// <summary>The transforms between the penalty and the learning rate.</summary>
    private protected abstract ImmutableArray<Transform> ScalingTransforms { get; }

    /// <summary>The transforms between the decay and the learning rate, where the decay is decoupled.</summary>
    private protected virtual ImmutableArray<Transform> TransformsAfterDecay => [];

    /// <summary>The penalty or the decay.</summary>
    private protected virtual WeightDecay DecayTransform =>
        Functional.Optim.WeightDecay.Coupled(WeightDecay, DecayFilter);

    private ImmutableArray<Transform> Decay => [DecayTransform];
}
