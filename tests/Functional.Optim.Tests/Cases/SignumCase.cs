using System.Collections.Immutable;
using System.Text.Json;
using Functional.Optim.Tests.Golden;
using Functional.Optim.Tests.Precision;
using static Functional.Optim.Laws.OptimizerLaws;
using static Functional.Optim.Tests.Cases.FormulaCase;
using static Functional.Optim.Tests.Precision.Exact;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Signum"/>.</summary>
internal sealed class SignumCase : OptimizerCase
{
    public override string Entry => "signum";

    public override ImmutableArray<ExactFormula> Exact =>
    [
        new("Signum", Signum.Of(ExactFormula.Rate), [0],
            (_, theta, g, slots) =>
                theta - (ExactRate * Math.Sign(Mean(ref slots[0], 0.9, g))),
            (1, 3), (1, 3)),
    ];

    public override ImmutableArray<string> Keeps =>
        [nameof(BiasCorrection), nameof(ScaleInvariance), nameof(BoundedStep)];

    public override ImmutableArray<Variant> Variants =>
    [
        new("signum with decay", Signum.Of(0.01, 0.5, weightDecay: 0.1, decay: Matrices))
        {
            Keeps = [nameof(ScaleInvariance), nameof(BoundedStep)],
        },
        new("signum without momentum, up", Signum.Of(0.01, 0, maximize: true))
        {
            Keeps = [nameof(BiasCorrection), nameof(ScaleInvariance), nameof(BoundedStep)],
        },
    ];

    public override ImmutableArray<PublishedGolden> Published =>
    [
        new("signum", golden =>
        {
            JsonElement options = golden.GetProperty("kwargs");
            return Signum.Of(
                options.Option("lr", 1e-3), options.Option("momentum", 0.9), maximize: options.Flag("maximize"));
        })
        {
            Slots = [("momentum_buffer", "m")],
        },
    ];

    public override ImmutableArray<FormulaCase> Formulas =>
    [
        // A published one begins its momentum anew at every step, and leaves the decay out.
        new("signum, whose momentum lasts and whose decay counts", Signum.Of(Rate, 0.6, Decay), [0],
            (_, theta, g, s) =>
            {
                s[0] = (0.6 * s[0]) + (0.4 * g);
                return theta - (Rate * (Math.Sign(s[0]) + (Decay * theta)));
            }),
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (() => Signum.Of(1, momentum: 1), "Signum: momentum is 1; allowed is in [0, 1)."),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola =>
        [new("signum, whose rate has to fall", Signum.Of(Schedule.ExponentialDecay(0.1, 0.995)), 3500)];
}
