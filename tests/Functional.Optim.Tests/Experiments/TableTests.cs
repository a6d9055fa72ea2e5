using System.Collections.Immutable;
using Experiments;
using Functional.Optim.Tests.Snapshots;

namespace Functional.Optim.Tests.Experiments;

/// <summary>The figures of every experiment that is the same on every machine, kept as text for people to review.</summary>
public sealed class TableTests
{
    private const ulong Seed = 1;

    /// <summary>Settings for the experiments whose defaults take longer than a test may.</summary>
    private static readonly ImmutableDictionary<string, ImmutableDictionary<string, string>> Quick =
        ImmutableDictionary<string, ImmutableDictionary<string, string>>.Empty;

    public static TheoryData<string> Names => [.. Catalogue.All.Select(experiment => experiment.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_tables_are_as_they_were(string name) => SnapshotFile.Match(MarkdownText.Of(Run(name)), name);

    private static ExperimentRun Run(string name) => Catalogue.All.Single(experiment => experiment.Name == name)
        .Prepare(Quick.GetValueOrDefault(name, []))
        .OrThrow(name)
        .Run(Seed, new Progress<double>(), CancellationToken.None);
}
