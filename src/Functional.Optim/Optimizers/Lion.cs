using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Lion (Chen et al., 2023, arXiv:2302.06675): θ' = θ − η·(sign(β₁·m + (1 − β₁)·g) + λ·θ), and then m = β₂·m + (1 −
/// β₂)·g. Defaults are the paper's, without decay (Optax has λ = 0.001); its rates are three to ten times smaller than
/// AdamW's, its decay as much larger.
/// </summary>
/// <remarks>The sign of 0 is 0. No step is longer than η·(1 + λ·|θ|).</remarks>
public sealed record Lion : ElementwiseOptimizer
{
    private Lion()
    {
    }

    private const double DefaultBeta1 = 0.9, DefaultBeta2 = 0.99;

    /// <summary>β₁(t), how much of the mean of the gradients is in the sign; in [0, 1).</summary>
    public Schedule Beta1 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); } = DefaultBeta1;

    /// <summary>β₂, how much of the mean of the gradients is kept; in [0, 1).</summary>
    public double Beta2 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <inheritdoc/>
    protected internal override bool DecouplesDecay => true;

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> ScalingSlots => Slots;

    internal static ImmutableArray<string> Slots { get; } = ["m"];

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.WithScaling(
        "lion", "the sign of the momentum", () => Of(1),
        at => Of(
            at.LearningRate(),
            at.Schedule("beta1", "β₁, how much of the mean of the gradients is in the sign", of => of.Beta1),
            at.Real("beta2", "β₂, how much of the mean of the gradients is kept", of => of.Beta2), at.WeightDecay(),
            at.Decay(), at.Maximize(), at.DecayForm()),
        "Chen et al., 2023", "Optax lion", "Optax's λ is 0.001");

    /// <summary>The optimizer.</summary>
    /// <inheritdoc cref="Adam.Of" path="/*[not(@name='weightDecay')]"/>
    /// <param name="weightDecay">λ or λ(t), decoupled; finite and not negative; 0 when <see langword="null"/>.</param>
    /// <param name="decayForm">How the decay goes by the rate and the update.</param>
    public static Lion Of(
        Schedule learningRate, Schedule? beta1 = null, double beta2 = DefaultBeta2, Schedule? weightDecay = null,
        Func<Leaf, bool>? decay = null, bool maximize = false, DecayForm decayForm = DecayForm.Scaled) =>
        Setting.Make(() => new Lion
    {
        LearningRate = learningRate, Beta1 = beta1 ?? DefaultBeta1, Beta2 = beta2,
        WeightDecay = weightDecay ?? 0, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
        DecayForm = decayForm,
    });

    /// <summary>The scaling of Lion, for compositions: u' = sign(β₁·m + (1 − β₁)·u).</summary>
    /// <inheritdoc cref="Of"/>
    public static Optimizer Scaling(Schedule? beta1 = null, double beta2 = DefaultBeta2) =>
        Of(1, beta1, beta2).ToScaling();

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new LionState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => LionState<T>.From(base.Init(parameters));

    /// <inheritdoc/>
    protected internal override void AddScaling<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(
            first, new LionRule<T>(Beta1.SettingAt(pass.Step, Bounds.HalfOpenUnitInterval, nameof(Beta1)), Beta2));
}

/// <summary>The state of Lion: the number of finished updates and the momentum.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct LionState<T> : IOptimizerState<T, LionState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    /// <summary>A state made directly.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="m">m, the running mean of the gradients.</param>
    public LionState(long step, ParameterTree<T> m)
        : this(new(step, Lion.Slots, [m]))
    {
    }

    private LionState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>m, the running mean of the gradients.</summary>
    public ParameterTree<T> M { get => state[0]; init => state = state.With(0, value); }

    /// <inheritdoc/>
    public static LionState<T> From(OptimizerState<T> state) => new(state.Part(Lion.Slots.AsSpan()));

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
