using System.Collections.Immutable;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Lars"/>.</summary>
internal sealed class LarsCase : OptimizerCase
{
    public override string Entry => "lars";

    public override ImmutableArray<Variant> Variants =>
    [
        new("lars with L2 for matrices", Lars.Of(0.1, coefficient: 0.1, weightDecay: 0.01, filter: Matrices)),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola =>
    [
        new(
            "lars, whose rate has to fall",
            Lars.Of(Schedule.WarmupExponential(0.3, 1, 500, 1e-9), coefficient: 1),
            390),
    ];

    public override string SpreadsInfinity => "it multiplies the update of a leaf by the norm of its parameters";
}
