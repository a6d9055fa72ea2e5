using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// Schedule-Free (Defazio et al., 2024, arXiv:2405.15682): an optimizer without a schedule that falls. The momentum β
/// of the base becomes the weight of x in the point at which the gradient is computed, θ = y = β·x + (1 − β)·z, and its
/// step u moves z: z' = z − u, x' = (1 − c)·x + c·z' with c = w / Σw, w = kʳ·(largest rate so far)ᵖ. Use for evaluation
/// and deployment <see cref="Optimizer.EvaluationParameters"/>, which is x.
/// </summary>
/// <remarks>
/// <para>The base loses its first moment: of <see cref="AdamW"/> and <see cref="Adam"/> the division by √v̂ is left,
/// of <see cref="Sgd"/> the gradient. Weight decay is at y, as in the authors' code (which has decay at z as an
/// option). The rate is the base's times min(k / W, 1); the authors' defaults are a rate of 0.0025 for AdamW, without
/// decay, and 1 for SGD with momentum 0.9.</para>
/// <para>It has one additional slot, <c>z</c>, beside those that the base has left, and the scalars <c>weight sum</c>
/// and <c>largest rate</c>. x is not kept: x = y + (1 − 1/β)·(z − y). Statistics of layers that training gathers, such
/// as batch normalization's, are those of y. Optax keeps z and x, and takes a base whose momentum is 0 with β beside
/// it.</para>
/// </remarks>
public sealed record ScheduleFree : Optimizer
{
    private const string Allowed =
        "an optimizer of transforms with one momentum above 0, without dampening and Nesterov, "
        + "and one learning rate at the end, such as AdamW or Sgd";

    private ScheduleFree(Optimizer @base)
    {
        Base = @base;
        Beta = MomentumOf(@base);
    }

    /// <summary>The optimizer as it was given, with the momentum β.</summary>
    public Optimizer Base { get; }

    /// <summary>β, the momentum of the base, in (0, 1).</summary>
    public double Beta { get; }

    /// <summary>W, the updates in which the rate rises to the base's; 0 for none.</summary>
    public long WarmupSteps { get; init => field = Setting.Check(value, Bounds.AtLeast(0)); }

