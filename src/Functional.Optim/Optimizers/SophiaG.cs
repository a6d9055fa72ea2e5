using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Sophia-G (Liu et al., 2023, arXiv:2305.14342), momentum over an estimate of the Hessian's diagonal, limited element
/// by element: m = β₁·m + (1 − β₁)·g, θ' = θ − η·(sign(m)·min(|m| / (ρ·B·h + ε), 1) + λ·θ). The estimate is handed in
/// every few steps (<see cref="WithHessian"/>): h = β₂·h + (1 − β₂)·ĝ². Defaults are those of the authors' code.
/// </summary>
/// <remarks>
/// <para>ĝ is the gradient of the mean loss of a batch whose labels are drawn from what the model predicts
/// (Gauss–Newton–Bartlett); the authors make one every 10 steps. B, the size of the batch (tokens, for a language
/// model), multiplies h in the step, so that ρ and B are one number.</para>
/// <para>Before the first estimate h is 0, and a step is that of the sign of m, as of <see cref="Signum"/>. There is no
/// bias correction.</para>
/// </remarks>
public sealed record SophiaG : ElementwiseOptimizer
{
    private const double DefaultBeta1 = 0.965, DefaultBeta2 = 0.99, DefaultRho = 0.04, DefaultEpsilon = 1e-15,
        DefaultWeightDecay = 0.1;

    private const long DefaultBatchSize = 5120;

    private SophiaG()
    {
    }

