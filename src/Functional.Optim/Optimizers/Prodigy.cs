using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Prodigy (Mishchenko and Defazio, 2024, arXiv:2306.06101): Adam that finds its learning rate. With a = d·η(t), times
/// √(1 − β₂ᵗ) / (1 − β₁ᵗ) where the bias is corrected: r = β₃·r + (d/d₀)·a·⟨g, θ₀ − θ⟩, s = β₃·s + (d/d₀)·a·g, m = β₁·m
/// + (1 − β₁)·d·g, v = β₂·v + (1 − β₂)·d²·g², d' = max(d, c·r / ‖s‖₁), θ' = θ − a·(m / (√v + d'·ε) + λ·θ). Defaults are
/// the authors'; d is <c>state.Scalar("d")</c>.
/// </summary>
/// <remarks>
/// <para>d estimates how far the start is from a minimum, and every step is multiplied by it.</para>
/// <para>It keeps four numbers for each parameter, all in full: s, θ₀, m, v.</para>
/// <para>The authors' <c>slice_p</c>, which takes the sums from every p-th parameter, is not there. Where every gradient
/// so far was 0, the authors' code skips the update and its decay; here the parameters decay. Optax always corrects the
/// bias, and does not limit the growth of d.</para>
/// <para>In float32 with d₀ = 1e-6 the first steps are smaller than the rounding of θ, so two implementations part
/// ways. From d₀ = 1e-3 on they do not.</para>
/// </remarks>
public sealed record Prodigy : RateFreeOptimizer
{
    private const double UsualBeta1 = 0.9, UsualBeta2 = 0.999, UsualEpsilon = 1e-8;
    private const int Before = 4, Largest = 5, EstimateOfD = 6, Denominator = 7;

    private Prodigy()
    {
    }

    /// <summary>β₁, in [0, 1).</summary>
    public double Beta1 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>β₂, in [0, 1).</summary>
    public double Beta2 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>β₃, in [0, 1); √β₂ where it is <see langword="null"/>.</summary>
    public double? Beta3
    {
        get;
        init => field = value is { } given ? Setting.Check(given, Bounds.HalfOpenUnitInterval) : null;
    }

