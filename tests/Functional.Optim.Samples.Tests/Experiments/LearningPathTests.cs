using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Experiments;

namespace Functional.Optim.Samples.Tests.Experiments;

/// <summary>The tables of <c>samples/README.md</c> name every experiment and only settings that exist.</summary>
public sealed class LearningPathTests
{
    private static readonly ImmutableArray<ImmutableArray<string>> Way = Rows("step"), Errata = Rows("section");

    [Fact]
    public void Each_experiment_is_on_the_way_once() => Assert.Equal(
        ExperimentCatalogue.All.Select(experiment => experiment.Name).Order(StringComparer.Ordinal),
        Way.Select(row => Plain(row[1])).Order(StringComparer.Ordinal));

    [Fact]
    public void What_is_to_be_tried_next_can_be_run() => Assert.All(Way, row =>
    {
        Experiment experiment = ExperimentCatalogue.All.Single(known => known.Name == Plain(row[1]));
        Dictionary<string, string> given =
            Plain(row[3]).Split(' ').Chunk(2).ToDictionary(pair => pair[0][2..], pair => pair[1]);
        Assert.Subset(experiment.Settings.Select(setting => setting.Name).ToHashSet(), given.Keys.ToHashSet());
        // FILE stands for the path of a text.
        if (given.ContainsValue("FILE")) return;
        Assert.NotEmpty(experiment.Prepare(given).OrThrow(experiment.Name).Settings);
    });

    [Fact]
    public void The_errata_name_each_experiment_with_its_section()
    {
        Assert.Equal(
            ExperimentCatalogue.All.Select(experiment => (experiment.Name, experiment.Section)).ToHashSet(),
            Errata.Where(row => row[3].Length > 0).Select(row => (Plain(row[3]), row[0])).ToHashSet());
        Assert.All(ExperimentCatalogue.All, experiment => Assert.NotEmpty(experiment.Errata));
    }

    private static string Plain(string cell) => cell.Trim('`');

    /// <summary>The rows of the table whose first heading is a word.</summary>
    private static ImmutableArray<ImmutableArray<string>> Rows(string heading, [CallerFilePath] string here = "")
    {
        string readme = Path.Combine(Path.GetDirectoryName(here)!, "../../../samples/README.md");
        return
        [
            .. File.ReadLines(readme)
                .SkipWhile(line => !line.StartsWith($"| {heading} |", StringComparison.Ordinal))
                .Skip(2)
                .TakeWhile(line => line.StartsWith('|'))
                .Select(line => line.Replace("\\|", "/", StringComparison.Ordinal)[1..^1].Split('|'))
                .Select(cells => ImmutableArray.CreateRange(cells.Select(cell => cell.Trim()))),
        ];
    }
}
