using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Schedule-Free (Defazio et al., 2024, arXiv:2405.15682): an optimizer without a schedule that falls. The momentum β
/// of the base becomes the weight of x in the point at which the gradient is computed, θ = y = β·x + (1 − β)·z, and its
/// step u moves z: z' = z − u, x' = (1 − c)·x + c·z' with c = w / Σw, w = kʳ·(largest rate so far)ᵖ. Use for evaluation
/// and deployment <see cref="Optimizer.EvaluationParameters"/>, which is x.
/// </summary>
/// <remarks>
/// <para>There are three points. The gradient is computed at y, which is θ during training. The base moves z. The
/// average x of all z is what is evaluated.</para>
/// <para>The base loses its first moment. Of <see cref="AdamW"/> and <see cref="Adam"/> the division by √v̂ stays, of
/// <see cref="Sgd"/> the gradient. The rate is the base's times min(k / W, 1). Weight decay is that of y, as in the
/// authors' code, or that of z: u = û + λ·z.</para>
/// <para>The authors' defaults are a rate of 0.0025 for AdamW and RAdam, without decay, and 1 for SGD with momentum
/// 0.9.</para>
/// <para>Around <see cref="RAdam"/> r_t multiplies the rate, also the rate in the weights. ε is added after the bias
/// correction, as in Adam. The authors' decay is that of <c>decoupledDecay: true</c>. While ρ_t is not above the
/// threshold (4 in the authors' code), the rate is 0 and only v changes. With <see cref="SgdPhase"/> the rate is then
/// that of the base, and the step is the gradient, not divided.</para>
/// <para>Beside the slots that the base has left it keeps one more, <c>z</c>, and the scalars <c>weight sum</c> and
/// <c>largest rate</c>. It does not keep x, because x = y + (1 − 1/β)·(z − y). Optax keeps z and x, and takes a base
/// without momentum, with β beside it.</para>
/// <para>Statistics of layers that training gathers, such as those of batch normalization, belong to y, not to
/// x.</para>
/// </remarks>
public sealed record ScheduleFree : Optimizer
{
    private const string Allowed =
        "an optimizer of transforms with one momentum above 0, without dampening and Nesterov, "
        + "and one learning rate at the end, such as AdamW, RAdam or Sgd";

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

    /// <summary>Whether the decay is that of z, and not of y.</summary>
    public bool DecayAtZ { get; init; }

    /// <summary>Whether a base of RAdam makes steps of the plain gradient before its rate can be trusted.</summary>
    public bool SgdPhase { get; init; }

    /// <inheritdoc/>
    protected internal override ImmutableArray<Transform> Transforms
    {
        get
        {
            CheckTogether(new ValidationErrors(), Base, InnerMomentum, DecayAtZ, SgdPhase)
                .Checked(static () => true).OrThrow(nameof(ScheduleFree));
            ImmutableArray<Transform> given = Composition.TransformsOf(Base);
            Schedule rate = ((LearningRate)given[^1]).Schedule;
            if (WarmupSteps > 0) rate = Schedule.Chained(rate, Schedule.LinearWarmup(1, WarmupSteps));
            if (RAdamOf(Base) is { } rAdam)
                rate = Schedule.Chained(rate, new RectifiedRate(rAdam.Beta2, rAdam.Threshold, SgdPhase));
            return
            [
                .. given[..^1].SelectMany(Adapted), LearningRate.Of(rate),
                new ScheduleFreeAveraging(Beta, rate, StepPower, RatePower)
                {
                    DecayAtZ = DecayAtZ ? DecayOf(Base) : null,
                },
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
                "innerMomentum", "the first moment that Adam's scaling keeps all the same", of => of.InnerMomentum),
            at.Flag("decayAtZ", "whether the decay is that of z, and not of y", of => of.DecayAtZ),
            at.Flag(
                "sgdPhase", "whether rAdam makes plain steps before its rate can be trusted, and not none",
                of => of.SgdPhase)),
        "Defazio et al., 2024", "schedulefree AdamWScheduleFree, RAdamScheduleFree, Optax schedule_free",
        "Optax keeps z and x, and its base has no momentum");

