namespace Functional.Optim;

/// <summary>
/// AdamC (Defazio, 2025, arXiv:2506.02285): <see cref="AdamW"/> whose decay is corrected by the learning rate, θ' = θ −
/// η·(m̂ / (√v̂ + ε) + λ·η/η_max·θ), so that the norms of gradients do not rise when the rate falls at the end of
/// training.
/// </summary>
/// <remarks>
/// The paper corrects the decay of weights before a normalization, and leaves others, such as the output, as in AdamW:
/// a <see cref="Partition"/> does. η_max is a constant, that of the schedule unless it is given; timm takes the rate
/// that its optimizer was made with. Its state is AdamW's, and either goes on from the other.
/// </remarks>
public sealed record AdamC : AdamOptimizer
{
    private AdamC()
    {
    }

    private const double DefaultWeightDecay = 0.01;

    /// <summary>
    /// η_max; finite, positive and not below the largest rate of the schedule, or <see langword="null"/> for that rate,
    /// which the schedule has to tell.
    /// </summary>
    public double? MaxRate
    {
        get;
        init => field = value is { } given ? Setting.Check(given, Bounds.Positive) : null;
    }

    /// <inheritdoc/>
    protected internal override bool DecouplesDecay => true;

    /// <inheritdoc/>
    internal override bool CorrectsBias => true;

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.Of(
        "adamC", "AdamW whose decay falls with the rate as the rate does", () => Of(1),
        at => Of(
            at.LearningRate(), at.Beta1(), at.Beta2(), at.Epsilon(), at.WeightDecay(), at.Decay(),
            at.RealOrNone(
                "maxRate", "η_max; that of the schedule where not given", of => of.MaxRate, Bounds.Positive.Allowed),
            at.AmsGrad(), at.Maximize()),
        "Defazio, 2025", "timm AdamW with corrected_weight_decay", "η_max is that of the schedule");

    /// <summary>The optimizer.</summary>
    /// <inheritdoc cref="Adam.Of" path="/*[not(@name='weightDecay')]"/>
    /// <param name="weightDecay">λ or λ(t), decoupled; finite and not negative; 0.01 when
    /// <see langword="null"/>.</param>
    /// <param name="maxRate">η_max, finite, positive and not below the largest rate of the schedule; that rate when
    /// <see langword="null"/>, which a product of schedules and a function do not tell.</param>
    public static AdamC Of(
        Schedule learningRate, Schedule? beta1 = null, double beta2 = UsualBeta2, double epsilon = UsualEpsilon,
        Schedule? weightDecay = null, Func<Leaf, bool>? decay = null, double? maxRate = null,
        AmsGrad amsGrad = AmsGrad.Off, bool maximize = false) => Setting.Make(() => new AdamC
    {
        LearningRate = learningRate, Beta1 = beta1 ?? UsualBeta1, Beta2 = beta2, Epsilon = epsilon, AmsGrad = amsGrad,
        WeightDecay = weightDecay ?? DefaultWeightDecay, DecayFilter = LeafFilter.Of(decay),
        DecayForm = DecayForm.Corrected, MaxRate = maxRate, Maximize = maximize,
    });

    /// <inheritdoc/>
    private protected override bool TakesDecayForm(DecayForm form) => form == DecayForm.Corrected;

    /// <inheritdoc/>
    private protected override double? MaxRateOfDecay => MaxRate ?? base.MaxRateOfDecay;

    /// <inheritdoc/>
    private protected override WeightDecay DecayTransform => base.DecayTransform with { MaxRate = MaxRate };
}
