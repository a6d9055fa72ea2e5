using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// LaProp (Ziyin, Wang and Ueda, 2020, arXiv:2002.04839): Adam whose momentum is of steps that are already divided.
/// v = β₂·v + (1 − β₂)·g², m = β₁·m + (1 − β₁)·η·g / (√v̂ + ε), L = β₁·L + (1 − β₁)·η, θ' = θ − η·m / L, and then
/// θ'' = θ' − η·λ·θ'. Semantics are timm's, whose default rate is 0.0004.
/// </summary>
/// <remarks>
/// The rate is inside the momentum: with a rate that falls, old gradients keep their old rate. L is a function of the
/// schedule, in double, and no state. The decay is that of the parameters after the move, with the rate of the schedule
/// alone: a group's learning-rate multiplier is not part of its factor 1 − η·λ of the move.
/// </remarks>
public sealed record LaProp : MomentOptimizer
{
    private const double DefaultEpsilon = 1e-15;

    private LaProp()
    {
    }

    /// <inheritdoc/>
    protected internal override bool DecouplesDecay => true;

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> ScalingSlots => AdamOptimizer.Slots;

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.WithScaling(
        "laProp", "Adam whose momentum is of steps that are already divided", () => Of(1),
        at => Of(
            at.LearningRate(), at.Beta1(), at.Beta2(), at.Epsilon(), at.WeightDecay(), at.Decay(),
            at.Maximize(), at.DecayForm()),
        "Ziyin, Wang and Ueda, 2020", "timm LaProp", "the rate is inside the momentum, the decay after the move");

    /// <summary>The optimizer.</summary>
    /// <inheritdoc cref="Adam.Of" path="/*[not(@name='weightDecay')]"/>
    /// <param name="weightDecay">λ or λ(t), decoupled; finite and not negative; 0 when <see langword="null"/>.</param>
    /// <param name="decayForm">Whether the decay goes by the rate, or by its square (timm's
    /// <c>corrected_weight_decay</c>).</param>
    public static LaProp Of(
        Schedule learningRate, Schedule? beta1 = null, double beta2 = UsualBeta2, double epsilon = DefaultEpsilon,
        Schedule? weightDecay = null, Func<Leaf, bool>? decay = null, bool maximize = false,
        DecayForm decayForm = DecayForm.Scaled) =>
        Setting.Make(() => new LaProp
    {
        LearningRate = learningRate, Beta1 = beta1 ?? UsualBeta1, Beta2 = beta2, Epsilon = epsilon,
        WeightDecay = weightDecay ?? 0, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
        DecayForm = decayForm,
    });

    /// <summary>The scaling of LaProp with a constant rate, for compositions: u' = m / (1 − β₁ᵗ).</summary>
    /// <inheritdoc cref="Of"/>
    public static Optimizer Scaling(
        Schedule? beta1 = null, double beta2 = UsualBeta2, double epsilon = DefaultEpsilon) =>
        Of(1, beta1, beta2, epsilon).ToScaling();

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new AdamState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AdamState<T>.From(base.Init(parameters));

    /// <inheritdoc/>
    protected internal override void AddScaling<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, RuleOf<T>(pass.Step, pass.SlotStep));

    /// <inheritdoc/>
    private protected override bool TakesDecayForm(DecayForm form) =>
        form is DecayForm.Scaled or DecayForm.Corrected;

    /// <inheritdoc/>
    private protected override WeightDecay DecayTransform => base.DecayTransform with { MoveRate = LearningRate };

    /// <inheritdoc/>
    private protected override void Run<T>(in SpanStep<T> spans)
    {
        (double kept, _) = Functional.Optim.WeightDecay.AfterMove(spans.Rate, spans.Decay, isProximal: false);
        spans.Run(new Then<T, LaPropRule<T>, ScaleRule<T>>(
            RuleOf<T>(spans.Step, spans.Step), new(T.CreateTruncating(kept))));
    }

    private LaPropRule<T> RuleOf<T>(long step, long slotStep)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new(
        Beta1At(step), Beta2, Epsilon, LearningRate.At(step), MeanRate(step, slotStep), slotStep);

    /// <summary>
    /// L: the sum over the updates of the slots, newest first, until what is left cannot be seen in a double.
    /// </summary>
    private double MeanRate(long step, long slotStep)
    {
        double sum = 0, weight = 1;
        for (long age = 0; age < slotStep && weight > 1e-20; age++)
        {
            double beta = Beta1At(step - age);
            sum += weight * (1 - beta) * LearningRate.At(step - age);
            weight *= beta;
        }

        return sum;
    }
}
