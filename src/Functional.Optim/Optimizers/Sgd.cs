using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Stochastic gradient descent (Robbins and Monro, 1951) with momentum (Polyak, 1964; Nesterov's as in Sutskever et
/// al., 2013): u = g + λ·θ, m = μ·m + (1 − τ)·u (m = u at the first update), θ' = θ − η·m, or with Nesterov θ' = θ −
/// η·(u + μ·m). Defaults and semantics are torch's.
/// </summary>
public sealed record Sgd : ElementwiseOptimizer
{
    private Sgd()
    {
    }

    /// <summary>μ(t), how much of the momentum is kept, in [0, 1); the number 0 keeps no momentum.</summary>
    public Schedule Momentum { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); } = 0;

    /// <summary>
    /// τ, the share of each gradient left out of the momentum, in [0, 1]; skipped at the first update.
    /// </summary>
    public double Dampening { get; init => field = Setting.Check(value, Bounds.UnitInterval); }

    /// <summary>Whether the update looks one step ahead, which requires momentum and no dampening.</summary>
    public bool Nesterov { get; init; }

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> ScalingSlots => HasMomentum ? Optim.Momentum.Slots : [];

    private bool HasMomentum => Momentum is not Constant { Rate: 0 };

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.Of(
        "sgd", "follows the gradient down, or its momentum", () => Of(1),
        at => Of(
            at.LearningRate(), at.Schedule("momentum", "μ, how much of the momentum is kept", of => of.Momentum),
            at.Real("dampening", "τ, the share of each gradient left out of the momentum", of => of.Dampening),
            at.Flag(
                "nesterov", "whether the update looks one step ahead, which requires momentum and no dampening",
                of => of.Nesterov),
            at.WeightDecay(), at.Decay(), at.Maximize()),
        "Robbins and Monro, 1951; Polyak, 1964", "torch SGD, Optax sgd", "Optax has no dampening");

    /// <summary>The optimizer.</summary>
    /// <inheritdoc cref="Adam.Of"/>
    /// <param name="momentum">μ or μ(t), in [0, 1); 0, none, when <see langword="null"/>.</param>
    /// <param name="dampening">τ, the share of each gradient left out of the momentum, in [0, 1].</param>
    /// <param name="nesterov">Whether to look one step ahead, which requires momentum and no dampening.</param>
    public static Sgd Of(
        Schedule learningRate, Schedule? momentum = null, double dampening = 0, bool nesterov = false,
        Schedule? weightDecay = null, Func<Leaf, bool>? decay = null, bool maximize = false) =>
        Setting.Make(() => new Sgd
    {
        LearningRate = learningRate, Momentum = momentum ?? 0, Dampening = dampening, Nesterov = nesterov,
        WeightDecay = weightDecay ?? 0, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
    });

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new SgdState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => SgdState<T>.From(base.Init(parameters));

    /// <inheritdoc/>
    protected internal override void CheckTogether() => Optim.Momentum.CheckNesterov(Momentum, Dampening, Nesterov);

    /// <inheritdoc/>
    protected internal override void AddScaling<T, TFirst>(in TFirst first, ref RulePass<T> pass)
    {
        if (HasMomentum) Optim.Momentum.Add(first, ref pass, Momentum, Dampening, Nesterov);
        else pass.Add(first, default(IdentityRule<T>));
    }

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingTransforms =>
        HasMomentum ? [Optim.Momentum.Of(Momentum, Dampening, Nesterov)] : [];
}

/// <summary>The state of stochastic gradient descent: the number of finished updates and the momentum buffer.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct SgdState<T> : IOptimizerState<T, SgdState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    /// <summary>A state made directly.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="momentum">m; <c>default</c> when the momentum is 0, which needs no buffer.</param>
    public SgdState(long step, ParameterTree<T> momentum = default)
        : this(momentum.IsDefault ? new(step) : new OptimizerState<T>(step, Optim.Momentum.Slots, [momentum]))
    {
    }

    private SgdState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>m; <c>default</c> when the momentum is 0, which needs no buffer.</summary>
    public ParameterTree<T> Momentum => state.SlotCount == 0 ? default : state[0];

    /// <inheritdoc/>
    public static SgdState<T> From(OptimizerState<T> state) =>
        new(state.SlotCount == 0 ? state : state.Part(Optim.Momentum.Slots.AsSpan()));

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