    /// <summary>r, the power of the step in the weights; finite and not negative.</summary>
    public double StepPower { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>p, the power of the largest rate in the weights; finite and not negative.</summary>
    public double RatePower { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>The first moment that Adam's scaling keeps all the same, in [0, 1); 0 for none.</summary>
    public double InnerMomentum { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <inheritdoc/>
    protected internal override ImmutableArray<Transform> Transforms
    {
        get
        {
            ImmutableArray<Transform> given = Composition.TransformsOf(Base);
            Schedule rate = ((LearningRate)given[^1]).Schedule;
            if (WarmupSteps > 0) rate = Schedule.Chained(rate, Schedule.LinearWarmup(1, WarmupSteps));
            return
            [
                .. given[..^1].SelectMany(WithoutMomentum), LearningRate.Of(rate),
                new ScheduleFreeAveraging(Beta, rate, StepPower, RatePower),
            ];
        }
    }

    internal static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.Of(
        "scheduleFree",
        "an average of the parameters in place of a schedule that falls; evaluate `EvaluationParameters`",
        () => Of(Sgd.Of(1, momentum: 0.9)),
        at => Of(
            at.Optimizer(
                "base",
                "what makes the steps, with a momentum, which becomes β, and one learning rate at its end, "
                + "such as adamW",
                of => of.Base),
            at.Integer(
                "warmupSteps", "W, the updates in which the rate rises to that of the base", of => of.WarmupSteps),
            at.Real("stepPower", "r, the power of the step in the weights of the average", of => of.StepPower),
            at.Real("ratePower", "p, the power of the largest rate in the weights", of => of.RatePower),
            at.Real(
                "innerMomentum", "the first moment that Adam's scaling keeps all the same", of => of.InnerMomentum)),
        "Defazio et al., 2024", "schedulefree AdamWScheduleFree, Optax schedule_free",
        "Optax keeps z and x, and its base has no momentum");

    /// <summary>The optimizer.</summary>
    /// <param name="base">
    /// What moves z, with the momentum β above 0 and one learning rate at its end: <see cref="AdamW"/>,
    /// <see cref="Adam"/>,
    /// <see cref="Sgd"/>, also after a clip. Its groups are those of the optimizer made.
    /// </param>
    /// <param name="warmupSteps">W, the updates in which the rate rises to the base's; 0 or more.</param>
    /// <param name="stepPower">r, the power of the step in the weights (<c>r</c> in the authors' code); finite and not
    /// negative.</param>
    /// <param name="ratePower">p, the power of the largest rate in the weights (<c>weight_lr_power</c>); finite and
    /// not negative.</param>
    /// <param name="innerMomentum">The first moment that Adam's scaling keeps all the same, in [0, 1); 0 without
    /// Adam's scaling.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static ScheduleFree Of(
        Optimizer @base, long warmupSteps = 0, double stepPower = 0, double ratePower = 2, double innerMomentum = 0)
    {
        bool isBase = @base is not (null or Wrapper or FunctionOptimizer) && double.IsFinite(MomentumOf(@base));
        return new ValidationErrors()
            .Require(isBase, nameof(@base), @base, Allowed)
            .Require(warmupSteps, Bounds.AtLeast(0)).Require(stepPower, Bounds.NotNegative)
            .Require(ratePower, Bounds.NotNegative)
            .Require(
                innerMomentum,
                isBase && !@base!.Transforms.Any(part => AdamOf(part) is not null)
                    ? Bounds.Zero
                    : Bounds.HalfOpenUnitInterval)
            .Make(() => new ScheduleFree(@base!)
            {
                WarmupSteps = warmupSteps, StepPower = stepPower, RatePower = ratePower, InnerMomentum = innerMomentum,
                Groups = @base!.Groups,
            }).OrThrow(nameof(ScheduleFree));
    }

    /// <summary>The momentum of the one transform that has one; NaN where the optimizer cannot be a base.</summary>
    private static double MomentumOf(Optimizer optimizer)
    {
        ImmutableArray<Transform> parts = optimizer.Transforms;
        Transform[] momenta = [.. parts.Where(part => part is Momentum || AdamOf(part) is not null)];
        bool isBase = parts.Count(part => part.IsLearningRate) == 1 && parts[^1] is LearningRate
            && !parts.Any(part => part is Partition || part.ChangesEvaluation);
        return momenta switch
        {
            [OptimizerScaling { Settings: AdamOptimizer { Beta1: Constant { Rate: > 0 } beta1 } }] when isBase =>
                beta1.Rate,
            [Momentum { Coefficient: Constant { Rate: > 0 } momentum, Dampening: 0, Nesterov: false }] when isBase =>
                momentum.Rate,
            _ => double.NaN,
        };
    }

    /// <summary>Adam, where a transform is its scaling.</summary>
    private static AdamOptimizer? AdamOf(Transform part) => (part as OptimizerScaling)?.Settings as AdamOptimizer;

    private Transform[] WithoutMomentum(Transform part) => part switch
    {
        Momentum => [],
        _ when AdamOf(part) is { } adam =>
            [new OptimizerScaling(WithoutMomentum(adam)) { StateFormat = part.StateFormat }],
        _ => [part],
    };

    private ElementwiseOptimizer WithoutMomentum(AdamOptimizer adam) =>
        adam.AmsGrad == AmsGrad.Off && InnerMomentum == 0
        ? RmsProp.Of(1, adam.Beta2, adam.Epsilon) with { BiasCorrection = adam.CorrectsBias }
        : adam with { Beta1 = InnerMomentum };
}
