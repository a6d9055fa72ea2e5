using System.Collections.Immutable;
using System.Text;

namespace Functional.Optim;

/// <summary>What became of each slot when a state was carried over (<see cref="Optimizer.Continue"/>).</summary>
/// <param name="Rows">A row for each transform that keeps slots and each of its leaves.</param>
/// <param name="Dropped">The names of the slots of the state before of which nothing was kept.</param>
public sealed record ContinuationReport(ImmutableArray<ContinuationReport.Row> Rows, ImmutableArray<string> Dropped)
{
    /// <summary>The slots of one transform for one leaf.</summary>
    /// <param name="Transform">The transform with its slots, such as <c>adam(m, v)</c>.</param>
    /// <param name="Leaf">The name of the leaf.</param>
    /// <param name="Kept">Whether they go on; else they start anew.</param>
    public readonly record struct Row(string Transform, string Leaf, bool Kept);

    /// <summary>One line for what was kept, what started anew and what was dropped.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        Say("kept", Rows.Where(row => row.Kept).Select(row => $"{row.Transform} of {row.Leaf}"));
        Say("started anew", Rows.Where(row => !row.Kept).Select(row => $"{row.Transform} of {row.Leaf}"));
        Say("dropped", Dropped);
        return text.ToString().TrimEnd();

        void Say(string what, IEnumerable<string> which)
        {
            string[] all = [.. which];
            if (all.Length == 0) return;
            text.Append(what).Append(": ").AppendJoin(", ", all.Take(12));
            if (all.Length > 12) text.Append(" and ").Append(all.Length - 12).Append(" more");
            text.AppendLine();
        }
    }

    internal ContinuationReport With(Row row) => this with { Rows = Rows.Add(row) };
}
