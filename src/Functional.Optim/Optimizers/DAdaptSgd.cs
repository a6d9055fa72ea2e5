using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// D-Adaptation of SGD (Defazio and Mishchenko, 2023, arXiv:2301.07733). With a = d·η(t) / ‖g₁‖, where g₁ is the first
/// gradient that is not 0, and g' = g + λ·θ: r = r + a·⟨g', s⟩, s = s + a·g', d' = max(d, 2·r / ‖s‖), θ' = μ·θ + (1 −
/// μ)·(θ₀ − s). Defaults are the authors'; d is <c>state.Scalar("d")</c>.
/// </summary>
/// <remarks>
/// Two numbers for each parameter, all in full: s, θ₀. ‖g₁‖ is of g + λ·θ; the authors' code means that too, but loses
/// the decay there, which <see cref="DecayInFirstNorm"/> = <see langword="false"/> does as well.
/// </remarks>
public sealed record DAdaptSgd : RateFreeOptimizer
{
    private const int FirstNorm = 4;

    private DAdaptSgd()
    {
    }

    /// <summary>μ, in [0, 1).</summary>
    public double Momentum { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>The most by which d grows in one update; 1 or more.</summary>
    public double GrowthRate { get; init => field = Setting.Check(value, Bounds.OneOrMore); }

    /// <summary>Whether the norm of the first gradient is that of g + λ·θ, or else that of g.</summary>
    public bool DecayInFirstNorm { get; init; }

    internal override ImmutableArray<string> SlotNames => Slots;

    internal override int StartSlot => 1;

    internal override ImmutableArray<string> ScalarNames => OwnScalars;

    private static ImmutableArray<string> Slots { get; } = ["s", "start"];

    private static ImmutableArray<string> OwnScalars { get; } = [.. Scalars, "first norm"];

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.Of(
        "dAdaptSgd", "gradient descent that finds its learning rate, by the distance it has gone", () => Of(),
        at => Of(
            at.LearningRate(required: false),
            at.Real("momentum", "μ, how much of the parameters before is kept", of => of.Momentum),
            at.Real("d0", "d₀, the first estimate of the distance to a minimum", of => of.D0),
            at.Real("growthRate", "the most by which d grows in one update", of => of.GrowthRate),
            at.Flag(
                "decayInFirstNorm", "whether the norm of the first gradient has the decay in it",
                of => of.DecayInFirstNorm),
            at.WeightDecay(), at.Decay(), at.Maximize()),
        "Defazio and Mishchenko, 2023", "dadaptation DAdaptSGD",
        "theirs leaves the decay out of the norm of the first gradient (`decayInFirstNorm`)");

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t), which multiplies d; 1 when <see langword="null"/>.</param>
    /// <param name="momentum">μ, in [0, 1).</param>
    /// <param name="d0">d₀; finite and positive.</param>
    /// <param name="growthRate">The most by which d grows in one update; 1 or more.</param>
    /// <param name="decayInFirstNorm">Whether the norm of the first gradient has the decay in it.</param>
    /// <param name="weightDecay">λ or λ(t), an L2 penalty; finite and not negative; 0 when
    /// <see langword="null"/>.</param>
    /// <param name="decay">Which leaves decay; all when <see langword="null"/>.</param>
    /// <param name="maximize">Whether to maximize.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static DAdaptSgd Of(
        Schedule? learningRate = null, double momentum = 0, double d0 = UsualD0,
        double growthRate = double.PositiveInfinity, bool decayInFirstNorm = true, Schedule? weightDecay = null,
        Func<Leaf, bool>? decay = null, bool maximize = false) => Setting.Make(() => new DAdaptSgd
    {
        LearningRate = learningRate ?? 1, Momentum = momentum, D0 = d0, GrowthRate = growthRate,
        DecayInFirstNorm = decayInFirstNorm,
        WeightDecay = weightDecay ?? 0, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
    });

    internal override void Estimate<T>(
        in UpdateStatistics<T> update, double rate, double decay, ReadOnlySpan<double> multipliers)
    {
        Span<double> scalars = update.Scalars;
        if (scalars[FirstNorm] == 0)
            scalars[FirstNorm] = NormOf(update, DecayInFirstNorm ? decay : 0, multipliers);
        double a = scalars[FirstNorm] == 0 ? 0 : Limited<T>(scalars[D] * rate / scalars[FirstNorm]);
        using LeafParts parts = update.Parts(2);
        scalars[UpdateRate] = a;
        for (int range = 0; range < update.Count; range++)
        {
            DecayRule<T> penalty = Penalty<T>(decay * multipliers[range]);
            parts[update.Leaf(range), 0] = update.Sums(range, new DAdaptSgdProducts<T>(penalty)).Returned;
            parts[update.Leaf(range), 1] = update.Norm(range, new DAdaptSgdSum<T>(penalty, a));
        }

        (double products, double size) = (update.Sum(parts, 0), update.Norm(parts, 1));
        scalars[Numerator] += a * products;
        if (size == 0 || rate == 0) return;
        scalars[D] = Risen(scalars[D], 2 * scalars[Numerator] / size, GrowthRate);
    }

    internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass, double decay)
    {
        DAdaptSgdRule<T> rule = new(Penalty<T>(decay), pass.Scalars[UpdateRate], Momentum);
        pass.Add(first, new Then<T, DAdaptSgdRule<T>, ScaleRule<T>>(rule, new(T.CreateTruncating(pass.Factor))));
    }

    private double NormOf<T>(in UpdateStatistics<T> update, double decay, ReadOnlySpan<double> multipliers)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using LeafParts parts = update.Parts();
        for (int range = 0; range < update.Count; range++)
        {
            DecayRule<T> penalty = Penalty<T>(decay * multipliers[range]);
            parts[update.Leaf(range)] = update.Norm(range, penalty);
        }

        return update.Norm(parts);
    }
}
