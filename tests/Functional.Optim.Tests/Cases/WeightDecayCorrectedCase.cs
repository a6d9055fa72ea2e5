using System.Collections.Immutable;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="WeightDecay.Corrected"/>.</summary>
internal sealed class WeightDecayCorrectedCase : OptimizerCase
{
    public override string Entry => "weightDecayCorrected";

    public override ImmutableArray<(string Name, string Text)> Options => [("weightDecay", "0.1")];

    public override string RemembersSettings => "the decay goes by the largest rate of the schedule";

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "corrected decay that is cautious",
            Adam.Scaling().Then(WeightDecay.Corrected(0.1, Falling, decay: Matrices, cautious: true))
                .Then(LearningRate.Of(Falling))),
        new(
            "corrected decay with a largest rate",
            Adam.Scaling().Then(WeightDecay.Corrected(
                    0.5, Schedule.Chained(Schedule.LinearWarmup(0.1, 3), Schedule.Cosine(1, 10)), maxRate: 0.01))
                .Then(LearningRate.Of(0.1))),
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (() => WeightDecay.Corrected(0.1, -1),
            "WeightDecay: learningRate is -1; allowed is finite and not negative."),
        (() => WeightDecay.Corrected(0.1, Schedule.Of(_ => 1)),
            "WeightDecay: maxRate is null; allowed is a number with a schedule that does not tell its largest rate."),
        (() => WeightDecay.Corrected(0.1, Falling, maxRate: 0.09),
            "WeightDecay: maxRate is 0.09; allowed is 0.1 or more, the largest rate of the schedule."),
    ];

    private static readonly Schedule Falling = Schedule.Cosine(0.1, 10);
}
