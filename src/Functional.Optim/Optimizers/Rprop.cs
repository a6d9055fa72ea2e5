using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// Resilient backpropagation without backtracking (iRprop⁻: Igel and Hüsken, 2000, after Riedmiller and Braun, 1993): each parameter has a
/// step size, which grows by η⁺ where the gradient keeps its sign and shrinks by η⁻ where the sign flips, within its limits; θ' = θ −
/// η(t)·sign(u)·size, and where the sign flipped θ stays and the next update leaves the size. Defaults and semantics are torch's and
/// Optax's, where the initial step is called the learning rate. The paper of 1993 takes the last step back where the sign flips.
/// </summary>
/// <remarks>
/// The sizes are the rule's own: a schedule, or the multiplier of a group, multiplies the update and leaves them as they are. For gradients
/// of the whole data; noise flips signs.
/// </remarks>
public sealed record Rprop : ScalingOptimizer
{
    /// <summary>What a factor may be that makes a step smaller, and one that makes it larger.</summary>
    internal static readonly Bounds Shrinking = Bounds.OpenInterval(0, 1), Growing = Bounds.OpenInterval(1, double.PositiveInfinity);

    private Rprop()
    {
    }

    /// <summary>The size of the first step; finite and positive.</summary>
    public double InitialStep { get; init => field = Bounds.Positive.Check(value); }

    /// <summary>η⁻, in (0, 1).</summary>
    public double EtaMinus { get; init => field = Shrinking.Check(value); }

    /// <summary>η⁺, finite and more than 1.</summary>
    public double EtaPlus { get; init => field = Growing.Check(value); }

    /// <summary>The smallest size; finite and not negative.</summary>
    public double MinimumStep { get; init => field = Bounds.NotNegative.Check(value); }

    /// <summary>The largest size, not below the smallest; finite and not negative.</summary>
    public double MaximumStep { get; init => field = Bounds.NotNegative.Check(value); }

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingParts =>
        [.. Scaling(InitialStep, EtaMinus, EtaPlus, MinimumStep, MaximumStep).Parts];

    /// <summary>The optimizer.</summary>
    /// <param name="initialStep">The size of the first step; finite and positive.</param>
    /// <param name="etaMinus">η⁻, in (0, 1).</param>
    /// <param name="etaPlus">η⁺, finite and more than 1.</param>
    /// <param name="minimumStep">The smallest size; finite and not negative.</param>
    /// <param name="maximumStep">The largest size, not below the smallest; finite and not negative.</param>
    /// <param name="learningRate">η(t), which the step sizes are multiplied by; 1 when <see langword="null"/>.</param>
    /// <param name="weightDecay">λ, an L2 penalty; finite and not negative.</param>
    /// <param name="decay">Which leaves the penalty holds for; all when <see langword="null"/>.</param>
    /// <param name="maximize">Whether to go up the gradient.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Rprop Of(
        double initialStep = 0.01, double etaMinus = 0.5, double etaPlus = 1.2, double minimumStep = 1e-6, double maximumStep = 50,
        Schedule? learningRate = null, double weightDecay = 0, Func<Leaf, bool>? decay = null, bool maximize = false) =>
        RpropScaling.Check(initialStep, etaMinus, etaPlus, minimumStep, maximumStep)
            .Require(weightDecay, Bounds.NotNegative)
            .Make(() => new Rprop
            {
                InitialStep = initialStep, EtaMinus = etaMinus, EtaPlus = etaPlus, MinimumStep = minimumStep, MaximumStep = maximumStep,
                LearningRate = learningRate ?? Schedule.Constant(1), WeightDecay = weightDecay, DecayFilter = LeafFilter.Of(decay), Maximize = maximize,
            }).OrThrow(nameof(Rprop));

    /// <summary>The part of Rprop that makes of the update a step of its own size, for compositions.</summary>
    /// <param name="initialStep">The size of the first step; finite and positive.</param>
    /// <param name="etaMinus">η⁻, in (0, 1).</param>
    /// <param name="etaPlus">η⁺, finite and more than 1.</param>
    /// <param name="minimumStep">The smallest size; finite and not negative.</param>
    /// <param name="maximumStep">The largest size, not below the smallest; finite and not negative.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Optimizer Scaling(
        double initialStep = 0.01, double etaMinus = 0.5, double etaPlus = 1.2, double minimumStep = 1e-6, double maximumStep = 50) =>
        RpropScaling.Check(initialStep, etaMinus, etaPlus, minimumStep, maximumStep)
            .Make<Optimizer>(() => new RpropScaling(initialStep, etaMinus, etaPlus, minimumStep, maximumStep)).OrThrow(nameof(Rprop));

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new RpropState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => RpropState<T>.From(base.Init(parameters));
}
