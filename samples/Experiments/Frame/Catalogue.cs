using System.Collections.Immutable;

namespace Experiments;

/// <summary>All experiments, in the order of the chapter.</summary>
public static class Catalogue
{
    /// <summary>The experiments.</summary>
    public static ImmutableArray<Experiment> All { get; } =
    [
        GradientDescent.Experiment,
        Landscape.Experiment,
        AdamComponents.Experiment,
        BiasCorrection.Experiment,
        LanguageModelOptimizers.Experiment,
        Schedules.Experiment,
        Warmup.Experiment,
    ];
}
