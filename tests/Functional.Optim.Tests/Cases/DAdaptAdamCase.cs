using System.Collections.Immutable;
using System.Text.Json;
using Functional.Optim.Tests.Golden;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="DAdaptAdam"/>.</summary>
internal sealed class DAdaptAdamCase : OptimizerCase
{
    public override string Entry => "dAdaptAdam";

    public override ImmutableArray<(string Law, string Reason)> Unbroken => Slow;

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "dAdaptAdam with everything",
            DAdaptAdam.Of(
                Schedule.LinearWarmup(0.5, 3), 0.8, 0.9, 1e-3, 0.01, 1.5, biasCorrection: true, weightDecay: 0.1,
                decay: Matrices, decoupledDecay: true, maximize: true))
        {
            Unbroken = [.. Slow, (nameof(Split), "d hardly leaves its start in the few updates of the law")],
        },
    ];

    public override ImmutableArray<PublishedGolden> Published =>
    [
        new("dadapt_adam", golden => Theirs(golden.GetProperty("kwargs")))
        {
            Slots = [("s", "s"), ("exp_avg", "m"), ("exp_avg_sq", "v")],
            Scalars = [("d", "d"), ("numerator_weighted", "numerator")],
        },
    ];

    public override ImmutableArray<ConvergenceCase> Parabola => [new("dAdaptAdam", DAdaptAdam.Of(1, d0: 0.01), 500)];

    private static ImmutableArray<(string Law, string Reason)> Slow =>
        [(nameof(BoundedStep), "its rate is small at first")];

    private static DAdaptAdam Theirs(JsonElement options)
    {
        (double beta1, double beta2) = options.Pair("betas", (0.9, 0.999));
        return DAdaptAdam.Of(
            options.Option("lr", 1), beta1, beta2, d0: options.Option("d0", 1e-6),
            biasCorrection: options.Flag("use_bias_correction"), weightDecay: options.Option("weight_decay", 0),
            decoupledDecay: options.Flag("decouple"));
    }
}
