using System.Collections.Immutable;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// D-Adaptation of Lion (Defazio and Mishchenko, 2023, arXiv:2301.07733). With a = d·η(t): u = sign(β₁·m + (1 − β₁)·g),
/// r = √β₂·r + (1 − √β₂)·a·⟨u, s⟩, s = √β₂·s + (1 − √β₂)·a·u, m = β₂·m + (1 − β₂)·a·g, d' = max(d, r / ((1 −
/// √β₂)·‖s‖₁)), θ' = θ − a·(u + λ·θ). Defaults are the authors'; d is <c>state.Scalar("d")</c>.
/// </summary>
/// <remarks>
/// Two numbers for each parameter, all in full: s, m. As in the authors' code m is of gradients times a, while the sign
/// takes the gradient itself: with a small a the sign is that of the gradient.
/// </remarks>
public sealed record DAdaptLion : RateFreeOptimizer
{
    private const double UsualBeta1 = 0.9, UsualBeta2 = 0.99;

    private DAdaptLion()
    {
    }

    /// <summary>β₁, how much of the mean is in the sign; in [0, 1).</summary>
    public double Beta1 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>β₂, how much of the mean is kept; in [0, 1).</summary>
    public double Beta2 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <inheritdoc/>
    protected internal override bool DecouplesDecay => true;

    internal override ImmutableArray<string> SlotNames => Slots;

    private static ImmutableArray<string> Slots { get; } = ["s", "m"];

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.Of(
        "dAdaptLion", "Lion that finds its learning rate, by the distance it has gone", () => Of(),
        at => Of(
            at.LearningRate(required: false),
            at.Real("beta1", "β₁, how much of the mean of the gradients is in the sign", of => of.Beta1),
            at.Real("beta2", "β₂, how much of the mean of the gradients is kept", of => of.Beta2),
            at.Real("d0", "d₀, the first estimate of the distance to a minimum", of => of.D0),
            at.WeightDecay(), at.Decay(), at.Maximize()),
        "Defazio and Mishchenko, 2023", "dadaptation DAdaptLion");

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t), which multiplies d; 1 when <see langword="null"/>.</param>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="d0">d₀; finite and positive.</param>
    /// <param name="weightDecay">λ or λ(t), decoupled; finite and not negative; 0 when <see langword="null"/>.</param>
    /// <param name="decay">Which leaves decay; all when <see langword="null"/>.</param>
    /// <param name="maximize">Whether to maximize.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static DAdaptLion Of(
        Schedule? learningRate = null, double beta1 = UsualBeta1, double beta2 = UsualBeta2, double d0 = UsualD0,
        Schedule? weightDecay = null, Func<Leaf, bool>? decay = null, bool maximize = false) =>
        Setting.Make(() => new DAdaptLion
    {
        LearningRate = learningRate ?? 1, Beta1 = beta1, Beta2 = beta2, D0 = d0,
        WeightDecay = weightDecay ?? 0, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
    });

    internal override void Estimate<T>(
        in UpdateStatistics<T> update, double rate, double decay, ReadOnlySpan<double> multipliers)
    {
        Span<double> scalars = update.Scalars;
        double a = scalars[D] * rate, kept = Math.Sqrt(Beta2);
        scalars[UpdateRate] = a;
        (double products, double size) =
            Sums(update, decay, multipliers, new DAdaptLionTerms<T>(Beta1, Beta2, a));
        scalars[Numerator] = (kept * scalars[Numerator]) + ((1 - kept) * a * products);
        if (size == 0 || rate == 0) return;
        scalars[D] = Risen(scalars[D], scalars[Numerator] / ((1 - kept) * size), double.PositiveInfinity);
    }

    internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass, double decay)
    {
        DAdaptLionRule<T> rule = new(Beta1, Beta2, pass.Scalars[UpdateRate], decay);
        pass.Add(first, new Then<T, DAdaptLionRule<T>, ScaleRule<T>>(rule, new(T.CreateTruncating(pass.Factor))));
    }
}
