using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// MARS (Yuan et al., 2024, arXiv:2411.10438): an optimizer of the corrected gradient c = g + γ·β₁ / (1 − β₁)·(g −
/// g₋₁), limited to the norm 1 leaf by leaf (<see cref="VarianceReduction"/>). It is AdamW of c; or sign(m) with m =
/// β₁·m + (1 − β₁)·c; or that m made orthogonal, times √max(1, rows / columns). The decay is decoupled.
/// </summary>
/// <remarks>
/// Three numbers for each parameter with AdamW, two otherwise. It takes every leaf that it gets. The authors' code
/// gives vectors and scalars to AdamW (η = 0.003, β = (0.9, 0.95), λ = 0.1) unless <c>optimize_1d</c> is set: here by
/// <c>Partition.Of((LeafFilter.Matrices, Mars.Of(3e-3)), (LeafFilter.All, AdamW.Of(3e-3, beta2: 0.95, weightDecay:
/// 0.1)))</c>. The form with the gradient of the batch before at the new parameters (<c>is_approx: False</c>) is not
/// there. timm's code keeps the first gradient (<see cref="KeepsFirst"/>) and has β₁ = 0.9. The gradient before is
/// copied: the authors' code keeps a reference, so that clearing gradients changes its result. A gradient that is not
/// finite throws before anything changes.
/// </remarks>
public sealed record Mars : ScalingOptimizer
{
    private const double UsualEpsilon = 1e-8;

    private Mars()
    {
    }

    /// <summary>What is done with the corrected gradient.</summary>
    public MarsKind Kind { get; init => field = Setting.Check(value); }

    /// <summary>β₁, in [0, 1).</summary>
    public double Beta1 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>β₂ of AdamW, in [0, 1).</summary>
    public double Beta2 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>ε, of AdamW or of the norm before the orthogonalization; finite and not negative.</summary>
    public double Epsilon { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>γ, how much of the difference counts; finite and not negative.</summary>
    public double Gamma { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>Whether the first gradient goes on as it is, as in timm's code.</summary>
    public bool KeepsFirst { get; init; }

    /// <summary>Whether AdamW divides by the largest second moment so far; off for the other kinds.</summary>
    public AmsGrad AmsGrad { get; init => field = Setting.Check(value); }

    /// <inheritdoc/>
    protected internal override bool DecouplesDecay => true;

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingTransforms =>
    [
        VarianceReduction.Of(Gamma, Beta1, KeepsFirst),
        .. Kind switch
        {
            MarsKind.AdamW => Adam.Scaling(Beta1, Beta2, Epsilon, amsGrad: AmsGrad).Transforms,
            MarsKind.Lion => Lion.Scaling(Beta1, Beta1).Transforms,
            _ =>
            [
                Ema.Of(Beta1, biasCorrection: false), Scale.By(1 / (1 - Beta1)),
                Orthogonalize.Of(NewtonSchulzVariant.Jordan, scale: MatrixScale.Original) with { Epsilon = Epsilon },
            ],
        },
    ];

    /// <inheritdoc/>
    private protected override bool TakesDecayForm(DecayForm form) => form == DecayForm.Scaled;

    /// <inheritdoc/>
    protected internal override void CheckTogether() => Setting.Require(
        Kind == MarsKind.AdamW || AmsGrad == AmsGrad.Off, AmsGrad, $"{AmsGrad.Off} with {nameof(Kind)} {Kind}",
        nameof(AmsGrad));

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.Of(
        "mars", "an optimizer of gradients that are corrected by the one before", () => Of(1),
        at => Of(
            at.LearningRate(), at.Choice("kind", "what is done with the corrected gradient", of => of.Kind),
            at.Real("beta1", "β₁, how much of the mean of the gradients is kept", of => of.Beta1),
            at.Real("beta2", "β₂, how much of the slower mean is kept", of => of.Beta2),
            at.Real("epsilon", "ε, added to the divisor", of => of.Epsilon),
            at.Real("gamma", "γ, how much of the difference to the gradient before counts", of => of.Gamma),
            at.Flag("keepsFirst", "whether the first gradient goes on as it is", of => of.KeepsFirst),
            at.Choice("amsGrad", "whether to divide by the largest second moment so far", of => of.AmsGrad),
            at.WeightDecay(), at.Decay(), at.Maximize()),
        "Yuan et al., 2024", "timm Mars",
        "takes every leaf; theirs leaves vectors to AdamW; timm keeps the first gradient (`keepsFirst`)");

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t); 0.003 in the authors' code.</param>
    /// <param name="kind">What is done with the corrected gradient.</param>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε; finite and not negative.</param>
    /// <param name="gamma">γ; finite and not negative.</param>
    /// <param name="keepsFirst">Whether the first gradient goes on as it is.</param>
    /// <param name="amsGrad">Whether AdamW divides by the largest second moment so far; off for the other kinds.</param>
    /// <param name="weightDecay">λ or λ(t), decoupled; finite and not negative; 0 when <see langword="null"/>.</param>
    /// <param name="decay">Which leaves decay; all when <see langword="null"/>.</param>
    /// <param name="maximize">Whether to maximize.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Mars Of(
        Schedule learningRate, MarsKind kind = MarsKind.AdamW, double beta1 = 0.95, double beta2 = 0.99,
        double epsilon = UsualEpsilon, double gamma = 0.025, bool keepsFirst = false, AmsGrad amsGrad = AmsGrad.Off,
        Schedule? weightDecay = null, Func<Leaf, bool>? decay = null, bool maximize = false) =>
        Setting.Make(() => new Mars
    {
        LearningRate = learningRate, Kind = kind, Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon, Gamma = gamma,
        KeepsFirst = keepsFirst, AmsGrad = amsGrad,
        WeightDecay = weightDecay ?? 0, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
    });
}
