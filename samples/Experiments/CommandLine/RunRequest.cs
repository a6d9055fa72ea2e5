using System.Collections.Immutable;
using CommandLine;

namespace Experiments;

/// <summary>What the command line asks for.</summary>
/// <param name="Experiments">What to run, in this order.</param>
/// <param name="Seed">The seed.</param>
/// <param name="OutputFolder">The folder of the files; without one none are written.</param>
/// <param name="Format">The format of the output.</param>
public sealed record RunRequest(
    ImmutableArray<PreparedExperiment> Experiments, ulong Seed, string? OutputFolder, ReportFormat Format)
{
    /// <summary>The names of the experiments that take long and were not asked for.</summary>
    public ImmutableArray<string> LeftOut { get; init; } = [];
}
