using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Adagrad (Duchi, Hazan and Singer, 2011): u = g + λ·θ, s = s + u², θ' = θ − η_t·u / (√(s + ε_r) + ε), with η_t = η(t)
/// / (1 + (t − 1)·d). Defaults and semantics are torch's. Optax and Keras put their ε under the root (here <c>epsilon:
/// 0, epsilonRoot: 1e-7</c>) and start s at 0.1.
/// </summary>
/// <remarks>
/// With ε = ε_r = 0, a parameter that never had a gradient does not move, where torch divides 0 by 0.
/// </remarks>
public sealed record Adagrad : ElementwiseOptimizer
{
    private Adagrad()
    {
    }

    private const double DefaultEpsilon = 1e-10;

    /// <summary>d, how fast the rate falls: η(t) / (1 + (t − 1)·d); finite and not negative.</summary>
    public double LearningRateDecay { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>What s starts with; finite and not negative.</summary>
    public double InitialAccumulator { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>ε, added to the divisor; finite and not negative.</summary>
    public double Epsilon { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>ε_r, added under the root; finite and not negative.</summary>
    public double EpsilonRoot { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <inheritdoc/>
    protected internal override Schedule Rate =>
        LearningRateDecay == 0 ? LearningRate : new AdagradRate(LearningRate, LearningRateDecay);

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> ScalingSlots => Slots;

    internal static ImmutableArray<string> Slots { get; } = ["sum"];

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.WithScaling(
        "adagrad", "divides by the root of the sum of all squares", () => Of(1),
        at => Of(
            at.LearningRate(),
            at.Real(
                "learningRateDecay", "d, how fast the rate falls: η(t) / (1 + (t − 1)·d)", of => of.LearningRateDecay),
            at.Real("initialAccumulator", "what s starts with", of => of.InitialAccumulator),
            at.Real("epsilon", "ε, added to the divisor", of => of.Epsilon),
            at.Real("epsilonRoot", "ε_r, added under the root", of => of.EpsilonRoot),
            at.WeightDecay(), at.Decay(), at.Maximize()),
        "Duchi, Hazan and Singer, 2011", "torch Adagrad, Optax adagrad",
        "Optax's ε is under the root (`epsilonRoot`), its sum starts at 0.1");

    /// <summary>The optimizer.</summary>
    /// <inheritdoc cref="Adam.Of"/>
    /// <param name="learningRateDecay">d, how fast the rate falls; finite and not negative.</param>
    /// <param name="initialAccumulator">What s starts with; finite and not negative.</param>
    /// <param name="epsilonRoot">ε_r, added under the root; finite and not negative.</param>
    public static Adagrad Of(
        Schedule learningRate, double learningRateDecay = 0, double initialAccumulator = 0,
        double epsilon = DefaultEpsilon, double epsilonRoot = 0, Schedule? weightDecay = null,
        Func<Leaf, bool>? decay = null, bool maximize = false) => Setting.Make(() => new Adagrad
    {
        LearningRate = learningRate, LearningRateDecay = learningRateDecay, InitialAccumulator = initialAccumulator,
        Epsilon = epsilon, EpsilonRoot = epsilonRoot,
        WeightDecay = weightDecay ?? 0, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
    });

    /// <summary>The scaling of Adagrad, for compositions: u' = u / (√(s + ε_r) + ε).</summary>
    /// <inheritdoc cref="Of"/>
    public static Optimizer Scaling(
        double initialAccumulator = 0, double epsilon = DefaultEpsilon, double epsilonRoot = 0) =>
        Of(1, 0, initialAccumulator, epsilon, epsilonRoot).ToScaling();

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new AdagradState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AdagradState<T>.From(base.Init(parameters));

    /// <inheritdoc/>
    protected internal override void InitScalingSlot<T>(int slot, ReadOnlySpan<T> parameters, Span<T> values) =>
        values.Fill(T.CreateTruncating(InitialAccumulator));

    /// <inheritdoc/>
    protected internal override void AddScaling<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new AdagradRule<T>(Epsilon, EpsilonRoot));
}

/// <summary>The state of Adagrad: the number of finished updates and the sum of the squared gradients.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct AdagradState<T> : IOptimizerState<T, AdagradState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    /// <summary>A state made directly.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="sum">s, the initial accumulator included.</param>
    public AdagradState(long step, ParameterTree<T> sum)
        : this(new(step, Adagrad.Slots, [sum]))
    {
    }

    private AdagradState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>s, the initial accumulator included.</summary>
    public ParameterTree<T> Sum { get => state[0]; init => state = state.With(0, value); }

    /// <inheritdoc/>
    public static AdagradState<T> From(OptimizerState<T> state) => new(state.Part(Adagrad.Slots.AsSpan()));

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
