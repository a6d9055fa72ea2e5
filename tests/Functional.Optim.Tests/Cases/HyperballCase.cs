using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Hyperball"/>.</summary>
internal sealed class HyperballCase : OptimizerCase
{
    public override string Entry => "hyperball";

    public override ImmutableArray<string> Keeps => [nameof(ScaleInvariance)];

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "muon with kept norms",
            ForMatrices(
                Momentum.Of(0.95, nesterov: true).Then(Orthogonalize.Of()).Then(Hyperball.Of(0.02)), AdamW.Of(0.01))),
        new("adam with kept norms", Adam.Scaling().Then(Hyperball.Of(Schedule.LinearWarmup(0.1, 4)))),
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (() => Hyperball.Of(-1), "Hyperball: learningRate is -1; allowed is finite and not negative."),
        (() => Hyperball.Of(null!), "Hyperball: learningRate is null; allowed is a schedule."),
    ];

    public override string SpreadsInfinity => "it multiplies the update of a leaf by the norm of its parameters";
}
