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

    /// <summary>How decoupled decay goes by the learning rate and the update.</summary>
    public DecayForm DecayForm { get; init => field = Setting.Check(value); }

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
            Check();
            bool isIndependent = DecayForm == DecayForm.Independent;
            return
            [
                .. Scale.SignOf(Maximize),
                .. DecouplesDecay ? [] : Decay,
                .. ScalingTransforms,
                .. DecouplesDecay && !isIndependent ? Decay : [],
                .. TransformsAfterDecay,
                Functional.Optim.LearningRate.Of(Rate),
                .. isIndependent ? Decay : [],
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

    /// <summary>Refuses settings that do not go together, the form of the decay included.</summary>
    /// <exception cref="ArgumentException">They do not go together.</exception>
    internal void Check()
    {
        CheckTogether();
        if (!TakesDecayForm(DecayForm))
            Setting.Require(
                false, DecayForm, string.Join(", ", Enum.GetValues<DecayForm>().Where(TakesDecayForm)),
                nameof(DecayForm));
        else if (DecayForm == DecayForm.Corrected && LearningRate is not null && MaxRateOfDecay is null)
            Setting.Require(
                false, LearningRate, "a schedule that tells its largest rate, or a maxRate of AdamC",
                nameof(LearningRate));
        else if (DecayForm == DecayForm.Corrected && LearningRate is { MaxRate: { } largest })
            Functional.Optim.WeightDecay.CheckMaxRate(MaxRateOfDecay, largest);
    }

    /// <summary>Whether the decay may have a form.</summary>
    private protected virtual bool TakesDecayForm(DecayForm form) =>
        form == DecayForm.Scaled || (DecouplesDecay && TransformsAfterDecay.IsEmpty);

    /// <summary>η_max of <see cref="DecayForm.Corrected"/>; <see langword="null"/> where it is not known.</summary>
    private protected virtual double? MaxRateOfDecay => LearningRate.MaxRate;

    /// <summary>λ at an update, corrected where it is.</summary>
    private protected virtual double DecayAt(long step)
    {
        double decay = WeightDecay.SettingAt(step, Bounds.NotNegative, nameof(WeightDecay));
        return DecayForm == DecayForm.Corrected && MaxRateOfDecay is { } maxRate
            ? decay * Functional.Optim.WeightDecay.CorrectionAt(step, LearningRate, maxRate)
            : decay;
    }

    /// <summary>The transforms between the penalty and the learning rate.</summary>
    private protected abstract ImmutableArray<Transform> ScalingTransforms { get; }

    /// <summary>The transforms between the decay and the learning rate, where the decay is decoupled.</summary>
    private protected virtual ImmutableArray<Transform> TransformsAfterDecay => [];

    /// <summary>The penalty or the decay.</summary>
    private protected virtual WeightDecay DecayTransform =>
        Functional.Optim.WeightDecay.Decoupled(
            WeightDecay, DecayFilter, cautious: DecayForm == DecayForm.Cautious) with
        {
            LearningRate = DecayForm == DecayForm.Corrected ? LearningRate : null,
        };

    private ImmutableArray<Transform> Decay => [DecayTransform];
}
