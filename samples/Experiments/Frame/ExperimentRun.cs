using System.Collections.Immutable;

namespace Experiments;

/// <summary>An experiment that was run.</summary>
/// <param name="Experiment">What was run.</param>
/// <param name="Settings">The name and the value of each setting.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Report">The result.</param>
public sealed record ExperimentRun(
    Experiment Experiment, ImmutableArray<(string Name, string Value)> Settings, ulong Seed, Report Report)
{
    /// <summary>The arguments that repeat the run.</summary>
    public string Command =>
        $"run {Experiment.Name} --seed "
        + $"{Seed}{string.Concat(Settings.Select(setting => $" --{setting.Name} {setting.Value}"))}";
}
