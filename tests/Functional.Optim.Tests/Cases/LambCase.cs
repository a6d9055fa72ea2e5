using System.Collections.Immutable;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Lamb"/>.</summary>
internal sealed class LambCase : OptimizerCase
{
    public override string Entry => "lamb";

    public override ImmutableArray<Variant> Variants =>
    [
        new("lamb with decay for matrices", Lamb.Of(0.01, decay: Matrices)),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola =>
    [
        new(
            "lamb, whose rate has to fall",
            Lamb.Of(Schedule.WarmupExponential(0.3, 1, 500, 1e-9), weightDecay: 0),
            380),
    ];

    public override ImmutableArray<Optimizer> WithoutEpsilon => [Lamb.Of(0.1, epsilon: 0, weightDecay: 0)];

    public override ImmutableArray<Optimizer> CountingUpdates => [Lamb.Of(1e-3)];

    public override string SpreadsInfinity => "it multiplies the update of a leaf by the norm of its parameters";
}
