using System.Collections.Immutable;

namespace Experiments;

/// <summary>An experiment that was run.</summary>
/// <param name="Experiment">What was run.</param>
/// <param name="Settings">The name and the value of each setting.</param>
/// <param name="Seed">Where all randomness came from.</param>
/// <param name="Report">What came out.</param>
public sealed record ExperimentRun(Experiment Experiment, ImmutableArray<(string Name, string Value)> Settings, ulong Seed, Report Report)
{
    /// <summary>How to get the same again, as one would type it.</summary>
    public string Command =>
        $"run {Experiment.Name} --seed {Seed}{string.Concat(Settings.Select(setting => $" --{setting.Name} {setting.Value}"))}";
}
