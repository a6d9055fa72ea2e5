using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Adamax (Kingma and Ba, 2015, arXiv:1412.6980, section 7): u = g + λ·θ, m = β₁·m + (1 − β₁)·u, n = max(β₂·n, |u| +
/// ε), θ' = θ − η·m / ((1 − β₁ᵗ)·n). Defaults and semantics are torch's, whose default rate is 0.002; the paper has no
/// ε.
/// </summary>
public sealed record Adamax : MomentOptimizer
{
    private Adamax()
    {
    }

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> ScalingSlots => Slots;

    internal static ImmutableArray<string> Slots { get; } = ["m", "norm"];

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.WithScaling(
        "adamax", "Adam that divides by the largest gradient of late", () => Of(1),
        at => Of(
            at.LearningRate(), at.Beta1(), at.Beta2(), at.Epsilon(), at.WeightDecay(), at.Decay(), at.Maximize()),
        "Kingma and Ba, 2015", "torch Adamax, Optax adamax");

    /// <summary>The optimizer.</summary>
    /// <inheritdoc cref="Adam.Of"/>
    public static Adamax Of(
        Schedule learningRate, Schedule? beta1 = null, double beta2 = UsualBeta2, double epsilon = UsualEpsilon,
        Schedule? weightDecay = null, Func<Leaf, bool>? decay = null, bool maximize = false) =>
        Setting.Make(() => new Adamax
    {
        LearningRate = learningRate, Beta1 = beta1 ?? UsualBeta1, Beta2 = beta2, Epsilon = epsilon,
        WeightDecay = weightDecay ?? 0, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
    });

    /// <summary>The scaling of Adamax, for compositions: u' = m̂ / n.</summary>
    /// <inheritdoc cref="Of"/>
    public static Optimizer Scaling(
        Schedule? beta1 = null, double beta2 = UsualBeta2, double epsilon = UsualEpsilon) =>
        Of(1, beta1, beta2, epsilon).ToScaling();

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new AdamaxState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AdamaxState<T>.From(base.Init(parameters));

    /// <inheritdoc/>
    protected internal override void AddScaling<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new AdamaxRule<T>(Beta1At(pass.Step), Beta2, Epsilon, pass.SlotStep));
}

/// <summary>The state of Adamax: the number of finished updates, the first moment and the infinity norm.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct AdamaxState<T> : IOptimizerState<T, AdamaxState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    /// <summary>A state made directly.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="m">m, the running mean of the gradients, not bias-corrected.</param>
    /// <param name="norm">n, their decaying maximum.</param>
    public AdamaxState(long step, ParameterTree<T> m, ParameterTree<T> norm)
        : this(new(step, Adamax.Slots, [m, norm]))
    {
    }

    private AdamaxState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>m, the running mean of the gradients, not bias-corrected.</summary>
    public ParameterTree<T> M { get => state[0]; init => state = state.With(0, value); }

    /// <summary>n, their decaying maximum.</summary>
    public ParameterTree<T> Norm { get => state[1]; init => state = state.With(1, value); }

    /// <inheritdoc/>
    public static AdamaxState<T> From(OptimizerState<T> state) => new(state.Part(Adamax.Slots.AsSpan()));

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
