using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// NovoGrad (Ginsburg et al., 2019, arXiv:1905.11286), momentum of gradients that each leaf divides by the root of one
/// number: V = β₂·V + (1 − β₂)·‖g‖², with V = ‖g‖² at its first gradient that is not 0; m = β₁·m + (g / (√V + ε) +
/// λ·θ); θ' = θ − η·m. Defaults and semantics are those of NVIDIA's code and timm's. It keeps a number for each
/// parameter, and one for each leaf, two with AMSGrad.
/// </summary>
/// <remarks>
/// The decay is inside the momentum, and with <c>gradientAveraging</c> both are multiplied by 1 − β₁ before it. Without
/// ε an update does not change with the scale of the gradient. Others count the first gradient twice and add Adam's
/// bias correction, which makes the first step longer. A NaN in the gradient makes its leaf NaN, and no other. An
/// infinity makes its element NaN and V infinite, so that no gradient moves its leaf any more. Both stay in V and in the
/// momentum, so put <see cref="ApplyIfFinite"/> around.
/// </remarks>
public sealed record NovoGrad : ScalingOptimizer
{
    private NovoGrad()
    {
    }

    /// <summary>β₁, in [0, 1).</summary>
    public double Beta1 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>β₂, in [0, 1).</summary>
    public double Beta2 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>ε; finite and not negative.</summary>
    public double Epsilon { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>Whether the momentum takes 1 − β₁ of each update, and not all of it.</summary>
    public bool GradientAveraging { get; init; }

    /// <summary>Whether to divide by the root of the largest V so far.</summary>
    public bool AmsGrad { get; init; }

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingTransforms =>
        [new NovoGradScaling(Beta2, Epsilon, AmsGrad)];

    /// <inheritdoc/>
    protected internal override bool DecouplesDecay => true;

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> TransformsAfterDecay =>
        [.. GradientAveraging ? (Transform[])[Scale.By(1 - Beta1)] : [], Functional.Optim.Momentum.Of(Beta1)];

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.Of(
        "novoGrad",
        "momentum of gradients over the root of the mean of their squared norms, one number for each leaf",
        () => Of(1),
        at => Of(
            at.LearningRate(), at.Real("beta1", "β₁, how much of the momentum is kept", of => of.Beta1),
            at.Real("beta2", "β₂, how much of the mean of the squared norms is kept", of => of.Beta2),
            at.Real("epsilon", "ε, added to the divisor", of => of.Epsilon), at.WeightDecay(), at.Decay(),
            at.Flag(
                "gradientAveraging", "whether the momentum takes 1 − β₁ of each update", of => of.GradientAveraging),
            at.Flag("amsGrad", "whether to divide by the root of the largest mean so far", of => of.AmsGrad),
            at.Maximize()),
        "Ginsburg et al., 2019", "Optax novograd, timm NvNovoGrad",
        "one more number for each leaf; Optax has β₁ = 0.9, β₂ = 0.25, ε = 1e-6");

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t).</param>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε; finite and not negative.</param>
    /// <param name="weightDecay">λ, after the division and inside the momentum; finite and not negative.</param>
    /// <param name="decay">Which leaves decay; all when <see langword="null"/>.</param>
    /// <param name="gradientAveraging">Whether the momentum takes 1 − β₁ of each update.</param>
    /// <param name="amsGrad">Whether to divide by the root of the largest V so far.</param>
    /// <param name="maximize">Whether to maximize.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static NovoGrad Of(
        Schedule learningRate, double beta1 = 0.95, double beta2 = 0.98, double epsilon = 1e-8,
        Schedule? weightDecay = null, Func<Leaf, bool>? decay = null, bool gradientAveraging = false,
        bool amsGrad = false, bool maximize = false) => Setting.Make(() => new NovoGrad
    {
        LearningRate = learningRate, Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon,
        GradientAveraging = gradientAveraging, AmsGrad = amsGrad,
        WeightDecay = weightDecay ?? 0, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
    });

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new NovoGradState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => NovoGradState<T>.From(base.Init(parameters));
}

/// <summary>
/// The state of NovoGrad: the number of finished updates, a second moment for each leaf and the momentum.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct NovoGradState<T> : IOptimizerState<T, NovoGradState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly ImmutableArray<string> Slots =
        [.. NovoGradScaling.Slots, .. Functional.Optim.Momentum.Slots];

    private static readonly ImmutableArray<string> AmsGradSlots =
        [.. NovoGradScaling.AmsGradSlots, .. Functional.Optim.Momentum.Slots];

    private readonly OptimizerState<T> state;

    /// <summary>A state made directly.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="v">V, the running mean of the squared norms of the gradients: a scalar for each leaf.</param>
    /// <param name="momentum">m.</param>
    /// <param name="maximumV">The largest V so far; <c>default</c> unless the optimizer keeps it.</param>
    public NovoGradState(
        long step, ParameterTree<T> v, ParameterTree<T> momentum, ParameterTree<T> maximumV = default)
        : this(
            maximumV.IsDefault ? new(step, Slots, [v, momentum]) : new(step, AmsGradSlots, [v, maximumV, momentum]))
    {
    }

    private NovoGradState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>V, the running mean of the squared norms of the gradients: a scalar for each leaf.</summary>
    public ParameterTree<T> V { get => state[0]; init => state = state.With(0, value); }

    /// <summary>m.</summary>
    public ParameterTree<T> Momentum
    {
        get => state[state.SlotCount - 1];
        init => state = state.With(state.SlotCount - 1, value);
    }

    /// <summary>The largest V so far; <c>default</c> unless the optimizer keeps it.</summary>
    public ParameterTree<T> MaximumV => state.SlotCount > 2 ? state[1] : default;

    /// <inheritdoc/>
    public static NovoGradState<T> From(OptimizerState<T> state)
    {
        bool amsGrad = state.SlotNames.IsEmpty ? state.SlotCount == 3 : state.Has(NovoGradScaling.AmsGradSlots[^1]);
        return new(state.Part((amsGrad ? AmsGradSlots : Slots).AsSpan()));
    }

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
