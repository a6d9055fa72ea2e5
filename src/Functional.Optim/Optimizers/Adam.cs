using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Adam (Kingma and Ba, 2015, arXiv:1412.6980): u = g + λ·θ, m = β₁·m + (1 − β₁)·u, v = β₂·v + (1 − β₂)·u², θ' = θ −
/// η·m̂ / (√v̂ + ε), with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ). ε is added outside the root, after the correction
/// (torch; Optax can do both).
/// </summary>
public sealed record Adam : AdamOptimizer
{
    private Adam()
    {
    }

    /// <summary>Whether the moments are divided by 1 − βᵗ.</summary>
    public bool BiasCorrection { get; init; } = true;

    /// <inheritdoc/>
    internal override bool CorrectsBias => BiasCorrection;

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.WithScaling(
        "adam", "divides the mean of the gradients by the root of the mean of their squares", () => Of(1),
        at => Of(
            at.LearningRate(), at.Beta1(), at.Beta2(), at.Epsilon(), at.WeightDecay(), at.Decay(),
            at.Flag("biasCorrection", "whether the moments are divided by 1 − βᵗ", of => of.BiasCorrection),
            at.AmsGrad(), at.Maximize()),
        "Kingma and Ba, 2015", "torch Adam, Optax adam, amsgrad",
        "Optax keeps the largest of corrected moments (`amsGrad`)");

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η or η(t); finite and not negative.</param>
    /// <param name="beta1">β₁ or β₁(t), in [0, 1); 0.9 when <see langword="null"/>.</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε, added to the divisor; finite and not negative.</param>
    /// <param name="weightDecay">λ or λ(t), an L2 penalty unless decoupled; finite and not negative; 0 when
    /// <see langword="null"/>. <see cref="AdamW"/> decouples it.</param>
    /// <param name="decay">Which leaves decay, a <see cref="LeafFilter"/>; all when <see langword="null"/>.</param>
    /// <param name="biasCorrection">Whether the moments are divided by 1 − βᵗ.</param>
    /// <param name="amsGrad">Whether to divide by the largest second moment so far.</param>
    /// <param name="maximize">Whether to maximize: the gradient gets the opposite sign.</param>
    /// <exception cref="SettingsException">A value is out of range; the exception has every error.</exception>
    public static Adam Of(
        Schedule learningRate, Schedule? beta1 = null, double beta2 = UsualBeta2, double epsilon = UsualEpsilon,
        Schedule? weightDecay = null, Func<Leaf, bool>? decay = null, bool biasCorrection = true,
        AmsGrad amsGrad = AmsGrad.Off, bool maximize = false) => Setting.Make(() => new Adam
    {
        LearningRate = learningRate, Beta1 = beta1 ?? UsualBeta1, Beta2 = beta2, Epsilon = epsilon,
        BiasCorrection = biasCorrection, AmsGrad = amsGrad,
        WeightDecay = weightDecay ?? 0, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
    });

    /// <summary>The scaling of Adam, for compositions: u' = m̂ / (√v̂ + ε).</summary>
    /// <inheritdoc cref="Of"/>
    public static Optimizer Scaling(
        Schedule? beta1 = null, double beta2 = UsualBeta2, double epsilon = UsualEpsilon, bool biasCorrection = true,
        AmsGrad amsGrad = AmsGrad.Off) =>
        Of(1, beta1, beta2, epsilon, biasCorrection: biasCorrection, amsGrad: amsGrad).ToScaling();
}

/// <summary>
/// The state of Adam and AdamW: the number of finished updates and the two moments, not bias-corrected.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct AdamState<T> : IOptimizerState<T, AdamState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    /// <summary>A state made directly.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="m">m, the running mean of the gradients.</param>
    /// <param name="v">v, the running mean of their squares.</param>
    /// <param name="maximumV">The largest second moment so far; <c>default</c> unless the optimizer keeps it.</param>
    public AdamState(long step, ParameterTree<T> m, ParameterTree<T> v, ParameterTree<T> maximumV = default)
        : this(
            maximumV.IsDefault
                ? new(step, AdamOptimizer.Slots, [m, v])
                : new(step, AdamOptimizer.AmsGradSlots, [m, v, maximumV]))
    {
    }

    private AdamState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>m, the running mean of the gradients.</summary>
    public ParameterTree<T> M { get => state[0]; init => state = state.With(0, value); }

    /// <summary>v, the running mean of their squares.</summary>
    public ParameterTree<T> V { get => state[1]; init => state = state.With(1, value); }

    /// <summary>
    /// The largest second moment so far; <c>default</c> unless the optimizer keeps it (<see cref="AmsGrad"/>).
    /// </summary>
    public ParameterTree<T> MaximumV => state.SlotCount > 2 ? state[2] : default;

    /// <inheritdoc/>
    public static AdamState<T> From(OptimizerState<T> state)
    {
        bool amsGrad = state.SlotNames.IsEmpty ? state.SlotCount == 3 : state.Has(AdamOptimizer.AmsGradSlots[^1]);
        return new(state.Part((amsGrad ? AdamOptimizer.AmsGradSlots : AdamOptimizer.Slots).AsSpan()));
    }

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