    /// <summary>The optimizer.</summary>
    /// <param name="base">
    /// What moves z, with the momentum β above 0 and one learning rate at its end: <see cref="AdamW"/>,
    /// <see cref="Adam"/>, <see cref="RAdam"/>, <see cref="Sgd"/>, also after a clip. Its groups are those of the
    /// optimizer made.
    /// </param>
    /// <param name="warmupSteps">W, the updates in which the rate rises to the base's; 0 or more.</param>
    /// <param name="stepPower">r, the power of the step in the weights (<c>r</c> in the authors' code); finite and not
    /// negative.</param>
    /// <param name="ratePower">p, the power of the largest rate in the weights (<c>weight_lr_power</c>); finite and
    /// not negative.</param>
    /// <param name="innerMomentum">The first moment that Adam's scaling keeps all the same, in [0, 1); 0 without
    /// Adam's scaling.</param>
    /// <param name="decayAtZ">Whether the decay is that of z, and not of y (<c>decay_at_z</c>); not where it goes
    /// through the division by √v̂.</param>
    /// <param name="sgdPhase">
    /// Whether a base of RAdam makes steps of the plain gradient while ρ_t is not above its threshold, and not none
    /// (not <c>silent_sgd_phase</c>); without RAdam, which alone has such a phase, it is refused.
    /// </param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static ScheduleFree Of(
        Optimizer @base, long warmupSteps = 0, double stepPower = 0, double ratePower = 2, double innerMomentum = 0,
        bool decayAtZ = false, bool sgdPhase = false)
    {
        bool isBase = @base is not (null or Wrapper or FunctionOptimizer) && double.IsFinite(MomentumOf(@base));
        ValidationErrors errors = new ValidationErrors()
            .Require(isBase, nameof(@base), @base, Allowed)
            .Require(warmupSteps, Bounds.AtLeast(0)).Require(stepPower, Bounds.NotNegative)
            .Require(ratePower, Bounds.NotNegative).Require(innerMomentum, Bounds.HalfOpenUnitInterval);
        if (isBase) CheckTogether(errors, @base!, innerMomentum, decayAtZ, sgdPhase);
        return errors.Checked(() => new ScheduleFree(@base!)
        {
            WarmupSteps = warmupSteps, StepPower = stepPower, RatePower = ratePower, InnerMomentum = innerMomentum,
            DecayAtZ = decayAtZ, SgdPhase = sgdPhase, Groups = @base!.Groups,
        }).OrThrow(nameof(ScheduleFree));
    }

    /// <summary>Notes what the base does not go together with.</summary>
    private static ValidationErrors CheckTogether(
        ValidationErrors errors, Optimizer @base, double innerMomentum, bool decayAtZ, bool sgdPhase)
    {
        RAdam? rAdam = RAdamOf(@base);
        bool hasAdam = @base.Transforms.Any(part => MomentsOf(part) is AdamOptimizer);
        return errors
            .Require(!(innerMomentum > 0) || hasAdam, nameof(innerMomentum), innerMomentum, "0 without Adam's scaling")
            .Require(
                !decayAtZ || DecayOf(@base) is not null || !Decays(@base), nameof(decayAtZ), decayAtZ,
                "false with a decay that the base divides by √v̂ too")
            .Require(rAdam is not null || !sgdPhase, nameof(sgdPhase), sgdPhase, "false without a base of RAdam")
            .Require(
                rAdam is null || sgdPhase || Rectification.Limit(rAdam.Beta2) > rAdam.Threshold, "beta2", rAdam?.Beta2,
                "above 1 − 2 / (threshold + 1) without the phase of SGD, or RAdam never makes a step");
    }

    /// <summary>The momentum of the one transform that has one; NaN where the optimizer cannot be a base.</summary>
    private static double MomentumOf(Optimizer optimizer)
    {
        ImmutableArray<Transform> parts = optimizer.Transforms;
        Transform[] momenta = [.. parts.Where(part => part is Momentum || MomentsOf(part) is not null)];
        bool isBase = parts.Count(part => part.IsLearningRate) == 1 && parts[^1] is LearningRate
            && !parts.Any(part => part is Partition || part.ChangesEvaluation);
        return momenta switch
        {
            [var scaling] when isBase && MomentsOf(scaling) is { Beta1: Constant { Rate: > 0 } beta1 } => beta1.Rate,
            [Momentum { Coefficient: Constant { Rate: > 0 } momentum, Dampening: 0, Nesterov: false }] when isBase =>
                momentum.Rate,
            _ => double.NaN,
        };
    }

    /// <summary>Adam or RAdam, where a transform is its scaling.</summary>
    private static MomentOptimizer? MomentsOf(Transform part) =>
        (part as OptimizerScaling)?.Settings is AdamOptimizer or RAdam
            ? (MomentOptimizer)((OptimizerScaling)part).Settings
            : null;

    private static RAdam? RAdamOf(Optimizer optimizer) =>
        optimizer.Transforms.Select(MomentsOf).OfType<RAdam>().FirstOrDefault();

    /// <summary>
    /// The one decay, where the rate alone comes after it; <see langword="null"/> where there is none or several.
    /// </summary>
    private static WeightDecay? DecayOf(Optimizer optimizer)
    {
        ImmutableArray<Transform> parts = optimizer.Transforms;
        return parts.OfType<WeightDecay>().Count() == 1
            ? parts[^2] as WeightDecay ?? (parts.Length > 2 && parts[^2] is Momentum ? parts[^3] as WeightDecay : null)
            : null;
    }

    private static bool Decays(Optimizer optimizer) =>
        optimizer.Transforms.Any(part => part is WeightDecay { Lambda: not Constant { Rate: 0 } });

    /// <summary>A part of the base without its momentum, and without the decay that is at z.</summary>
    private Transform[] Adapted(Transform part) => part switch
    {
        Momentum => [],
        WeightDecay when DecayAtZ => [],
        _ when MomentsOf(part) is { } moments =>
            [new OptimizerScaling(WithoutMomentum(moments)) { StateFormat = part.StateFormat }],
        _ => [part],
    };

    private ElementwiseOptimizer WithoutMomentum(MomentOptimizer moments) => moments switch
    {
        RAdam rAdam => RmsProp.Of(1, rAdam.Beta2, rAdam.Epsilon) with
        {
            BiasCorrection = true, RectifiedAbove = rAdam.Threshold,
        },
        AdamOptimizer { AmsGrad: AmsGrad.Off } adam when InnerMomentum == 0 =>
            RmsProp.Of(1, adam.Beta2, adam.Epsilon) with { BiasCorrection = adam.CorrectsBias },
        _ => moments with { Beta1 = InnerMomentum },
    };
}