    /// <summary>β₁, how much of the mean of the gradients is kept; in [0, 1).</summary>
    public double Beta1 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>β₂, how much of the mean of the estimates is kept; in [0, 1).</summary>
    public double Beta2 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>ρ, which decides how many elements are limited; finite and not negative.</summary>
    public double Rho { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>B, the size of the batch that an estimate is made of; 1 or more.</summary>
    public long BatchSize { get; init => field = Setting.Check(value, Bounds.AtLeast(1)); }

    /// <summary>ε, added to the divisor; finite and not negative.</summary>
    public double Epsilon { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <inheritdoc/>
    protected internal override bool DecouplesDecay => true;

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> ScalingSlots => Slots;

    internal static ImmutableArray<string> Slots { get; } = ["m", "h"];

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.WithScaling(
        "sophiaG", "momentum over an estimate of the Hessian's diagonal, which `WithHessian` takes", () => Of(1),
        at => Of(
            at.LearningRate(), at.Real("beta1", "β₁, how much of the mean of the gradients is kept", of => of.Beta1),
            at.Real("beta2", "β₂, how much of the mean of the estimates is kept", of => of.Beta2),
            at.Real("rho", "ρ, by which more or fewer elements are limited", of => of.Rho),
            at.Integer("batchSize", "B, the size of the batch that an estimate is made of", of => of.BatchSize),
            at.Real("epsilon", "ε, added to the divisor", of => of.Epsilon), at.WeightDecay(), at.Decay(),
            at.Maximize(), at.DecayForm()),
        "Liu et al., 2023", "Optax sophia",
        "the sign of the momentum until an estimate is handed in; Optax's is Sophia-H, which makes its own");

    /// <summary>The optimizer.</summary>
    /// <inheritdoc cref="Adam.Of" path="/*[not(@name='beta1' or @name='beta2' or @name='weightDecay')]"/>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, of the estimates, in [0, 1).</param>
    /// <param name="rho">ρ, by which more or fewer elements are limited; finite and not negative.</param>
    /// <param name="batchSize">B, the size of the batch that an estimate is made of; 1 or more.</param>
    /// <param name="weightDecay">λ or λ(t), decoupled; finite and not negative; 0.1 when
    /// <see langword="null"/>.</param>
    /// <param name="decayForm">How the decay goes by the rate and the update.</param>
    public static SophiaG Of(
        Schedule learningRate, double beta1 = DefaultBeta1, double beta2 = DefaultBeta2, double rho = DefaultRho,
        long batchSize = DefaultBatchSize, double epsilon = DefaultEpsilon, Schedule? weightDecay = null,
        Func<Leaf, bool>? decay = null, bool maximize = false, DecayForm decayForm = DecayForm.Scaled) =>
        Setting.Make(() => new SophiaG
    {
        LearningRate = learningRate, Beta1 = beta1, Beta2 = beta2, Rho = rho, BatchSize = batchSize, Epsilon = epsilon,
        WeightDecay = weightDecay ?? DefaultWeightDecay, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
        DecayForm = decayForm,
    });

    /// <summary>The scaling of Sophia-G, for compositions; give their state to <see cref="WithHessian"/>.</summary>
    /// <inheritdoc cref="Of"/>
    public static Optimizer Scaling(
        double beta1 = DefaultBeta1, double beta2 = DefaultBeta2, double rho = DefaultRho,
        long batchSize = DefaultBatchSize, double epsilon = DefaultEpsilon) =>
        Of(1, beta1, beta2, rho, batchSize, epsilon).ToScaling();

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new SophiaGState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => SophiaGState<T>.From(base.Init(parameters));

    /// <summary>
    /// The state with an estimate of the Hessian for the steps after: h' = β₂·h + (1 − β₂)·ĝ². The state given stays as
    /// it is.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TState">The state that <c>Init</c> returned.</typeparam>
    /// <param name="state">A state of this optimizer, or of a composition with it.</param>
    /// <param name="estimate">ĝ, of the leaves that have an h, and of frozen ones, which are left out.</param>
    /// <exception cref="ArgumentException">
    /// The estimate has other leaves or shapes, or a number that is not finite, or the state has no h.
    /// </exception>
    public TState WithHessian<T, TState>(TState state, ParameterTree<T> estimate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TState : struct, IOptimizerState<T, TState>
    {
        OptimizerState<T> whole = state.ToState();
        int slot = whole.IndexOf(Slots.AsSpan()) + 1;
        ParameterTree<T> before = whole[slot];
        foreach (Leaf leaf in estimate.Layout.Leaves)
        {
            if (before.Layout.Find(leaf.Name) is null && !LeafPlanOf(leaf).Settings.Frozen)
                throw Refused($"has the leaf {leaf}, of which the state has no h");
        }

        RunningMean<T> squares = new(Beta2);
        TreeBuffer<T> after = before.Layout.Rent<T>();
        foreach (Leaf leaf in before.Layout.Leaves)
        {
            Leaf own = estimate.Layout.Find(leaf.Name) ?? throw Refused($"lacks the leaf {leaf}");
            if (!own.Shape.AsSpan().SequenceEqual(leaf.Shape.AsSpan()))
                throw Refused($"has the leaf {own}; allowed is {leaf}");
            ReadOnlySpan<T> g = estimate.AsSpan(own), h = before.AsSpan(leaf);
            Span<T> next = after.AsSpan(leaf);
            for (int index = 0; index < g.Length; index++)
            {
                if (!T.IsFinite(g[index])) throw Refused($"is {g[index]} in {leaf}; allowed is a finite number");
                next[index] = squares.NextOfSquare<ScalarLane<T>>(new(h[index]), new(g[index])).Value;
            }
        }

        return TState.From(whole.Replaced(slot, after.ToTree()));

        static ArgumentException Refused(string what) => new($"The estimate of the Hessian {what}.", nameof(estimate));
    }

    /// <inheritdoc/>
    protected internal override void AddScaling<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new SophiaGRule<T>(Beta1, Rho * BatchSize, Epsilon));
}

/// <summary>
/// The state of Sophia-G: the number of finished updates, the momentum and the estimate of the Hessian's diagonal.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct SophiaGState<T> : IOptimizerState<T, SophiaGState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    /// <summary>A state made directly.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="m">m, the running mean of the gradients.</param>
    /// <param name="h">h, the running mean of the estimates of the Hessian's diagonal.</param>
    public SophiaGState(long step, ParameterTree<T> m, ParameterTree<T> h)
        : this(new(step, SophiaG.Slots, [m, h]))
    {
    }

    private SophiaGState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>m, the running mean of the gradients.</summary>
    public ParameterTree<T> M { get => state[0]; init => state = state.With(0, value); }

    /// <summary>h, the running mean of the estimates of the Hessian's diagonal.</summary>
    public ParameterTree<T> H { get => state[1]; init => state = state.With(1, value); }

    /// <inheritdoc/>
    public static SophiaGState<T> From(OptimizerState<T> state) => new(state.Part(SophiaG.Slots.AsSpan()));

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
