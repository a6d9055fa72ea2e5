using System.Globalization;
using Spectre.Console;

namespace Functional.Optim.Benchmarks.Profile;

/// <summary>A profile as a page.</summary>
internal static class ProfileFile
{
    /// <summary>The page.</summary>
    /// <param name="machine">Where it was measured.</param>
    /// <param name="date">When.</param>
    /// <param name="command">With what.</param>
    /// <param name="parts">What was measured; the last is the whole.</param>
    internal static string Page(
        Machine machine, DateOnly date, string command, IReadOnlyList<ProfilePart> parts) => $"""
        # A nano step: {machine.Processor}

        {machine.Describe(command, date)}

        Times are medians. Those of an operation are measured alone, as often as the step has it and each on memory of
        its own; the rest of the gradient is what they leave of the model's. It is below 0 where they find less of their
        memory in the caches than in the step.

        {Table(parts)}
        """.ReplaceLineEndings("\n");

    /// <summary>The table.</summary>
    /// <param name="parts">What was measured; the last is the whole.</param>
    internal static string Table(IReadOnlyList<ProfilePart> parts)
    {
        Table table = MarkdownTable.Of("part, uses", "forward, ms", "backward, ms", "both, ms", "share");
        foreach (ProfilePart part in parts)
        {
            table.AddTexts(
                part.Name,
                part.Forward == 0 ? "" : Milliseconds(part.Forward),
                part.Forward == 0 ? "" : Milliseconds(part.Backward),
                Milliseconds(part.Seconds),
                Text($"{100 * part.Seconds / parts[^1].Seconds:F1} %"));
        }

        return table.ToMarkdown();
    }

    private static string Milliseconds(double seconds) => Text($"{1e3 * seconds:F2}");

    private static string Text(FormattableString value) => value.ToString(CultureInfo.InvariantCulture);
}
