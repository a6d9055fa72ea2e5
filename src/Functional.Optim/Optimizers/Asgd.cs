using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Averaged stochastic gradient descent (Polyak and Juditsky, 1992, with the rates of Xu, 2011): u = g + λ₂·θ + λ·θ, θ'
/// = θ − η_t·u with η_t = η(t) / (1 + λ·η(t)·(t − 1))^α, and the average a = a + μ_t·(θ' − a) with μ_t = 1 / max(1, t −
/// 1 − t₀). Defaults and semantics are torch's, whose default rate is 0.01.
/// </summary>
/// <remarks>
/// The average is a part of the state, for evaluation; gradients are taken at θ. A group's learning-rate multiplier
/// multiplies η_t as a whole, its decay multiplier both λ. torch keeps η_t and μ_t in float32 unless the default type
/// is float64; here they are functions of t, in double, and no state.
/// </remarks>
public sealed record Asgd : ElementwiseOptimizer
{
    private const long DefaultAverageAfter = 1_000_000;

    private Asgd()
    {
    }

    /// <summary>λ, the decay of the parameters and of the rate; finite and not negative.</summary>
    public double Lambda { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>α, the power by which the rate falls; finite and not negative.</summary>
    public double Alpha { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>t₀, how many updates pass before the average departs from the parameters; 0 or more.</summary>
    public long AverageAfter { get; init => field = Setting.Check(value, Bounds.AtLeast(0)); }

    /// <inheritdoc/>
    protected internal override ImmutableArray<Transform> Transforms =>
        [.. base.Transforms, new AsgdAveraging(AverageAfter)];

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> ScalingSlots => ParameterAverage.Slots;

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingTransforms =>
        [Functional.Optim.WeightDecay.Coupled(Lambda)];

    /// <inheritdoc/>
    protected internal override Schedule Rate => new AsgdRate(LearningRate, Lambda, Alpha);

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.Of(
        "asgd", "descent with an average of the parameters as state", () => Of(1),
        at => Of(
            at.LearningRate(), at.Real("lambda", "λ, the decay of the parameters and of the rate", of => of.Lambda),
            at.Real("alpha", "α, the power by which the rate falls", of => of.Alpha),
            at.Integer(
                "averageAfter", "t₀, how many updates pass before the average departs from the parameters",
                of => of.AverageAfter),
            at.WeightDecay(), at.Decay(), at.Maximize()),
        "Polyak and Juditsky, 1992; Xu, 2011", "torch ASGD", "torch keeps its rates in float32, as state");

    /// <summary>The optimizer.</summary>
    /// <param name="learningRate">η(t).</param>
    /// <param name="lambda">λ, the decay of the parameters and of the rate; finite and not negative.</param>
    /// <param name="alpha">α, the power by which the rate falls; finite and not negative.</param>
    /// <param name="averageAfter">t₀, how many updates pass before the average departs from the parameters; 0 or
    /// more.</param>
    /// <param name="weightDecay">λ₂, a further L2 penalty; finite and not negative.</param>
    /// <param name="decay">Which leaves the penalty holds for; all when <see langword="null"/>.</param>
    /// <param name="maximize">Whether to maximize.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Asgd Of(
        Schedule learningRate, double lambda = 1e-4, double alpha = 0.75, long averageAfter = DefaultAverageAfter,
        Schedule? weightDecay = null, Func<Leaf, bool>? decay = null,
        bool maximize = false) => Setting.Make(() => new Asgd
    {
        LearningRate = learningRate, Lambda = lambda, Alpha = alpha, AverageAfter = averageAfter,
        WeightDecay = weightDecay ?? 0, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
    });

    /// <summary>
    /// The transform of ASGD that averages the parameters, for compositions: the last transform, after the learning
    /// rate.
    /// </summary>
    /// <param name="averageAfter">t₀, how many updates pass before the average departs from the parameters; 0 or
    /// more.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Optimizer Averaging(long averageAfter = DefaultAverageAfter) =>
        new AsgdAveraging(Of(1, averageAfter: averageAfter).AverageAfter);

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new AsgdState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AsgdState<T>.From(base.Init(parameters));

    /// <inheritdoc/>
    protected internal override void AddScaling<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new DecayRule<T>(T.CreateTruncating(Lambda)));

    /// <inheritdoc/>
    private protected override void Run<T>(in SpanStep<T> spans) => spans.Run(
        new DecayRule<T>(T.CreateTruncating(Lambda)),
        new AveragingRule<T>(AsgdSteps.AverageWeight(AverageAfter, spans.Step)));
}

/// <summary>
/// The state of averaged stochastic gradient descent: the number of finished updates and the averaged parameters.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct AsgdState<T> : IOptimizerState<T, AsgdState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    /// <summary>A state made directly.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="average">a, the parameters themselves before the first update.</param>
    public AsgdState(long step, ParameterTree<T> average)
        : this(new(step, ParameterAverage.Slots, [average]))
    {
    }

    private AsgdState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>a, the parameters themselves before the first update.</summary>
    public ParameterTree<T> Average { get => state[0]; init => state = state.With(0, value); }

    /// <inheritdoc/>
    public static AsgdState<T> From(OptimizerState<T> state) => new(state.Part(ParameterAverage.Slots.AsSpan()));

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
