using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Functional.Optim.Benchmarks.Growth;

/// <summary>Growth as a page with a table for each panel.</summary>
internal static class GrowthFile
{
    /// <summary>The page.</summary>
    /// <param name="machine">Where it was measured.</param>
    /// <param name="date">When.</param>
    /// <param name="command">With what.</param>
    /// <param name="panels">What was measured.</param>
    internal static string Page(Machine machine, DateOnly date, string command, IEnumerable<GrowthPanel> panels) =>
        $"# Growth: {machine.Processor}\n\n{machine.Describe(command, date)}\n\n"
        + $"![Time against size]({PictureOf(machine)})\n\nTimes are medians.\n\n{Tables(panels)}";

    /// <summary>The name of the picture in the same folder.</summary>
    /// <param name="machine">Where it was measured.</param>
    internal static string PictureOf(Machine machine) => $"{machine.FileName}-growth.png";

    /// <summary>A table for each panel.</summary>
    /// <param name="panels">What was measured.</param>
    internal static string Tables(IEnumerable<GrowthPanel> panels)
    {
        StringBuilder text = new();
        foreach (GrowthPanel panel in panels)
        {
            Table table = MarkdownTable.Of([panel.Size, .. panel.Lines.Select(line => line.Name)]);
            for (int row = 0; row < panel.Lines[0].Points.Count; row++)
            {
                table.AddTexts(
                [
                    Text($"{panel.Lines[0].Points[row].Size:N0}"),
                    .. panel.Lines.Select(line => Text($"{line.Points[row].Time:G3}")),
                ]);
            }

            if (text.Length > 0) text.Append('\n');
            text.Append(CultureInfo.InvariantCulture, $"## {panel.Title}, {panel.Time}\n\n{table.ToMarkdown()}");
        }

        return text.ToString();
    }

    private static string Text(FormattableString value) => value.ToString(CultureInfo.InvariantCulture);
}
