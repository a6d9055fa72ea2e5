using System.Collections.Immutable;
using System.Text.Json;
using Functional.Optim.Tests.Golden;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Lamb"/>.</summary>
internal sealed class LambCase : OptimizerCase
{
    public override string Entry => "lamb";

    public override ImmutableArray<Variant> Variants =>
    [
        new("lamb with decay for matrices", Lamb.Of(0.01, decay: Matrices)),
        new(
            "lamb as timm's, with decay for matrices",
            Lamb.Of(0.01, weightDecay: 0.1, decay: Matrices, maxGradientNorm: 1, alwaysAdapt: false)),
        new(
            "lamb with decoupled decay, clipped ratios and plain sums",
            Lamb.Of(0.01, weightDecay: 0.1, biasCorrection: false, gradientAveraging: false, trustClip: true,
                decoupledDecay: true)),
        new(
            "lamb with corrected decay",
            Lamb.Of(Schedule.LinearWarmup(0.01, 3), weightDecay: 0.1, decoupledDecay: true,
                decayForm: DecayForm.Corrected)),
        new("cautious lamb, up", Lamb.Of(0.01, caution: true, maximize: true)),
    ];

    public override ImmutableArray<PublishedGolden> Published =>
    [
        new("lamb_timm", golden => Timms(golden.GetProperty("kwargs")))
        {
            Slots = [("exp_avg", "m"), ("exp_avg_sq", "v")],
        },
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
        [(() => Lamb.Of(1, maxGradientNorm: -1), "Lamb: maxGradientNorm is -1; allowed is 0 or more.")];

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

    private static Lamb Timms(JsonElement options)
    {
        (double beta1, double beta2) = options.Pair("betas", (0.9, 0.999));
        bool isClipped = !options.TryGetProperty("max_grad_norm", out JsonElement norm)
            || norm.ValueKind != JsonValueKind.Null;
        return Lamb.Of(
            options.Option("lr", 0.001), beta1, beta2, options.Option("eps", 1e-6),
            options.Option("weight_decay", 0.01),
            biasCorrection: options.FlagOr("bias_correction", true),
            gradientAveraging: options.FlagOr("grad_averaging", true),
            maxGradientNorm: isClipped ? options.Option("max_grad_norm", 1) : null,
            alwaysAdapt: options.Flag("always_adapt"), trustClip: options.Flag("trust_clip"),
            decoupledDecay: options.Flag("decoupled_decay"), caution: options.Flag("caution"),
            decayForm: options.Flag("decoupled_decay") && options.Flag("corrected_weight_decay")
                ? DecayForm.Corrected : DecayForm.Scaled);
    }
}
