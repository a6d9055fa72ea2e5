using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// RMSprop (Tieleman and Hinton, 2012): u = g + λ·θ, v = α·v + (1 − α)·u², d = u / (√(v + ε_r) + ε), θ' = θ − η·d;
/// centered (Graves, 2013) it divides by the root of v − a², with a = α·a + (1 − α)·u; with momentum b = μ·b + d, θ' =
/// θ − η·b. Defaults and semantics are torch's. Optax and TensorFlow put their ε under the root (here <c>epsilon: 0,
/// epsilonRoot: 1e-8</c>) and have α = 0.9; TensorFlow multiplies by the rate before the momentum, not after it.
/// </summary>
/// <remarks>
/// v starts at 0 and is not corrected for that, so the first steps are large: 1 / √(1 − α) times the rate.
/// </remarks>
public sealed record RmsProp : ElementwiseOptimizer
{
    private RmsProp()
    {
    }

    private const double DefaultAlpha = 0.99, DefaultEpsilon = 1e-8;

    /// <summary>α, how much of the mean of the squares is kept; in [0, 1).</summary>
    public double Alpha { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>ε, added to the divisor; finite and not negative.</summary>
    public double Epsilon { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>ε_r, added under the root; finite and not negative.</summary>
    public double EpsilonRoot { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>Whether to divide by the deviation from the mean gradient.</summary>
    public bool Centered { get; init; }

    /// <summary>μ(t), how much of the momentum is kept, in [0, 1); the number 0 keeps no momentum.</summary>
    public Schedule Momentum { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); } = 0;

    /// <summary>Whether the mean of the squares is divided by 1 − αᵗ; not where it is centered.</summary>
    internal bool BiasCorrection { get; init; }

    /// <summary>
    /// What ρ_t of RAdam has to exceed before an update is divided; <see langword="null"/> where each is.
    /// </summary>
    internal int? RectifiedAbove { get; init; }

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> ScalingSlots => SlotsWith(Centered, HasMomentum);

    private bool HasMomentum => Momentum is not Constant { Rate: 0 };

    private static readonly ImmutableArray<string> Squares = ["v"], Means = ["v", MeanSlot],
        SquaresAndMomentum = ["v", MomentumSlot], All = ["v", MeanSlot, MomentumSlot];

    internal const string MeanSlot = "mean", MomentumSlot = "momentum";

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.WithScaling(
        "rmsProp", "divides by the root of the mean of the squares", () => Of(1),
        at => Of(
            at.LearningRate(), at.Real("alpha", "α, how much of the mean of the squares is kept", of => of.Alpha),
            at.Real("epsilon", "ε, added to the divisor", of => of.Epsilon),
            at.Real("epsilonRoot", "ε_r, added under the root", of => of.EpsilonRoot),
            at.Flag("centered", "whether to divide by the deviation from the mean gradient", of => of.Centered),
            at.Schedule("momentum", "μ, how much of the momentum is kept", of => of.Momentum),
            at.WeightDecay(), at.Decay(), at.Maximize()),
        "Tieleman and Hinton, 2012; Graves, 2013", "torch RMSprop, Optax rmsprop",
        "Optax's ε is under the root (`epsilonRoot`), its α is 0.9");

    /// <summary>The optimizer.</summary>
    /// <inheritdoc cref="Adam.Of"/>
    /// <param name="alpha">α, how much of the mean of the squares is kept; in [0, 1).</param>
    /// <param name="epsilonRoot">ε_r, added under the root; finite and not negative.</param>
    /// <param name="centered">Whether to divide by the deviation from the mean gradient.</param>
    /// <param name="momentum">μ or μ(t), in [0, 1); 0, none, when <see langword="null"/>.</param>
    public static RmsProp Of(
        Schedule learningRate, double alpha = DefaultAlpha, double epsilon = DefaultEpsilon, double epsilonRoot = 0,
        bool centered = false, Schedule? momentum = null, Schedule? weightDecay = null,
        Func<Leaf, bool>? decay = null, bool maximize = false) => Setting.Make(() => new RmsProp
    {
        LearningRate = learningRate, Alpha = alpha, Epsilon = epsilon, EpsilonRoot = epsilonRoot, Centered = centered,
        Momentum = momentum ?? 0,
        WeightDecay = weightDecay ?? 0, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
    });

    /// <summary>The scaling of RMSprop, for compositions: u' = u / (√(v + ε_r) + ε).</summary>
    /// <inheritdoc cref="Of"/>
    public static Optimizer Scaling(
        double alpha = DefaultAlpha, double epsilon = DefaultEpsilon, double epsilonRoot = 0, bool centered = false) =>
        Of(1, alpha, epsilon, epsilonRoot, centered).ToScaling();

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new RmsPropState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => RmsPropState<T>.From(base.Init(parameters));

    /// <inheritdoc/>
    protected internal override void AddScaling<T, TFirst>(in TFirst first, ref RulePass<T> pass)
    {
        if (Centered)
        {
            AddMomentum(first, new CenteredRmsPropRule<T>(Alpha, Epsilon, EpsilonRoot), ref pass);
        }
        else
        {
            long count = CountFor(pass.SlotStep);
            AddMomentum(
                first, new RmsPropRule<T>(Alpha, Epsilon, EpsilonRoot, count, DividesAt(pass.Step)), ref pass);
        }
    }

    /// <summary>The names of the slots: v, and those that are kept beside it.</summary>
    internal static ImmutableArray<string> SlotsWith(bool centered, bool momentum) => momentum
        ? centered ? All : SquaresAndMomentum
        : centered ? Means : Squares;

    private void AddMomentum<T, TFirst, TSquares>(in TFirst first, in TSquares squares, ref RulePass<T> pass)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TFirst : unmanaged, IUpdateRule<T>
        where TSquares : unmanaged, IUpdateRule<T>
    {
        if (!HasMomentum)
        {
            pass.Add(first, squares);
            return;
        }

        double momentum = Momentum.SettingAt(pass.Step, Bounds.HalfOpenUnitInterval, nameof(Momentum));
        MomentumRule<T> rule = new(T.CreateTruncating(momentum));
        pass.Add(first, new Then<T, TSquares, MomentumRule<T>>(squares, rule));
    }

    /// <summary>By the number of the update for all leaves: so does the rate that goes with it.</summary>
    private bool DividesAt(long step) =>
        RectifiedAbove is not { } threshold || Rectification.Length(Alpha, step) > threshold;

    private long CountFor(long step) => BiasCorrection ? step : 0;
}

/// <summary>
/// The state of RMSprop: the number of finished updates, the second moment and, where they are kept, mean and momentum.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct RmsPropState<T> : IOptimizerState<T, RmsPropState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    /// <summary>A state made directly.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="v">v, the running mean of the squared gradients.</param>
    /// <param name="mean">a, the running mean of the gradients; <c>default</c> unless the optimizer is
    /// centered.</param>
    /// <param name="momentum">b; <c>default</c> unless the optimizer has momentum.</param>
    public RmsPropState(
        long step, ParameterTree<T> v, ParameterTree<T> mean = default, ParameterTree<T> momentum = default)
        : this(new(
            step, RmsProp.SlotsWith(!mean.IsDefault, !momentum.IsDefault),
            [v, .. mean.IsDefault ? [] : (ParameterTree<T>[])[mean],
                .. momentum.IsDefault ? [] : (ParameterTree<T>[])[momentum]]))
    {
    }

    private RmsPropState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>v, the running mean of the squared gradients.</summary>
    public ParameterTree<T> V { get => state[0]; init => state = state.With(0, value); }

    /// <summary>a, the running mean of the gradients; <c>default</c> unless the optimizer is centered.</summary>
    public ParameterTree<T> Mean => state.SlotCount == 3 || state.Has(RmsProp.MeanSlot) ? state[1] : default;

    /// <summary>b; <c>default</c> unless the optimizer has momentum.</summary>
    public ParameterTree<T> Momentum =>
        state.SlotCount == 3 || state.Has(RmsProp.MomentumSlot) ? state[state.SlotCount - 1] : default;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The state has two slots without names, of which the second could be
    /// either.</exception>
    public static RmsPropState<T> From(OptimizerState<T> state)
    {
        if (state.SlotNames.IsEmpty && state.SlotCount == 2)
            throw new ArgumentException(
                "The state has 2 slots without names; the second can be the mean or the momentum.", nameof(state));
        bool both = state.SlotNames.IsEmpty && state.SlotCount == 3;
        bool centered = both || state.Has(RmsProp.MeanSlot), momentum = both || state.Has(RmsProp.MomentumSlot);
        return new(state.Part(RmsProp.SlotsWith(centered, momentum).AsSpan()));
    }

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
