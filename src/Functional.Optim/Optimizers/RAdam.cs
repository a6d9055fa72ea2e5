using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Rectified Adam (Liu et al., 2020, arXiv:1908.03265): u = g + λ·θ, m and v as in <see cref="Adam"/>. While the
/// variance of the adaptive rate cannot be told, ρ_t ≤ 5, it is momentum: θ' = θ − η·m̂; then θ' = θ − η·r_t·m̂·√(1 −
/// β₂ᵗ) / (√v + ε), with ρ∞ = 2 / (1 − β₂) − 1, ρ_t = ρ∞ − 2·t·β₂ᵗ / (1 − β₂ᵗ), r_t = √((ρ_t − 4)·(ρ_t − 2)·ρ∞ / ((ρ∞ −
/// 4)·(ρ∞ − 2)·ρ_t)). Defaults and semantics are torch's; with decoupled decay λ·θ is added to what η multiplies. The
/// paper's threshold is 4, those of torch and Optax are 5; Optax adds ε after the bias correction, as Adam does.
/// </summary>
/// <remarks>With β₂ of 0.6 or less ρ_t never exceeds 4.</remarks>
public sealed record RAdam : MomentOptimizer
{
    private RAdam()
    {
    }

    private const int DefaultThreshold = 5;

    /// <summary>What ρ_t has to exceed for adaptive steps; 4 or more.</summary>
    public int Threshold { get; init => field = Setting.Check(value, Bounds.AtLeast(4)); } = DefaultThreshold;

    /// <summary>Whether the decay is decoupled: λ·θ is added after the scaling, not to the gradient.</summary>
    public bool DecoupledDecay { get; init; }

    /// <inheritdoc/>
    protected internal override bool DecouplesDecay => DecoupledDecay;

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> ScalingSlots => AdamOptimizer.Slots;

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.WithScaling(
        "rAdam", "momentum until the adaptive rate can be trusted, then Adam", () => Of(1),
        at => Of(
            at.LearningRate(), at.Beta1(), at.Beta2(), at.Epsilon(),
            at.Integer("threshold", "what ρ_t has to exceed for adaptive steps", of => of.Threshold),
            at.WeightDecay(), at.Decay(), at.DecoupledDecay(of => of.DecoupledDecay), at.Maximize()),
        "Liu et al., 2020", "torch RAdam, Optax radam", "Optax adds ε after the bias correction");

    /// <summary>The optimizer.</summary>
    /// <inheritdoc cref="Adam.Of"/>
    /// <param name="threshold">What ρ_t has to exceed for adaptive steps; 4 or more.</param>
    /// <param name="decoupledDecay">Whether λ·θ is added after the scaling, not to the gradient.</param>
    public static RAdam Of(
        Schedule learningRate, Schedule? beta1 = null, double beta2 = UsualBeta2, double epsilon = UsualEpsilon,
        int threshold = DefaultThreshold, Schedule? weightDecay = null, Func<Leaf, bool>? decay = null,
        bool decoupledDecay = false, bool maximize = false) => Setting.Make(() => new RAdam
    {
        LearningRate = learningRate, Beta1 = beta1 ?? UsualBeta1, Beta2 = beta2, Epsilon = epsilon,
        Threshold = threshold, DecoupledDecay = decoupledDecay,
        WeightDecay = weightDecay ?? 0, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
    });

    /// <summary>The scaling of RAdam, for compositions.</summary>
    /// <inheritdoc cref="Of"/>
    public static Optimizer Scaling(
        Schedule? beta1 = null, double beta2 = UsualBeta2, double epsilon = UsualEpsilon,
        int threshold = DefaultThreshold) => Of(1, beta1, beta2, epsilon, threshold).ToScaling();

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new AdamState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AdamState<T>.From(base.Init(parameters));

    /// <inheritdoc/>
    protected internal override void AddScaling<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new RAdamRule<T>(Beta1At(pass.Step), Beta2, Epsilon, Threshold, pass.SlotStep));
}
