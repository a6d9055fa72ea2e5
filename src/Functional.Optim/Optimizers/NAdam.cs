using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// NAdam, Adam with Nesterov momentum (Dozat, 2016): u = g + λ·θ, m and v as in <see cref="Adam"/>, μ_t = β₁·(1 −
/// ½·0.96^(t·ψ)), Π_t = μ_1·…·μ_t, θ' = θ − η·((1 − μ_t) / (1 − Π_t)·u + μ_{t+1} / (1 − Π_{t+1})·m) / (√v̂ + ε).
/// Defaults and semantics are torch's, whose default rate is 0.002; with decoupled decay λ·θ is added to what η
/// multiplies. Optax has μ_t = β₁. torch before 2.0 divided by 1 − Π_t·μ_t·μ_{t+1}, by mistake; an option does the
/// same.
/// </summary>
/// <remarks>
/// torch keeps Π in float32 unless the default type is float64; here it is a function of t, in double, and no state.
/// </remarks>
public sealed record NAdam : ElementwiseOptimizer
{
    private NAdam()
    {
    }

    private const double DefaultBeta1 = 0.9, DefaultBeta2 = 0.999, DefaultEpsilon = 1e-8, DefaultMomentumDecay = 0.004;

    /// <summary>β₁, how much of the mean of the gradients is kept; in [0, 1).</summary>
    public double Beta1 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>β₂, how much of the slower mean is kept; in [0, 1).</summary>
    public double Beta2 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>ε, added to the divisor; finite and not negative.</summary>
    public double Epsilon { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>ψ, how fast the momentum rises from β₁ / 2 to β₁; finite and not negative.</summary>
    public double MomentumDecay { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>Whether Π_{t+1} counts μ_t twice, as it did by mistake in torch before 2.0.</summary>
    public bool AsTorchBefore2 { get; init; }

    /// <summary>Whether the decay is decoupled: λ·θ is added after the scaling, not to the gradient.</summary>
    public bool DecoupledDecay { get; init; }

    /// <inheritdoc/>
    protected internal override bool DecouplesDecay => DecoupledDecay;

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> ScalingSlots => AdamOptimizer.Slots;

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.WithScaling(
        "nAdam", "Adam with Nesterov momentum", () => Of(1),
        at => Of(
            at.LearningRate(), at.Real("beta1", "β₁, how much of the mean of the gradients is kept", of => of.Beta1),
            at.Real("beta2", "β₂, how much of the slower mean is kept", of => of.Beta2),
            at.Real("epsilon", "ε, added to the divisor", of => of.Epsilon),
            at.Real("momentumDecay", "ψ, how fast the momentum rises from β₁ / 2 to β₁", of => of.MomentumDecay),
            at.WeightDecay(), at.Decay(), at.DecoupledDecay(of => of.DecoupledDecay), at.Maximize(),
            at.Flag(
                "asTorchBefore2", "whether Π_{t+1} counts μ_t twice, as it did by mistake in torch before 2.0",
                of => of.AsTorchBefore2)),
        "Dozat, 2016", "torch NAdam, Optax nadam", "Optax's momentum does not rise");

    /// <summary>The optimizer.</summary>
    /// <inheritdoc cref="RAdam.Of" path="/*[not(@name='beta1')]"/>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="momentumDecay">ψ, how fast the momentum rises from β₁ / 2 to β₁; finite and not negative.</param>
    /// <param name="asTorchBefore2">Whether Π_{t+1} counts μ_t twice, as it did by mistake in torch before 2.0.</param>
    public static NAdam Of(
        Schedule learningRate, double beta1 = DefaultBeta1, double beta2 = DefaultBeta2,
        double epsilon = DefaultEpsilon, double momentumDecay = DefaultMomentumDecay, Schedule? weightDecay = null,
        Func<Leaf, bool>? decay = null, bool decoupledDecay = false, bool maximize = false,
        bool asTorchBefore2 = false) => Setting.Make(() => new NAdam
    {
        LearningRate = learningRate, Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon, MomentumDecay = momentumDecay,
        DecoupledDecay = decoupledDecay, AsTorchBefore2 = asTorchBefore2,
        WeightDecay = weightDecay ?? 0, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
    });

    /// <summary>The scaling of NAdam, for compositions: Adam's with Nesterov momentum.</summary>
    /// <inheritdoc cref="Of"/>
    public static Optimizer Scaling(
        double beta1 = DefaultBeta1, double beta2 = DefaultBeta2, double epsilon = DefaultEpsilon,
        double momentumDecay = DefaultMomentumDecay, bool asTorchBefore2 = false) =>
        Of(1, beta1, beta2, epsilon, momentumDecay, asTorchBefore2: asTorchBefore2).ToScaling();

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new AdamState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AdamState<T>.From(base.Init(parameters));

    /// <inheritdoc/>
    protected internal override void AddScaling<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new NAdamRule<T>(Beta1, Beta2, Epsilon, MomentumDecay, AsTorchBefore2, pass.SlotStep));
}
