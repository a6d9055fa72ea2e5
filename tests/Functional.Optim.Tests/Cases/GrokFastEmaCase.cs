using System.Collections.Immutable;
using System.Text.Json;
using Functional.Optim.Tests.Golden;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="GrokFast.Ema"/>, and the trajectories of both forms.</summary>
internal sealed class GrokFastEmaCase : OptimizerCase
{
    public override string Entry => "grokFastEma";

    public override ImmutableArray<string> Keeps => [nameof(BiasCorrection)];

    public override ImmutableArray<Variant> Variants =>
    [
        new("grokfast and momentum", GrokFast.Ema(0.9, 5).Then(Sgd.Of(0.01, momentum: 0.9))),
    ];

    public override ImmutableArray<PublishedGolden> Published =>
    [
        new("grokfast", golden => Authors(golden.GetProperty("kwargs")))
        {
            Slots = [("filter_ema", "mean"), ("momentum_buffer", "momentum"), ("exp_avg", "m"), ("exp_avg_sq", "v")],
            KeptByOne = ["window"],
        },
    ];

    public override ImmutableArray<FormulaCase> Formulas =>
    [
        new("grokfast", GrokFast.Ema(0.7, 3).Then(LearningRate.Of(0.1)), [0], (t, theta, g, s) =>
        {
            s[0] = t == 1 ? g : (0.7 * s[0]) + (0.3 * g);
            return theta - (0.1 * (g + (3 * s[0])));
        }),
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (() => GrokFast.Ema(1, -1),
            "GrokFast: alpha is 1; allowed is in [0, 1); lambda is -1; allowed is finite and not negative."),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola =>
        [new("grokfast", GrokFast.Ema(0.5).Then(LearningRate.Of(0.05)), 120)];

    private static Optimizer Authors(JsonElement options)
    {
        double rate = options.Option("lr");
        Optimizer inner = options.GetProperty("base").GetString() switch
        {
            "sgd" => Sgd.Of(rate, options.Option("momentum", 0), weightDecay: options.Option("weight_decay", 0)),
            "adam" => Adam.Of(rate, weightDecay: options.Option("weight_decay", 0)),
            _ => AdamW.Of(rate, weightDecay: options.Option("weight_decay", 0.01)),
        };
        bool isWindow = options.TryGetProperty("form", out JsonElement form) && form.GetString() == "ma";
        bool isSum = options.TryGetProperty("filter_type", out JsonElement filter) && filter.GetString() == "sum";
        return (isWindow
            ? GrokFast.Window((int)options.Option("window_size", 100), options.Option("lamb", 5), isSum,
                options.FlagOr("warmup", true))
            : GrokFast.Ema(options.Option("alpha", 0.98), options.Option("lamb", 2))).Then(inner);
    }
}
