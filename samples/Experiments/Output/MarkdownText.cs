using System.Globalization;
using System.Text;

namespace Experiments;

/// <summary>Runs and tables as Markdown, padded so that it can be read as it is.</summary>
public static class MarkdownText
{
    /// <summary>A run: idea, finding, errata and every table.</summary>
    public static string Of(ExperimentRun run)
    {
        StringBuilder text = new();
        text.Append($"## {run.Experiment.Name} ({run.Experiment.Section})\n\n{run.Experiment.Idea}\n\n**Finding.** {run.Report.Finding}\n");
        foreach (string erratum in run.Experiment.Errata) text.Append($"\n**Erratum.** {erratum}\n");
        foreach (Table table in run.Report.Tables) text.Append($"\n{table.Title}\n\n{Of(table)}");
        return text.Append($"\n`{run.Command}`\n").ToString();
    }

    /// <summary>A table.</summary>
    public static string Of(Table table)
    {
        int[] widths = [.. table.Columns.Select(column => 
            column.Cells.Select(cell => cell.Text).Append(column.Heading).Select(text => Width(Escaped(text))).Append(3).Max())];
        StringBuilder text = new();
        Row(table.Columns.Select(column => column.Heading));
        text.Append($"|{string.Join('|', table.Columns.Zip(widths, (column, width) => column.IsNumeric ? $"{new string('-', width + 1)}:" : new string('-', width + 2)))}|\n");
        foreach (IEnumerable<Cell> row in table.Rows) Row(row.Select(cell => cell.Text));
        return text.ToString();

        void Row(IEnumerable<string> cells) => text.Append($"| {string.Join(" | ", cells.Select((cell, index) =>
            Padded(Escaped(cell), widths[index], table.Columns[index].IsNumeric)))} |\n");
    }

    private static string Padded(string text, int width, bool isNumeric) =>
        isNumeric ? new string(' ', width - Width(text)) + text : text + new string(' ', width - Width(text));

    /// <summary>How many places a text takes: a hat stands over the letter before it.</summary>
    private static int Width(string text) => text.Count(sign => char.GetUnicodeCategory(sign) != UnicodeCategory.NonSpacingMark);

    private static string Escaped(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
