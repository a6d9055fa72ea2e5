using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Yogi (Zaheer et al., 2018): u = g + λ·θ, m = β₁·m + (1 − β₁)·u, v = v − (1 − β₂)·sign(v − u²)·u², θ' = θ − η·m / (√v
/// + ε): v changes by no more than a share of u², so that it forgets slowly. Defaults and semantics are the paper's.
/// Optax and TensorFlow correct both moments for their bias and start them at 1e-6 (here <c>biasCorrection: true,
/// initialAccumulator: 1e-6</c>; m starts at 0).
/// </summary>
public sealed record Yogi : MomentOptimizer
{
    private Yogi()
    {
    }

    private const double DefaultEpsilon = 1e-3;

    /// <summary>What v starts with; finite and not negative.</summary>
    public double InitialAccumulator { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>Whether the moments are divided by 1 − βᵗ.</summary>
    public bool BiasCorrection { get; init; }

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> ScalingSlots => AdamOptimizer.Slots;

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.WithScaling(
        "yogi", "Adam whose mean of the squares forgets slowly", () => Of(1),
        at => Of(
            at.LearningRate(), at.Beta1(), at.Beta2(), at.Epsilon(),
            at.Real("initialAccumulator", "what v starts with", of => of.InitialAccumulator),
            at.Flag("biasCorrection", "whether the moments are divided by 1 − βᵗ", of => of.BiasCorrection),
            at.WeightDecay(), at.Decay(), at.Maximize()),
        "Zaheer et al., 2018", "Optax yogi",
        "Optax corrects the bias and starts at 1e-6 (`biasCorrection`, `initialAccumulator`)");

    /// <summary>The optimizer.</summary>
    /// <inheritdoc cref="Adam.Of"/>
    /// <param name="initialAccumulator">What v starts with; finite and not negative.</param>
    public static Yogi Of(
        Schedule learningRate, Schedule? beta1 = null, double beta2 = UsualBeta2, double epsilon = DefaultEpsilon,
        double initialAccumulator = 0, bool biasCorrection = false, Schedule? weightDecay = null,
        Func<Leaf, bool>? decay = null, bool maximize = false) => Setting.Make(() => new Yogi
    {
        LearningRate = learningRate, Beta1 = beta1 ?? UsualBeta1, Beta2 = beta2, Epsilon = epsilon,
        InitialAccumulator = initialAccumulator, BiasCorrection = biasCorrection,
        WeightDecay = weightDecay ?? 0, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
    });

    /// <summary>The scaling of Yogi, for compositions: u' = m / (√v + ε).</summary>
    /// <inheritdoc cref="Of"/>
    public static Optimizer Scaling(
        Schedule? beta1 = null, double beta2 = UsualBeta2, double epsilon = DefaultEpsilon,
        double initialAccumulator = 0, bool biasCorrection = false) =>
        Of(1, beta1, beta2, epsilon, initialAccumulator, biasCorrection).ToScaling();

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new AdamState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AdamState<T>.From(base.Init(parameters));

    /// <inheritdoc/>
    protected internal override void InitScalingSlot<T>(int slot, ReadOnlySpan<T> parameters, Span<T> values)
    {
        if (slot == 1) values.Fill(T.CreateTruncating(InitialAccumulator));
    }

    /// <inheritdoc/>
    protected internal override void AddScaling<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new YogiRule<T>(Beta1At(pass.Step), Beta2, Epsilon, BiasCorrection, pass.SlotStep));
}
