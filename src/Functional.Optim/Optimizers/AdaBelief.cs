using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// AdaBelief (Zhuang et al., 2020, arXiv:2010.07468): Adam that divides by the deviation of the gradients from their
/// mean. u = g + λ·θ, m = β₁·m + (1 − β₁)·u, s = β₂·s + (1 − β₂)·(u − m)² + ε_r, θ' = θ − η·m̂ / (√ŝ + ε), with m̂ and
/// ŝ corrected as in <see cref="Adam"/>; with decoupled decay λ·θ is added to what η multiplies.
/// </summary>
/// <remarks>
/// The paper has one ε in both places, which its authors' code and Optax set to 1e-16, as here; only Optax has two. ε_r
/// adds up in s, in the paper, the code and Optax; early versions of Optax added it under the root only, and took m of
/// the update before. The authors' code also decouples the decay and rectifies as <see cref="RAdam"/> does, unless told
/// not to.
/// </remarks>
public sealed record AdaBelief : MomentOptimizer
{
    private const double DefaultEpsilon = 1e-16, DefaultEpsilonRoot = 1e-16;

    private AdaBelief()
    {
    }

    /// <summary>ε_r, added to s in every update; finite and not negative.</summary>
    public double EpsilonRoot { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>Whether the decay is decoupled: λ·θ is added after the scaling, not to the gradient.</summary>
    public bool DecoupledDecay { get; init; }

    /// <inheritdoc/>
    protected internal override bool DecouplesDecay => DecoupledDecay;

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> ScalingSlots => Slots;

    internal static ImmutableArray<string> Slots { get; } = ["m", "s"];

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.WithScaling(
        "adaBelief", "divides by the deviation of the gradients from their mean", () => Of(0),
        at => Of(
            at.LearningRate(), at.Beta1(), at.Beta2(), at.Epsilon(),
            at.Real("epsilonRoot", "ε_r, added to s in every update", of => of.EpsilonRoot),
            at.WeightDecay(), at.Decay(), at.DecoupledDecay(of => of.DecoupledDecay), at.Maximize()),
        "Zhuang et al., 2020", "Optax adabelief", "the authors' code decouples the decay and rectifies");

    /// <summary>The optimizer.</summary>
    /// <inheritdoc cref="RAdam.Of"/>
    /// <param name="epsilonRoot">ε_r, added to s in every update; finite and not negative.</param>
    public static AdaBelief Of(
        Schedule learningRate, Schedule? beta1 = null, double beta2 = UsualBeta2, double epsilon = DefaultEpsilon,
        double epsilonRoot = DefaultEpsilonRoot, Schedule? weightDecay = null, Func<Leaf, bool>? decay = null,
        bool decoupledDecay = false, bool maximize = false) => Setting.Make(() => new AdaBelief
    {
        LearningRate = learningRate, Beta1 = beta1 ?? UsualBeta1, Beta2 = beta2, Epsilon = epsilon,
        EpsilonRoot = epsilonRoot, WeightDecay = weightDecay ?? 0, DecayFilter = LeafFilter.Of(decay),
        DecoupledDecay = decoupledDecay, Maximize = maximize,
    });

    /// <summary>The scaling of AdaBelief, for compositions: u' = m̂ / (√ŝ + ε).</summary>
    /// <inheritdoc cref="Of"/>
    public static Optimizer Scaling(
        Schedule? beta1 = null, double beta2 = UsualBeta2, double epsilon = DefaultEpsilon,
        double epsilonRoot = DefaultEpsilonRoot) => Of(1, beta1, beta2, epsilon, epsilonRoot).ToScaling();

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new AdaBeliefState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AdaBeliefState<T>.From(base.Init(parameters));

    /// <inheritdoc/>
    protected internal override void AddScaling<T, TFirst>(in TFirst first, ref RulePass<T> pass) => pass.Add(
        first, new AdaBeliefRule<T>(Beta1At(pass.Step), Beta2, Epsilon, EpsilonRoot, pass.SlotStep));
}

/// <summary>The state of <see cref="AdaBelief"/>: the first moment and the deviation from it.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct AdaBeliefState<T> : IOptimizerState<T, AdaBeliefState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    /// <summary>A state made directly.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="m">m, the running mean of the gradients, not bias-corrected.</param>
    /// <param name="s">s, the running mean of (u − m)², not bias-corrected.</param>
    public AdaBeliefState(long step, ParameterTree<T> m, ParameterTree<T> s)
        : this(new(step, AdaBelief.Slots, [m, s]))
    {
    }

    private AdaBeliefState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>m, the running mean of the gradients, not bias-corrected.</summary>
    public ParameterTree<T> M { get => state[0]; init => state = state.With(0, value); }

    /// <summary>s, the running mean of (u − m)², not bias-corrected.</summary>
    public ParameterTree<T> S { get => state[1]; init => state = state.With(1, value); }

    /// <inheritdoc/>
    public static AdaBeliefState<T> From(OptimizerState<T> state) => new(state.Part(AdaBelief.Slots.AsSpan()));

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
