using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Functional.Optim;

/// <summary>Which leaves are treated how; printed, a table with parameter counts.</summary>
/// <param name="Rows">One row per distinct treatment, in order of its first leaf.</param>
public sealed record GroupReport(ImmutableArray<GroupReport.Row> Rows)
{
    /// <summary>The leaves that are treated alike.</summary>
    /// <param name="Group">The name of their group, or of the rule of a <see cref="Partition"/>; several from the outside in, with slashes between.</param>
    /// <param name="Settings">What the groups change, those of a partition's optimizer included.</param>
    /// <param name="WeightDecay">The decay that reaches these leaves.</param>
    /// <param name="Leaves">The leaves.</param>
    /// <param name="Parameters">How many parameters they hold.</param>
    public sealed record Row(string Group, LeafSettings Settings, double WeightDecay, ImmutableArray<Leaf> Leaves, long Parameters);

    /// <summary>The table.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        int width = Rows.Select(row => row.Group.Length).Append(16).Max();
        text.Append(CultureInfo.InvariantCulture, $"{"group".PadRight(width)} {"rate ×",8} {"decay",8} {"leaves",7} {"parameters",12}  first leaves").AppendLine();
        foreach (Row row in Rows)
        {
            string rate = row.Settings.Frozen ? "frozen" : row.Settings.LearningRateMultiplier.ToString("g4", CultureInfo.InvariantCulture);
            string names = string.Join(", ", row.Leaves.Take(3).Select(leaf => leaf.ToString())) + (row.Leaves.Length > 3 ? ", …" : "");
            text.Append(CultureInfo.InvariantCulture,
                $"{row.Group.PadRight(width)} {rate,8} {row.WeightDecay,8:g4} {row.Leaves.Length,7} {row.Parameters,12:N0}  {names}").AppendLine();
        }

        return text.ToString().TrimEnd();
    }
}
