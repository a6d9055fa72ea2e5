using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Adadelta (Zeiler, 2012, arXiv:1212.5701): u = g + λ·θ, v = ρ·v + (1 − ρ)·u², d = u·√((a + ε) / (v + ε)), θ' = θ −
/// η·d, and then a = ρ·a + (1 − ρ)·d². Defaults and semantics are torch's, whose default rate is 1; Optax and the paper
/// do the same.
/// </summary>
/// <remarks>a starts at 0, so the first steps are about √(ε / (1 − ρ)) long, whatever the gradient.</remarks>
public sealed record Adadelta : ElementwiseOptimizer
{
    private Adadelta()
    {
    }

    private const double DefaultRho = 0.9, DefaultEpsilon = 1e-6;

    /// <summary>ρ, how much of both means is kept; in [0, 1).</summary>
    public double Rho { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>ε, added under both roots; finite and positive.</summary>
    public double Epsilon { get; init => field = Setting.Check(value, Bounds.Positive); }

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> ScalingSlots => Slots;

    internal static ImmutableArray<string> Slots { get; } = ["v", "delta"];

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.WithScaling(
        "adadelta", "measures each step by the steps before it", () => Of(1),
        at => Of(
            at.LearningRate(), at.Real("rho", "ρ, how much of both means is kept", of => of.Rho),
            at.Real("epsilon", "ε, added under both roots", of => of.Epsilon), at.WeightDecay(), at.Decay(),
            at.Maximize()),
        "Zeiler, 2012", "torch Adadelta, Optax adadelta");

    /// <summary>The optimizer.</summary>
    /// <inheritdoc cref="Adam.Of" path="/*[not(@name='epsilon')]"/>
    /// <param name="rho">ρ, how much of both means is kept; in [0, 1).</param>
    /// <param name="epsilon">ε, added under both roots; finite and positive.</param>
    public static Adadelta Of(
        Schedule learningRate, double rho = DefaultRho, double epsilon = DefaultEpsilon, Schedule? weightDecay = null,
        Func<Leaf, bool>? decay = null, bool maximize = false) => Setting.Make(() => new Adadelta
    {
        LearningRate = learningRate, Rho = rho, Epsilon = epsilon,
        WeightDecay = weightDecay ?? 0, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
    });

    /// <summary>The scaling of Adadelta, for compositions: u' = u·√((a + ε) / (v + ε)).</summary>
    /// <inheritdoc cref="Of"/>
    public static Optimizer Scaling(double rho = DefaultRho, double epsilon = DefaultEpsilon) =>
        Of(1, rho, epsilon).ToScaling();

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new AdadeltaState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AdadeltaState<T>.From(base.Init(parameters));

    /// <inheritdoc/>
    protected internal override void AddScaling<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new AdadeltaRule<T>(Rho, Epsilon));
}

/// <summary>The state of Adadelta: the number of finished updates and the running means of squares.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct AdadeltaState<T> : IOptimizerState<T, AdadeltaState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    /// <summary>A state made directly.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="v">v, of the squared gradients.</param>
    /// <param name="delta">a, of the squared updates.</param>
    public AdadeltaState(long step, ParameterTree<T> v, ParameterTree<T> delta)
        : this(new(step, Adadelta.Slots, [v, delta]))
    {
    }

    private AdadeltaState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>v, of the squared gradients.</summary>
    public ParameterTree<T> V { get => state[0]; init => state = state.With(0, value); }

    /// <summary>a, of the squared updates.</summary>
    public ParameterTree<T> Delta { get => state[1]; init => state = state.With(1, value); }

    /// <inheritdoc/>
    public static AdadeltaState<T> From(OptimizerState<T> state) => new(state.Part(Adadelta.Slots.AsSpan()));

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
