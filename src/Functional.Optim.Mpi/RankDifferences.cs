using System.Collections.Immutable;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim.Mpi;

/// <summary>What differs between values that have to be the same on every rank.</summary>
internal static class RankDifferences
{
    private const string None = "nothing";

    /// <summary>How many ranks of one value are named.</summary>
    private const int MaxNamed = 8;

    /// <summary>Compares the values of the ranks, in their order.</summary>
    internal static Fin<Unit> In(ImmutableArray<Dictionary<string, string>> ranks)
    {
        string[] differences =
        [
            .. ranks.SelectMany(values => values.Keys)
                .Distinct(StringComparer.Ordinal)
                .Select(name => (Name: name, Values: ByValue(ranks, name)))
                .Where(found => found.Values.Length > 1)
                .Select(found => $"{found.Name} is {string.Join(", ", found.Values.Select(Describe))}"),
        ];
        return differences.Length == 0
            ? Unit.Default
            : Error.New($"The ranks of one run must be the same, and differ: {string.Join("; ", differences)}.");
    }

    /// <summary>The values of a name, in the order of the first rank that has each.</summary>
    private static (string Value, int[] Ranks)[] ByValue(
        ImmutableArray<Dictionary<string, string>> ranks, string name) =>
        [
            .. ranks.Index()
                .GroupBy(rank => rank.Item.TryGetValue(name, out string? value) ? $"'{value}'" : None)
                .Select(same => (same.Key, same.Select(rank => rank.Index).ToArray())),
        ];

    private static string Describe((string Value, int[] Ranks) of)
    {
        string named = string.Join(", ", of.Ranks.Take(MaxNamed)), rest =
            of.Ranks.Length > MaxNamed ? $" and {of.Ranks.Length - MaxNamed} more" : "";
        return $"{of.Value} (rank{(of.Ranks.Length == 1 ? "" : "s")} {named}{rest})";
    }
}
