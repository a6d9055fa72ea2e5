using Spectre.Console;

namespace Functional.Optim.Benchmarks;

/// <summary>Tables in Markdown, of any width.</summary>
internal static class MarkdownTable
{
    /// <summary>Starts a table.</summary>
    /// <param name="headings">The headings of its columns.</param>
    internal static Table Of(params IEnumerable<string> headings)
    {
        Table table = new Table().Border(TableBorder.Markdown);
        foreach (string heading in headings) table.AddColumn(new TableColumn(new Text(heading)).NoWrap());
        return table;
    }

    /// <summary>Adds a row of texts, in which nothing is markup.</summary>
    /// <param name="table">The table.</param>
    /// <param name="cells">The texts.</param>
    internal static void AddTexts(this Table table, params IEnumerable<string> cells) =>
        table.AddRow(cells.Select(cell => new Text(cell)));

    /// <summary>The table as text, whatever the width of the terminal is.</summary>
    /// <param name="table">The table.</param>
    internal static string ToMarkdown(this Table table)
    {
        using StringWriter writer = new();
        IAnsiConsole console = AnsiConsole.Create(
            new()
            {
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Out = new AnsiConsoleOutput(writer),
            });
        console.Profile.Width = 10_000;
        console.Write(table);
        IEnumerable<string> lines = writer.ToString().ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim());
        return $"{string.Join('\n', lines).Trim()}\n";
    }
}