    /// <summary>ε; finite and not negative.</summary>
    public double Epsilon { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>c, what the estimate of d is multiplied by; finite and positive.</summary>
    public double Coefficient { get; init => field = Setting.Check(value, Bounds.Positive); }

    /// <summary>The most by which d grows in one update; 1 or more.</summary>
    public double GrowthRate { get; init => field = Setting.Check(value, Bounds.OneOrMore); }

    /// <summary>Whether a is multiplied by √(1 − β₂ᵗ) / (1 − β₁ᵗ).</summary>
    public bool BiasCorrection { get; init; }

    /// <summary>Whether s takes d in place of a, so that a warm-up does not make d too large.</summary>
    public bool SafeguardWarmup { get; init; }

    /// <summary>Whether the decay is decoupled, or else λ·θ is added to the gradient.</summary>
    public bool DecoupledDecay { get; init; }

    /// <inheritdoc/>
    protected internal override bool DecouplesDecay => DecoupledDecay;

    internal static ImmutableArray<string> Slots { get; } = ["s", "start", "m", "v"];

    internal override ImmutableArray<string> SlotNames => Slots;

    internal override int StartSlot => 1;

    internal override ImmutableArray<string> ScalarNames => OwnScalars;

    private static ImmutableArray<string> OwnScalars { get; } =
        [.. Scalars, "d before", "largest d", "estimate", "denominator"];

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.Of(
        "prodigy", "Adam that finds its learning rate; the rate given multiplies what it finds, and is mostly 1",
        () => Of(),
        at => Of(
            at.LearningRate(required: false),
            at.Real("beta1", "β₁, how much of the mean of the gradients is kept", of => of.Beta1),
            at.Real("beta2", "β₂, how much of the slower mean is kept", of => of.Beta2),
            at.RealOrNone(
                "beta3", "β₃, how much of the sums that estimate d is kept; √β₂ where not given", of => of.Beta3,
                Bounds.HalfOpenUnitInterval.Allowed),
            at.Real("epsilon", "ε, times d added to the divisor", of => of.Epsilon),
            at.Real("d0", "d₀, the first estimate of the distance to a minimum", of => of.D0),
            at.Real("coefficient", "c, what the estimate is multiplied by", of => of.Coefficient),
            at.Real("growthRate", "the most by which d grows in one update", of => of.GrowthRate),
            at.Flag("biasCorrection", "whether the rate has Adam's bias correction", of => of.BiasCorrection),
            at.Flag("safeguardWarmup", "whether a warm-up is kept out of the estimate", of => of.SafeguardWarmup),
            at.WeightDecay(), at.Decay(), at.DecoupledDecay(of => of.DecoupledDecay), at.Maximize()),
        "Mishchenko and Defazio, 2024", "Optax contrib.prodigy",
        "Optax corrects the bias and limits no growth; no `slice_p`");

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t), which multiplies d; 1 when <see langword="null"/>.</param>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="beta3">β₃, in [0, 1); √β₂ when <see langword="null"/>.</param>
    /// <param name="epsilon">ε; finite and not negative.</param>
    /// <param name="d0">d₀; finite and positive.</param>
    /// <param name="coefficient">c (<c>d_coef</c>); finite and positive.</param>
    /// <param name="growthRate">The most by which d grows in one update; 1 or more.</param>
    /// <param name="biasCorrection">Whether the rate has Adam's bias correction.</param>
    /// <param name="safeguardWarmup">Whether a warm-up is kept out of the estimate of d.</param>
    /// <param name="weightDecay">λ or λ(t); finite and not negative; 0 when <see langword="null"/>.</param>
    /// <param name="decay">Which leaves decay; all when <see langword="null"/>.</param>
    /// <param name="decoupledDecay">Whether the decay is decoupled, or else added to the gradient.</param>
    /// <param name="maximize">Whether to maximize.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Prodigy Of(
        Schedule? learningRate = null, double beta1 = UsualBeta1, double beta2 = UsualBeta2, double? beta3 = null,
        double epsilon = UsualEpsilon, double d0 = UsualD0, double coefficient = 1,
        double growthRate = double.PositiveInfinity, bool biasCorrection = false, bool safeguardWarmup = false,
        Schedule? weightDecay = null, Func<Leaf, bool>? decay = null, bool decoupledDecay = true,
        bool maximize = false) => Setting.Make(() => new Prodigy
    {
        LearningRate = learningRate ?? 1, Beta1 = beta1, Beta2 = beta2, Beta3 = beta3, Epsilon = epsilon, D0 = d0,
        Coefficient = coefficient, GrowthRate = growthRate, BiasCorrection = biasCorrection,
        SafeguardWarmup = safeguardWarmup, WeightDecay = weightDecay ?? 0, DecayFilter = LeafFilter.Of(decay),
        DecoupledDecay = decoupledDecay, Maximize = maximize,
    });

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout, and the start that d is the distance from.</param>
    public new ProdigyState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => ProdigyState<T>.From(base.Init(parameters));

    internal override void InitScalars(Span<double> scalars) => scalars[Largest] = D0;

    internal override void Estimate<T>(
        in UpdateStatistics<T> update, double rate, double decay, ReadOnlySpan<double> multipliers)
    {
        Span<double> scalars = update.Scalars;
        double d = scalars[D];
        scalars[Before] = d;
        scalars[UpdateRate] = d * rate * Correction(scalars[Updates]);
        (double products, double size) =
            Sums(update, decay, multipliers, new ProdigyTerms<T>(SumOf<T>(scalars)));
        double numerator = (KeptOfSums * scalars[Numerator]) + (d / D0 * scalars[UpdateRate] * products);
        (scalars[Numerator], scalars[Denominator]) = (numerator, size);
        if (size == 0 || rate == 0) return;
        double estimate = Coefficient * numerator / size;
        if (d == D0) d = Math.Max(d, estimate);
        scalars[EstimateOfD] = estimate;
        scalars[Largest] = Math.Max(scalars[Largest], estimate);
        scalars[D] = Math.Min(scalars[Largest], d * GrowthRate);
    }

    internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass, double decay)
    {
        ReadOnlySpan<double> scalars = pass.Scalars;
        pass.Add(first, new ProdigyRule<T>(
            Penalty<T>(decay), SumOf<T>(scalars), Beta1, Beta2, scalars[Before], scalars[D] * Epsilon,
            scalars[UpdateRate] * pass.Factor, DecoupledDecay ? decay : 0));
    }

    private double KeptOfSums => Beta3 ?? Math.Sqrt(Beta2);

    private double Correction(double updates) =>
        BiasCorrection ? Kernels.BiasCorrection.OfRate(Beta1, Beta2, (long)updates) : 1;

    private ProdigySum<T> SumOf<T>(ReadOnlySpan<double> scalars)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new(KeptOfSums, scalars[Before] / D0 * (SafeguardWarmup ? scalars[Before] : scalars[UpdateRate]));
}

/// <summary>The state of Prodigy: the number of finished updates, d, and four numbers for each parameter.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct ProdigyState<T> : IOptimizerState<T, ProdigyState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    private ProdigyState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>d, what the learning rate is multiplied by.</summary>
    public double D => state.Scalar("d");

    /// <summary>s, the weighted sum of the gradients.</summary>
    public ParameterTree<T> S => state[0];

    /// <summary>θ₀, the parameters at the start.</summary>
    public ParameterTree<T> Start => state[1];

    /// <summary>m, the running mean of d·g.</summary>
    public ParameterTree<T> M => state[2];

    /// <summary>v, the running mean of (d·g)².</summary>
    public ParameterTree<T> V => state[3];

    /// <inheritdoc/>
    public static ProdigyState<T> From(OptimizerState<T> state) => new(state.Part(Prodigy.Slots.AsSpan()));

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
