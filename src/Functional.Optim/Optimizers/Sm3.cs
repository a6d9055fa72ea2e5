using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// SM3 (Anil et al., 2019, arXiv:1901.11150), the second variant: Adagrad with one accumulator for each index of each
/// axis. ν = min over the axes of their accumulators + g², or with β above 0 β times the minimum + (1 − β)·g²; u = g /
/// √(ν + ε); the accumulator of an index becomes the largest ν that has it, with β above 0 if that is larger; m = μ·m +
/// (1 − μ)·u; θ' = θ − η·(m + λ·θ), without momentum u instead of m.
/// </summary>
/// <remarks>
/// A matrix of m × n takes m + n numbers, and m·n more with momentum; a vector of n takes n, which is Adagrad. Leaves
/// have up to 4 axes. With sums ν is never below the accumulator of Adagrad. A scalar has an accumulator as vectors
/// have; in pytorch_optimizer it stays 0, so that each step is a sign. Optax takes 1e-8 for ε and a momentum of 0.9. A
/// NaN in the gradient makes its element NaN and reaches the accumulators of its indices, and from there, update by
/// update, every element of its matrix. An infinity makes its element NaN and those accumulators infinite; the others
/// go by their finite ones. The accumulators keep both, so put <see cref="ApplyIfFinite"/> around.
/// </remarks>
public sealed record Sm3 : ScalingOptimizer
{
    private Sm3()
    {
    }

    /// <summary>μ, how much of the momentum is kept, in [0, 1); 0 keeps no momentum.</summary>
    public double Momentum { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>β, how much of the minimum is kept, in [0, 1); 0 for sums, as in the paper.</summary>
    public double Beta { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>ε, added under the root; finite and not negative.</summary>
    public double Epsilon { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <inheritdoc/>
    protected internal override bool DecouplesDecay => true;

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingTransforms =>
        Momentum == 0
            ? [new Sm3Scaling(Beta, Epsilon)]
            : [new Sm3Scaling(Beta, Epsilon), Ema.Of(Momentum, biasCorrection: false)];

    /// <inheritdoc/>
    private protected override bool TakesDecayForm(DecayForm form) => form == DecayForm.Scaled;

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.Of(
        "sm3", "divides by the smallest of the accumulated squares of the rows, the columns, …", () => Of(1),
        at => Of(
            at.LearningRate(), at.Real("momentum", "μ, how much of the momentum is kept", of => of.Momentum),
            at.Real("beta", "β, how much of the accumulated squares is kept; 0 for sums", of => of.Beta),
            at.Real("epsilon", "ε, added under the root", of => of.Epsilon),
            at.WeightDecay(), at.Decay(), at.Maximize()),
        "Anil et al., 2019", "Optax sm3, pytorch_optimizer SM3",
        "m + n numbers for a matrix; Optax has ε = 1e-8 and μ = 0.9");

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t); finite and not negative.</param>
    /// <param name="momentum">μ, how much of the momentum is kept, in [0, 1); 0 keeps no momentum.</param>
    /// <param name="beta">β, how much of the minimum is kept, in [0, 1); 0 for sums, as in the paper.</param>
    /// <param name="epsilon">ε, added under the root; finite and not negative.</param>
    /// <param name="weightDecay">λ, decoupled; finite and not negative.</param>
    /// <param name="decay">Which leaves decay; all when <see langword="null"/>.</param>
    /// <param name="maximize">Whether to maximize.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Sm3 Of(
        Schedule learningRate, double momentum = 0, double beta = 0, double epsilon = 1e-30,
        Schedule? weightDecay = null, Func<Leaf, bool>? decay = null, bool maximize = false) =>
        Setting.Make(() => new Sm3
    {
        LearningRate = learningRate, Momentum = momentum, Beta = beta, Epsilon = epsilon,
        WeightDecay = weightDecay ?? 0, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
    });

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new Sm3State<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Sm3State<T>.From(base.Init(parameters));
}

/// <summary>The state of SM3: the number of finished updates, the accumulators of each axis and the momentum.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct Sm3State<T> : IOptimizerState<T, Sm3State<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly ImmutableArray<string> MomentumSlots = [.. Sm3Scaling.Slots, .. Ema.Slots];

    private readonly OptimizerState<T> state;

    private Sm3State(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>m; <c>default</c> unless the optimizer has momentum.</summary>
    public ParameterTree<T> Momentum => state.SlotCount > Sm3Scaling.MaxRank ? state[Sm3Scaling.MaxRank] : default;

    /// <summary>
    /// The accumulators of an axis, of the leaves that have it: a number for each index. A scalar's is that of axis 0.
    /// </summary>
    /// <param name="axis">The axis, from 0 to 3.</param>
    public ParameterTree<T> Axis(int axis) => state[axis];

    /// <inheritdoc/>
    public static Sm3State<T> From(OptimizerState<T> state)
    {
        bool hasMomentum = state.SlotNames.IsEmpty
            ? state.SlotCount > Sm3Scaling.MaxRank
            : state.Has(Ema.Slots[0]);
        return new(state.Part((hasMomentum ? MomentumSlots : Sm3Scaling.Slots).AsSpan()));
    }

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
