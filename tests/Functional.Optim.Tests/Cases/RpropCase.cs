using System.Collections.Immutable;
using Functional.Optim.Tests.Golden;
using Functional.Optim.Tests.Precision;
using static Functional.Optim.Laws.OptimizerLaws;
using static Functional.Optim.Tests.Cases.FormulaCase;
using static Functional.Optim.Tests.Precision.Exact;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Rprop"/>.</summary>
internal sealed class RpropCase : OptimizerCase
{
    public override string Entry => "rprop";

    public override ImmutableArray<ExactFormula> Exact =>
    [
        new("Rprop", Rprop.Of(), [0, Of(0.01)],
            (_, theta, g, slots) =>
            {
                int agreement = Math.Sign(g) * Math.Sign(slots[0]);
                decimal factor = agreement > 0 ? Of(1.2) : agreement < 0 ? Of(0.5) : 1;
                slots[1] = Math.Clamp(slots[1] * factor, Of(1e-6), 50);
                slots[0] = agreement < 0 ? 0 : g;
                return agreement < 0 ? theta : theta - (Math.Sign(g) * slots[1]);
            },
            (65, 6), (30, 2)),
    ];

    public override ImmutableArray<string> Keeps => [nameof(ScaleInvariance), nameof(BoundedStep)];

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "rprop with a schedule",
            Rprop.Of(0.1, 0.3, 1.5, 0.01, 0.2, Schedule.LinearWarmup(1, 3), weightDecay: 0.1, maximize: true))
        {
            Keeps = [nameof(BoundedStep)],
        },
    ];

    public override TorchGolden Torch => new("rprop", options => Rprop.Of(
        options.Option("lr"), options.Pair("etas", (0.5, 1.2)).First, options.Pair("etas", (0.5, 1.2)).Second,
        options.Pair("step_sizes", (1e-6, 50)).First, options.Pair("step_sizes", (1e-6, 50)).Second))
    {
        Slots = [("prev", "previous gradient"), ("step_size", "step size")],
    };

    public override ImmutableArray<FormulaCase> Formulas =>
    [
        new(
            "rprop", Rprop.Of(0.2, 0.4, 1.5, 0.1, 0.3, Schedule.LinearWarmup(1, 10), Decay), [0, 0.2],
            (t, theta, g, s) =>
            {
                double u = g + (Decay * theta), agreement = u * s[0];
                s[1] = Math.Clamp(s[1] * (agreement > 0 ? 1.5 : agreement < 0 ? 0.4 : 1), 0.1, 0.3);
                s[0] = agreement < 0 ? 0 : u;
                return theta - (Math.Min(t / 10.0, 1) * Math.Sign(s[0]) * s[1]);
            }),
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (
            () => Rprop.Of(0, 1, 1, 2, 1),
            "Rprop: initialStep is 0; allowed is finite and positive; etaMinus is 1; "
            + "allowed is in (0, 1); etaPlus is 1; allowed is in (1, Infinity); maximumStep is 1; "
            + "allowed is 2, the smallest, or more."),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola =>
    [
        new("rprop", Rprop.Of(0.1, minimumStep: 1e-12), 80),
    ];

    public override ImmutableArray<ConvergenceCase> Valley =>
    [
        new("rprop", Rprop.Of(minimumStep: 1e-12), 8800),
    ];
}
