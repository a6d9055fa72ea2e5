using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Resilient backpropagation without backtracking (iRprop⁻: Igel and Hüsken, 2000, after Riedmiller and Braun, 1993):
/// each parameter has a step size, which grows by η⁺ where the gradient keeps its sign and shrinks by η⁻ where the sign
/// flips, within its limits; θ' = θ − η(t)·sign(u)·size, and where the sign flipped θ stays and the next update leaves
/// the size. Defaults and semantics are torch's, where the initial step is called the learning rate. Optax has the same
/// defaults and sizes, and moves one step late: an update passes on the move that the one before it found. The paper of
/// 1993 reverts the last step where the sign flips.
/// </summary>
/// <remarks>
/// Only the rule changes the sizes: a schedule, or the multiplier of a group, multiplies the update and leaves them as
/// they are. For gradients of the whole data; noise flips signs.
/// </remarks>
public sealed record Rprop : ElementwiseOptimizer
{
    private Rprop()
    {
    }

    private const double DefaultInitialStep = 0.01, DefaultEtaMinus = 0.5, DefaultEtaPlus = 1.2,
        DefaultMinimumStep = 1e-6, DefaultMaximumStep = 50;

    /// <summary>The size of the first step; finite and positive.</summary>
    public double InitialStep { get; init => field = Setting.Check(value, Bounds.Positive); }

    /// <summary>η⁻, what a step shrinks by where the sign flips; in (0, 1).</summary>
    public double EtaMinus { get; init => field = Setting.Check(value, Bounds.OpenUnitInterval); }

    /// <summary>η⁺, what a step grows by where the sign stays; finite and more than 1.</summary>
    public double EtaPlus { get; init => field = Setting.Check(value, Growing); }

    /// <summary>The smallest size; finite and not negative.</summary>
    public double MinimumStep { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>The largest size, not below the smallest; finite and not negative.</summary>
    public double MaximumStep { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    private static Bounds Growing { get; } = Bounds.OpenInterval(1, double.PositiveInfinity);

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> ScalingSlots => Slots;

    internal static ImmutableArray<string> Slots { get; } = ["previous gradient", "step size"];

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.WithScaling(
        "rprop", "a step size for each parameter, by the signs of its gradient", () => Of(),
        at => Of(
            at.Real("initialStep", "the size of the first step", of => of.InitialStep),
            at.Real("etaMinus", "η⁻, what a step shrinks by where the sign flips", of => of.EtaMinus),
            at.Real("etaPlus", "η⁺, what a step grows by where the sign stays", of => of.EtaPlus),
            at.Real("minimumStep", "the smallest size", of => of.MinimumStep),
            at.Real("maximumStep", "the largest size, not below the smallest", of => of.MaximumStep),
            at.LearningRate(required: false), at.WeightDecay(), at.Decay(), at.Maximize()),
        "Igel and Hüsken, 2000; Riedmiller and Braun, 1993", "torch Rprop, Optax rprop",
        "theirs call `initialStep` the learning rate; Optax's moves one step late");

    /// <summary>The optimizer.</summary>
    /// <inheritdoc cref="Adam.Of" path="/*[not(@name='learningRate')]"/>
    /// <param name="initialStep">The size of the first step; finite and positive.</param>
    /// <param name="etaMinus">η⁻, what a step shrinks by where the sign flips; in (0, 1).</param>
    /// <param name="etaPlus">η⁺, what a step grows by where the sign stays; finite and more than 1.</param>
    /// <param name="minimumStep">The smallest size; finite and not negative.</param>
    /// <param name="maximumStep">The largest size, not below the smallest; finite and not negative.</param>
    /// <param name="learningRate">η(t), which the sizes are multiplied by; 1 when <see langword="null"/>.</param>
    public static Rprop Of(
        double initialStep = DefaultInitialStep, double etaMinus = DefaultEtaMinus, double etaPlus = DefaultEtaPlus,
        double minimumStep = DefaultMinimumStep, double maximumStep = DefaultMaximumStep,
        Schedule? learningRate = null, Schedule? weightDecay = null, Func<Leaf, bool>? decay = null,
        bool maximize = false) => Setting.Make(() => new Rprop
    {
        InitialStep = initialStep, EtaMinus = etaMinus, EtaPlus = etaPlus, MinimumStep = minimumStep,
        MaximumStep = maximumStep, LearningRate = learningRate ?? 1,
        WeightDecay = weightDecay ?? 0, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
    });

    /// <summary>The scaling of Rprop, for compositions: u' = sign(u)·size.</summary>
    /// <inheritdoc cref="Of"/>
    public static Optimizer Scaling(
        double initialStep = DefaultInitialStep, double etaMinus = DefaultEtaMinus, double etaPlus = DefaultEtaPlus,
        double minimumStep = DefaultMinimumStep, double maximumStep = DefaultMaximumStep) =>
        Of(initialStep, etaMinus, etaPlus, minimumStep, maximumStep).ToScaling();

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new RpropState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => RpropState<T>.From(base.Init(parameters));

    /// <inheritdoc/>
    protected internal override void InitScalingSlot<T>(int slot, ReadOnlySpan<T> parameters, Span<T> values)
    {
        if (slot == 1) values.Fill(T.CreateTruncating(InitialStep));
    }

    /// <inheritdoc/>
    protected internal override void AddScaling<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new RpropRule<T>(EtaMinus, EtaPlus, MinimumStep, MaximumStep));

    /// <inheritdoc/>
    protected internal override void CheckTogether() => Setting.Require(
        MaximumStep >= MinimumStep, MaximumStep,
        string.Create(CultureInfo.InvariantCulture, $"{MinimumStep}, the smallest, or more"), nameof(MaximumStep));
}

/// <summary>The state of Rprop: the number of finished updates, the gradient before and the step sizes.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct RpropState<T> : IOptimizerState<T, RpropState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    /// <summary>A state made directly.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="previousGradient">The gradient of the last update; 0 where its sign had flipped.</param>
    /// <param name="stepSize">The size of the last step of each parameter.</param>
    public RpropState(long step, ParameterTree<T> previousGradient, ParameterTree<T> stepSize)
        : this(new(step, Rprop.Slots, [previousGradient, stepSize]))
    {
    }

    private RpropState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>The gradient of the last update; 0 where its sign had flipped.</summary>
    public ParameterTree<T> PreviousGradient { get => state[0]; init => state = state.With(0, value); }

    /// <summary>The size of the last step of each parameter.</summary>
    public ParameterTree<T> StepSize { get => state[1]; init => state = state.With(1, value); }

    /// <inheritdoc/>
    public static RpropState<T> From(OptimizerState<T> state) => new(state.Part(Rprop.Slots.AsSpan()));

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
