using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter, 2019, arXiv:1711.05101): m and v as in <see cref="Adam"/>
/// without the penalty, θ' = θ − η·(m̂ / (√v̂ + ε) + λ·θ). torch multiplies θ by 1 − η·λ first, which in float rounds
/// η·λ away to one part in 2²⁴ of θ; the form here is the same update, rounded better.
/// </summary>
public sealed record AdamW : AdamOptimizer
{
    private AdamW()
    {
    }

    private const double DefaultWeightDecay = 0.01;

    /// <inheritdoc/>
    protected internal override bool DecouplesDecay => true;

    /// <inheritdoc/>
    internal override bool CorrectsBias => true;

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.Of(
        "adamW", "Adam whose decay does not go through the moments", () => Of(1),
        at => Of(
            at.LearningRate(), at.Beta1(), at.Beta2(), at.Epsilon(), at.WeightDecay(), at.Decay(), at.AmsGrad(),
            at.Maximize(), at.DecayForm()),
        "Loshchilov and Hutter, 2019", "torch AdamW, Optax adamw", "rounds better than torch; Optax's λ is 0.0001");

    /// <summary>The optimizer.</summary>
    /// <inheritdoc cref="Adam.Of" path="/*[not(@name='weightDecay')]"/>
    /// <param name="weightDecay">λ or λ(t), decoupled; finite and not negative; 0.01 when <see langword="null"/>. For
    /// an L2 penalty use <see cref="Adam"/>.</param>
    /// <param name="decayForm">How the decay goes by the rate and the update; by <see cref="DecayForm.Corrected"/> it
    /// is <see cref="AdamC"/>.</param>
    public static AdamW Of(
        Schedule learningRate, Schedule? beta1 = null, double beta2 = UsualBeta2, double epsilon = UsualEpsilon,
        Schedule? weightDecay = null, Func<Leaf, bool>? decay = null, AmsGrad amsGrad = AmsGrad.Off,
        bool maximize = false, DecayForm decayForm = DecayForm.Scaled) => Setting.Make(() => new AdamW
    {
        LearningRate = learningRate, Beta1 = beta1 ?? UsualBeta1, Beta2 = beta2, Epsilon = epsilon, AmsGrad = amsGrad,
        WeightDecay = weightDecay ?? DefaultWeightDecay, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
        DecayForm = decayForm,
    });
}
