using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="ScheduleFree"/>.</summary>
internal sealed class ScheduleFreeCase : OptimizerCase
{
    public override string Entry => "scheduleFree";

    public override ImmutableArray<(string Name, string Text)> Options => [("base", "adamW")];

    public override ImmutableArray<(string Law, string Reason)> Unbroken =>
    [
        (nameof(BoundedStep), "in three steps it keeps less of a step than the bound"),
    ];

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "schedule-free sgd with L2 and a warm-up",
            ScheduleFree.Of(Sgd.Of(0.5, momentum: 0.9, weightDecay: 0.1), warmupSteps: 2, stepPower: 1)),
        new(
            "schedule-free rAdam with its phase of SGD and decay at z",
            ScheduleFree.Of(
                RAdam.Of(0.1, beta2: 0.9, weightDecay: 0.1, decoupledDecay: true), decayAtZ: true, sgdPhase: true)),
        new("schedule-free rAdam, silent at first", ScheduleFree.Of(RAdam.Of(0.1, beta2: 0.9, threshold: 4)))
        {
            Unbroken =
            [
                (nameof(BoundedStep), Still), (nameof(RateMultiplier), Still), (nameof(ScaleInvariance), Still),
            ],
        },
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (() => ScheduleFree.Of(AdamW.Of(0.1), sgdPhase: true), NoPhase),
        (() => Catalogue.Build("scheduleFree(base=sgd(learningRate=1, momentum=0.9), sgdPhase=true)")
            .OrThrow("ScheduleFree"), NoPhase),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola =>
    [
        new("schedule-free sgd", ScheduleFree.Of(Sgd.Of(0.3, momentum: 0.9)), 2000),
        new("schedule-free adamw", ScheduleFree.Of(AdamW.Of(0.3, weightDecay: 0)), 2000),
        new("schedule-free radam", ScheduleFree.Of(RAdam.Of(0.3, threshold: 4), stepPower: 8), 2000),
    ];

    private const string NoPhase = "ScheduleFree: sgdPhase is True; allowed is false without a base of RAdam.";

    private const string Still = "in three steps it does not move";

    public override string SpreadsInfinity => "it takes the difference of two points";
}
