using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Signum (Bernstein et al., 2018, arXiv:1802.04434), the sign of the momentum: m = μ·m + (1 − μ)·g, θ' = θ −
/// η·(sign(m) + λ·θ). Without momentum it is signSGD.
/// </summary>
/// <remarks>
/// The sign of 0 is 0. No step is longer than η·(1 + λ·|θ|). <see cref="Lion"/> takes the sign of a shorter mean than
/// it keeps; with β₁ = β₂ it is Signum, and its state is the same.
/// </remarks>
public sealed record Signum : ElementwiseOptimizer
{
    private const double DefaultMomentum = 0.9;

    private Signum()
    {
    }

    /// <summary>μ, how much of the momentum is kept; in [0, 1).</summary>
    public double Momentum { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <inheritdoc/>
    protected internal override bool DecouplesDecay => true;

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> ScalingSlots => Lion.Slots;

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.WithScaling(
        "signum", "the sign of the momentum, a mean of the gradients", () => Of(1),
        at => Of(
            at.LearningRate(), at.Real("momentum", "μ, how much of the momentum is kept", of => of.Momentum),
            at.WeightDecay(), at.Decay(), at.Maximize(), at.DecayForm()),
        "Bernstein et al., 2018", "MXNet Signum, pytorch_optimizer SignSGD", "MXNet's rate is 0.01");

    /// <summary>The optimizer.</summary>
    /// <inheritdoc cref="Adam.Of" path="/*[not(@name='weightDecay')]"/>
    /// <param name="momentum">μ, how much of the momentum is kept; in [0, 1), 0 for signSGD.</param>
    /// <param name="weightDecay">λ or λ(t), decoupled; finite and not negative; 0 when <see langword="null"/>.</param>
    /// <param name="decayForm">How the decay goes by the rate and the update.</param>
    public static Signum Of(
        Schedule learningRate, double momentum = DefaultMomentum, Schedule? weightDecay = null,
        Func<Leaf, bool>? decay = null, bool maximize = false, DecayForm decayForm = DecayForm.Scaled) =>
        Setting.Make(() => new Signum
    {
        LearningRate = learningRate, Momentum = momentum, WeightDecay = weightDecay ?? 0,
        DecayFilter = LeafFilter.Of(decay), Maximize = maximize, DecayForm = decayForm,
    });

    /// <summary>The scaling of Signum, for compositions: u' = sign(μ·m + (1 − μ)·u).</summary>
    /// <inheritdoc cref="Of"/>
    public static Optimizer Scaling(double momentum = DefaultMomentum) => Of(1, momentum).ToScaling();

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new LionState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => LionState<T>.From(base.Init(parameters));

    /// <inheritdoc/>
    protected internal override void AddScaling<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new LionRule<T>(Momentum, Momentum));
}
