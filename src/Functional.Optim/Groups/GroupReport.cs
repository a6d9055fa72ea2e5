using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Functional.Optim;

/// <summary>Which leaves have which settings; prints as a table with parameter counts.</summary>
/// <param name="Rows">One row for each distinct combination of settings, in the order of its first leaf.</param>
public sealed record GroupReport(ImmutableArray<GroupReport.Row> Rows)
{
    /// <summary>Leaves with the same settings.</summary>
    /// <param name="Group">
    /// The name of their group, or of the rule of a <see cref="Partition"/>. Several names
    /// are joined by slashes, from the outside in.
    /// </param>
    /// <param name="Settings">The combined settings of the groups, those of a partition's optimizer included.</param>
    /// <param name="WeightDecay">The weight decay of these leaves.</param>
    /// <param name="Leaves">The leaves.</param>
    /// <param name="Parameters">The number of their parameters.</param>
    public sealed record Row(
        string Group, LeafSettings Settings, double WeightDecay, ImmutableArray<Leaf> Leaves, long Parameters);

    /// <summary>The groups, rules of partitions and filters that no leaf goes to; empty where each has one.</summary>
    public ImmutableArray<string> Unmatched { get; init; } = [];

    /// <summary>The table.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        int width = Rows.Select(row => row.Group.Length).Append(16).Max();
        CultureInfo culture = CultureInfo.InvariantCulture;
        string header = "group".PadRight(width);
        text.Append(
            culture, $"{header} {"rate ×",8} {"decay",8} {"leaves",7} {"parameters",12}  first leaves").AppendLine();
        foreach (Row row in Rows)
        {
            string group = row.Group.PadRight(width);
            string rate = row.Settings.Frozen ? "frozen" : row.Settings.LearningRateMultiplier.ToString("g4", culture);
            string names = string.Join(", ", row.Leaves.Take(3)) + (row.Leaves.Length > 3 ? ", …" : "");
            text.Append(
                culture,
                $"{group} {rate,8} {row.WeightDecay,8:g4} {row.Leaves.Length,7} {row.Parameters,12:N0}  {names}")
                .AppendLine();
        }

        foreach (string filter in Unmatched) text.Append(culture, $"no leaf goes to {filter}").AppendLine();
        return text.ToString().TrimEnd();
    }
}
