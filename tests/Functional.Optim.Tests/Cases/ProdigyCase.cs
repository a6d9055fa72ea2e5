using System.Collections.Immutable;
using System.Text.Json;
using Functional.Optim.Tests.Golden;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Prodigy"/>.</summary>
internal sealed class ProdigyCase : OptimizerCase
{
    public override string Entry => "prodigy";

    public override ImmutableArray<(string Law, string Reason)> Unbroken => Slow;

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "prodigy with everything",
            Prodigy.Of(
                Schedule.LinearWarmup(0.5, 3), 0.8, 0.9, 0.7, 1e-3, 0.01, 2, 1.01, biasCorrection: true,
                safeguardWarmup: true, weightDecay: 0.1, decay: Matrices, maximize: true))
        {
            Unbroken = Slow,
        },
        new("prodigy with a penalty", Prodigy.Of(1, d0: 0.01, weightDecay: 0.1, decoupledDecay: false))
        {
            Unbroken = [Slow[0]],
        },
    ];

    public override ImmutableArray<PublishedGolden> Published =>
    [
        new("prodigy", golden => Theirs(golden.GetProperty("kwargs")))
        {
            Slots = [("s", "s"), ("p0", "start"), ("exp_avg", "m"), ("exp_avg_sq", "v")],
            // Its trajectories part by up to 83 times what their starts differ by, those in float32 by more.
            SlotRoundings = 1e6,
            Scalars =
            [
                ("d", "d"), ("d_hat", "estimate"), ("d_max", "largest d"), ("d_numerator", "numerator"),
                ("d_denom", "denominator"),
            ],
        },
    ];

    public override string SpreadsInfinity => "it measures the distance of all parameters from their start";

    public override ImmutableArray<ConvergenceCase> Parabola => [new("prodigy", Prodigy.Of(1, d0: 0.01), 500)];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (
            () => Prodigy.Of(d0: 0, coefficient: -1, growthRate: 0.5),
            "Prodigy: d0 is 0; allowed is finite and positive; coefficient is -1; allowed is finite and positive; "
            + "growthRate is 0.5; allowed is 1 or more."),
    ];

    private static ImmutableArray<(string Law, string Reason)> Slow =>
    [
        (nameof(BoundedStep), "its rate is small at first"),
        (nameof(Split), "d hardly leaves its start in the few updates of the law"),
    ];

    private static Prodigy Theirs(JsonElement options)
    {
        (double beta1, double beta2) = options.Pair("betas", (0.9, 0.999));
        bool decoupled = !options.TryGetProperty("decouple", out JsonElement given) || given.GetBoolean();
        return Prodigy.Of(
            options.Option("lr", 1), beta1, beta2, d0: options.Option("d0", 1e-6),
            coefficient: options.Option("d_coef", 1), biasCorrection: options.Flag("use_bias_correction"),
            safeguardWarmup: options.Flag("safeguard_warmup"), weightDecay: options.Option("weight_decay", 0),
            decoupledDecay: decoupled);
    }
}
