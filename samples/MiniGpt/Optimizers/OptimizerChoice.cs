using System.Collections.Immutable;
using Functional.Optim;

namespace MiniGpt;

/// <summary>The optimizers of the command line, each behind the clip of the gradient's norm.</summary>
public static class OptimizerChoice
{
    /// <summary>What the command line calls them.</summary>
    public static ImmutableArray<string> Names { get; } = ["sgd", "momentum", "adam", "adamw"];

    /// <summary>The optimizer of a preset. Its decay holds for leaves of rank 2 and more: an L2 penalty, decoupled for adamw.</summary>
    public static Optimizer Of(Preset preset)
    {
        Schedule rate = ScheduleChoice.Of(preset);
        static bool IsMatrix(Leaf leaf) => leaf.Rank >= 2;
        // Without a limit the clip still refuses a gradient that is not finite.
        return Clip.ByGlobalNorm(preset.Clip == 0 ? double.PositiveInfinity : preset.Clip).Then(preset.Optimizer switch
        {
            "sgd" => Sgd.Of(rate, weightDecay: preset.WeightDecay, decay: IsMatrix),
            "momentum" => Sgd.Of(rate, preset.Beta1, weightDecay: preset.WeightDecay, decay: IsMatrix),
            "adam" => Adam.Of(rate, preset.Beta1, preset.Beta2, weightDecay: preset.WeightDecay, decay: IsMatrix),
            "adamw" => AdamW.Of(rate, preset.Beta1, preset.Beta2, weightDecay: preset.WeightDecay, decay: IsMatrix),
            string unknown => throw new ArgumentException($"optimizer is {unknown}; allowed is {string.Join(", ", Names)}"),
        });
    }
}
