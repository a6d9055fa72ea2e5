using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// D-Adaptation of Adam (Defazio and Mishchenko, 2023, arXiv:2301.07733). With a = d·η(t), times √(1 − β₂ᵗ) / (1 − β₁ᵗ)
/// where the bias is corrected: r = √β₂·r + (1 − √β₂)·a·⟨g, s / (√v + ε)⟩, s = √β₂·s + (1 − √β₂)·a·g, v = β₂·v + (1 −
/// β₂)·g², m = β₁·m + (1 − β₁)·a·g, d' = max(d, r / ((1 − √β₂)·‖s‖₁)), θ' = θ − m / (√v + ε) − a·λ·θ. Defaults are the
/// authors'; d is <c>state.Scalar("d")</c>.
/// </summary>
/// <remarks>
/// Three numbers for each parameter, all in full: s, v, m. The rate is inside the momentum, so old gradients keep their
/// old rate. kozistr's code multiplies by ‖s‖₁ where it has to divide, so that its d stays d₀. <see cref="Prodigy"/>
/// estimates d faster.
/// </remarks>
public sealed record DAdaptAdam : RateFreeOptimizer
{
    private const double UsualBeta1 = 0.9, UsualBeta2 = 0.999, UsualEpsilon = 1e-8;

    private DAdaptAdam()
    {
    }

    /// <summary>β₁, in [0, 1).</summary>
    public double Beta1 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>β₂, in [0, 1).</summary>
    public double Beta2 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>ε; finite and not negative.</summary>
    public double Epsilon { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>The most by which d grows in one update; 1 or more.</summary>
    public double GrowthRate { get; init => field = Setting.Check(value, Bounds.OneOrMore); }

    /// <summary>Whether a is multiplied by √(1 − β₂ᵗ) / (1 − β₁ᵗ).</summary>
    public bool BiasCorrection { get; init; }

    /// <summary>Whether the decay is decoupled, or else λ·θ is added to the gradient.</summary>
    public bool DecoupledDecay { get; init; }

    /// <inheritdoc/>
    protected internal override bool DecouplesDecay => DecoupledDecay;

    internal static ImmutableArray<string> Slots { get; } = ["s", "v", "m"];

    internal override ImmutableArray<string> SlotNames => Slots;

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.Of(
        "dAdaptAdam", "Adam that finds its learning rate, by the distance it has gone", () => Of(),
        at => Of(
            at.LearningRate(required: false),
            at.Real("beta1", "β₁, how much of the mean of the gradients is kept", of => of.Beta1),
            at.Real("beta2", "β₂, how much of the slower mean is kept", of => of.Beta2),
            at.Real("epsilon", "ε, added to the divisor", of => of.Epsilon),
            at.Real("d0", "d₀, the first estimate of the distance to a minimum", of => of.D0),
            at.Real("growthRate", "the most by which d grows in one update", of => of.GrowthRate),
            at.Flag("biasCorrection", "whether the rate has Adam's bias correction", of => of.BiasCorrection),
            at.WeightDecay(), at.Decay(), at.DecoupledDecay(of => of.DecoupledDecay), at.Maximize()),
        "Defazio and Mishchenko, 2023", "dadaptation DAdaptAdam");

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t), which multiplies d; 1 when <see langword="null"/>.</param>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε; finite and not negative.</param>
    /// <param name="d0">d₀; finite and positive.</param>
    /// <param name="growthRate">The most by which d grows in one update; 1 or more.</param>
    /// <param name="biasCorrection">Whether the rate has Adam's bias correction.</param>
    /// <param name="weightDecay">λ or λ(t); finite and not negative; 0 when <see langword="null"/>.</param>
    /// <param name="decay">Which leaves decay; all when <see langword="null"/>.</param>
    /// <param name="decoupledDecay">Whether the decay is decoupled, or else added to the gradient.</param>
    /// <param name="maximize">Whether to maximize.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static DAdaptAdam Of(
        Schedule? learningRate = null, double beta1 = UsualBeta1, double beta2 = UsualBeta2,
        double epsilon = UsualEpsilon, double d0 = UsualD0, double growthRate = double.PositiveInfinity,
        bool biasCorrection = false, Schedule? weightDecay = null, Func<Leaf, bool>? decay = null,
        bool decoupledDecay = false, bool maximize = false) => Setting.Make(() => new DAdaptAdam
    {
        LearningRate = learningRate ?? 1, Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon, D0 = d0,
        GrowthRate = growthRate, BiasCorrection = biasCorrection,
        WeightDecay = weightDecay ?? 0, DecayFilter = LeafFilter.Of(decay), DecoupledDecay = decoupledDecay,
        Maximize = maximize,
    });

    internal override void Estimate<T>(
        in UpdateStatistics<T> update, double rate, double decay, ReadOnlySpan<double> multipliers)
    {
        Span<double> scalars = update.Scalars;
        double a = scalars[D] * rate * Correction(scalars[Updates]), kept = Math.Sqrt(Beta2);
        scalars[UpdateRate] = a;
        (double products, double size) =
            Sums(update, decay, multipliers, new DAdaptAdamTerms<T>(Beta2, a, Epsilon));
        scalars[Numerator] = (kept * scalars[Numerator]) + ((1 - kept) * a * products);
        if (size == 0 || rate == 0) return;
        scalars[D] = Risen(scalars[D], scalars[Numerator] / ((1 - kept) * size), GrowthRate);
    }

    internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass, double decay)
    {
        double a = pass.Scalars[UpdateRate];
        DAdaptAdamRule<T> rule = new(Penalty<T>(decay), Beta1, Beta2, a, Epsilon, DecoupledDecay ? decay * a : 0);
        pass.Add(first, new Then<T, DAdaptAdamRule<T>, ScaleRule<T>>(rule, new(T.CreateTruncating(pass.Factor))));
    }

    private double Correction(double updates) =>
        BiasCorrection ? Kernels.BiasCorrection.OfRate(Beta1, Beta2, (long)updates) : 1;
}
