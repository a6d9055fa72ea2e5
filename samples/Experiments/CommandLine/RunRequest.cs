using System.Collections.Immutable;
using CommandLine;

namespace Experiments;

/// <summary>What the command line asks for.</summary>
/// <param name="Experiments">What to run, in this order.</param>
/// <param name="Seed">Where all randomness comes from.</param>
/// <param name="OutputFolder">Where the files go; nothing is written without one.</param>
/// <param name="Format">How the runs are written to the output.</param>
public sealed record RunRequest(ImmutableArray<PreparedExperiment> Experiments, ulong Seed, string? OutputFolder, ReportFormat Format);
