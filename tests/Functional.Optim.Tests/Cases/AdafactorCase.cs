using System.Collections.Immutable;
using System.Text.Json;
using Functional.Optim.Tests.Golden;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Adafactor"/>.</summary>
internal sealed class AdafactorCase : OptimizerCase
{
    public override string Entry => "adafactor";

    public override ImmutableArray<string> Keeps => [nameof(ScaleInvariance)];

    public override ImmutableArray<Variant> Variants =>
    [
        new("adafactor with momentum and decay", Adafactor.Of(0.1, beta1: 0.9, weightDecay: 0.1))
        {
            Keeps = [nameof(ScaleInvariance)],
            Unbroken = [(nameof(BoundedStep), "its momentum takes a tenth of each step")],
        },
        new(
            "adafactor of torch with decay for matrices, up",
            Adafactor.Of(0.01, AdafactorForm.Torch, weightDecay: 0.1, decay: Matrices, maximize: true))
        {
            Keeps = [nameof(ScaleInvariance)],
        },
    ];

    public override ImmutableArray<PublishedGolden> Published =>
    [
        new("adafactor_hf", golden => HuggingFaces(golden.GetProperty("kwargs")))
        {
            Slots = [("exp_avg_sq_row", "row"), ("exp_avg_sq_col", "column"), ("exp_avg_sq", "v"), ("exp_avg", "m")],
        },
        new("adafactor_torch", golden => Torchs(golden.GetProperty("kwargs")))
        {
            Slots = [("row_var", "row"), ("col_var", "column"), ("variance", "v")],
        },
    ];

    public override string SpreadsInfinity => "it multiplies the update of a leaf by the norm of its parameters";

    private static Adafactor HuggingFaces(JsonElement options)
    {
        bool relative = !options.TryGetProperty("relative_step", out JsonElement given) || given.GetBoolean();
        bool scaled = !options.TryGetProperty("scale_parameter", out given) || given.GetBoolean();
        Schedule rate = options.Flag("warmup_init")
            ? Schedule.InverseSquareRoot(0.01, 10_000)
            : options.Option("lr", 0.01);
        return Adafactor.Of(
            rate, relativeStep: relative, scaleByParameters: scaled, beta1: options.Option("beta1", 0),
            beta2Power: -options.Option("decay_rate", -0.8), clipThreshold: options.Option("clip_threshold", 1),
            epsilon: options.Pair("eps", (1e-30, 1e-3)).First, minimumScale: options.Pair("eps", (1e-30, 1e-3)).Second,
            weightDecay: options.Option("weight_decay", 0));
    }

    private static Adafactor Torchs(JsonElement options)
    {
        // An ε₁ of null is that of the elements' type.
        JsonElement given = options.TryGetProperty("eps", out JsonElement pair) ? pair[0] : default;
        return Adafactor.Of(
            options.Option("lr", 0.01), AdafactorForm.Torch, beta2Power: -options.Option("beta2_decay", -0.8),
            clipThreshold: options.Option("d", 1),
            epsilon: given.ValueKind == JsonValueKind.Number ? given.GetDouble() : null,
            minimumScale: given.ValueKind == JsonValueKind.Undefined ? 1e-3 : pair[1].GetDouble(),
            weightDecay: options.Option("weight_decay", 0), maximize: options.Flag("maximize"));
    }
}
