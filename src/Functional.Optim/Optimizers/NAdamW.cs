using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// NAdamW, <see cref="AdamW"/> with Nesterov momentum (Dozat, 2016; Loshchilov and Hutter, 2019, arXiv:1711.05101): m
/// and v as in AdamW, θ' = θ − η·((β₁·m + (1 − β₁)·g) / (1 − β₁ᵗ) / (√v̂ + ε) + λ·θ). Defaults and semantics are
/// timm's.
/// </summary>
/// <remarks>
/// Optax divides β₁·m by 1 − β₁ᵗ⁺¹ instead, which is an option, and its λ is 0.0001. torch's NAdam is another
/// optimizer, whose momentum rises: <see cref="NAdam"/>.
/// </remarks>
public sealed record NAdamW : MomentOptimizer
{
    private const double DefaultWeightDecay = 0.01;

    private NAdamW()
    {
    }

    /// <summary>Whether the momentum is corrected by the factor of the next update, as in Optax.</summary>
    public bool AsOptax { get; init; }

    /// <inheritdoc/>
    protected internal override bool DecouplesDecay => true;

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> ScalingSlots => AdamOptimizer.Slots;

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.WithScaling(
        "nAdamW", "AdamW with Nesterov momentum", () => Of(1),
        at => Of(
            at.LearningRate(), at.Beta1(), at.Beta2(), at.Epsilon(), at.WeightDecay(), at.Decay(),
            at.Flag(
                "asOptax", "whether the momentum is corrected by the factor of the next update, as in Optax",
                of => of.AsOptax),
            at.Maximize(), at.DecayForm()),
        "Dozat, 2016; Loshchilov and Hutter, 2019", "timm NAdamW, Optax nadamw",
        "Optax's is `asOptax`, with λ = 0.0001");

    /// <summary>The optimizer.</summary>
    /// <inheritdoc cref="Adam.Of" path="/*[not(@name='weightDecay')]"/>
    /// <param name="weightDecay">λ or λ(t), decoupled; finite and not negative; 0.01 when
    /// <see langword="null"/>.</param>
    /// <param name="asOptax">Whether the momentum is corrected by the factor of the next update, as in Optax.</param>
    /// <param name="decayForm">How the decay goes by the rate and the update.</param>
    public static NAdamW Of(
        Schedule learningRate, Schedule? beta1 = null, double beta2 = UsualBeta2, double epsilon = UsualEpsilon,
        Schedule? weightDecay = null, Func<Leaf, bool>? decay = null, bool asOptax = false, bool maximize = false,
        DecayForm decayForm = DecayForm.Scaled) => Setting.Make(() => new NAdamW
    {
        LearningRate = learningRate, Beta1 = beta1 ?? UsualBeta1, Beta2 = beta2, Epsilon = epsilon, AsOptax = asOptax,
        WeightDecay = weightDecay ?? DefaultWeightDecay, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
        DecayForm = decayForm,
    });

    /// <summary>The scaling of NAdamW, for compositions.</summary>
    /// <inheritdoc cref="Of"/>
    public static Optimizer Scaling(
        Schedule? beta1 = null, double beta2 = UsualBeta2, double epsilon = UsualEpsilon, bool asOptax = false) =>
        Of(1, beta1, beta2, epsilon, asOptax: asOptax).ToScaling();

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new AdamState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AdamState<T>.From(base.Init(parameters));

    /// <inheritdoc/>
    protected internal override void AddScaling<T, TFirst>(in TFirst first, ref RulePass<T> pass) => pass.Add(
        first, new NAdamRule<T>(Beta1At(pass.Step), Beta2, Epsilon, pass.SlotStep, ahead: AsOptax ? 1 : 0));
}
