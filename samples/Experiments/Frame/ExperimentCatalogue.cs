using System.Collections.Immutable;

namespace Experiments;

/// <summary>All experiments, in the order of the source text.</summary>
public static class ExperimentCatalogue
{
    /// <summary>The experiments.</summary>
    public static ImmutableArray<Experiment> All { get; } =
    [
        GradientDescent.Experiment,
        Landscape.Experiment,
        SgdNoise.Experiment,
        NoiseEscape.Experiment,
        AdamComponents.Experiment,
        BiasCorrection.Experiment,
        LanguageModelOptimizers.Experiment,
        ModernOptimizers.Experiment,
        StateFormats.Experiment,
        AdaptiveRate.Experiment,
        ConvexFailure.Experiment,
        L2VersusDecay.Experiment,
        SparseDecay.Experiment,
        DecayByWeightType.Experiment,
        Schedules.Experiment,
        Warmup.Experiment,
        MiniGptConfigurations.Experiment,
        ChecklistExperiment.Experiment,
    ];
}
