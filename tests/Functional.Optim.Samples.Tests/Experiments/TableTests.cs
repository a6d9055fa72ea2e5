using System.Collections.Immutable;
using Experiments;
using Functional.Optim.Samples.Tests.Snapshots;
using Functional.Optim.Tests.Processes;

namespace Functional.Optim.Samples.Tests.Experiments;

/// <summary>
/// The figures of every experiment that is the same on every machine, kept as text for people to review.
/// </summary>
public sealed class TableTests : IDisposable
{
    private const ulong Seed = 1;

    /// <summary>The experiments whose defaults take longer than a test may.</summary>
    private static readonly ImmutableArray<string> Long =
        ["language-model-optimizers", "modern-optimizers", "state-formats", "warmup"];

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Names => [.. ExperimentCatalogue.All.Select(experiment => experiment.Name)];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_tables_are_as_they_were(string name)
    {
        Experiment experiment = ExperimentCatalogue.All.Single(known => known.Name == name);
        ExperimentRun run = experiment.Prepare(Long.Contains(name) ? Quick.Of(experiment, folder) : [])
            .OrThrow(name)
            .Run(Seed, new Progress<double>(), CancellationToken.None);
        SnapshotFile.Match(MarkdownText.Of(run)
            .Replace($"{folder.Root}{Path.DirectorySeparatorChar}", "", StringComparison.Ordinal), name);
    }
}
