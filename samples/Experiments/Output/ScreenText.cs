using Spectre.Console;
using Spectre.Console.Rendering;

namespace Experiments;

/// <summary>Runs and tables for a terminal. Redirected output has lines of any length.</summary>
public static class ScreenText
{
    private const int Unlimited = 2000, LongText = 40, BorderWidth = 3;

    /// <summary>Writes a run: idea, tables, finding and errata.</summary>
    public static void Write(ExperimentRun run, TextWriter output)
    {
        IAnsiConsole console = On(output);
        console.Write(
            Paragraph($"{run.Experiment.Name} ({run.Experiment.Section})", new Style(decoration: Decoration.Bold)));
        console.Write(Paragraph(run.Experiment.Idea));
        foreach (Table table in run.Report.Tables)
        {
            console.WriteLine();
            Write(table, console);
        }

        console.WriteLine();
        console.Write(Paragraph($"Finding: {run.Report.Finding}"));
        foreach (string erratum in run.Experiment.Errata) console.Write(
            Paragraph($"Erratum: {erratum}", new Style(decoration: Decoration.Dim)));
        console.Write(Paragraph(run.Command, new Style(decoration: Decoration.Dim)));
    }

    /// <summary>Writes a table with its title, divided into as many parts as the width needs.</summary>
    /// <param name="table">The table.</param>
    /// <param name="output">Where it is written.</param>
    /// <param name="width">The maximum length of a line; by default that of the output.</param>
    public static void Write(Table table, TextWriter output, int? width = null)
    {
        IAnsiConsole console = On(output);
        if (width is { } given) console.Profile.Width = given;
        Write(table, console);
    }

    private static void Write(Table table, IAnsiConsole console)
    {
        console.Write(Paragraph(table.Title, new Style(decoration: Decoration.Underline)));
        foreach (Column[] columns in Blocks(table, console.Profile.Width))
        {
            Spectre.Console.Table drawn = new() { Border = TableBorder.Rounded };
            foreach (Column column in columns)
            {
                drawn.AddColumn(new TableColumn(new Text(Broken(column.Heading, Width(column))))
                {
                    Alignment = column.IsNumeric ? Justify.Right : Justify.Left, NoWrap = !IsLong(column),
                });
            }

            for (int row = 0; row < columns[0].Cells.Length; row++) drawn.AddRow(
                columns.Select(IRenderable (column) => new Text(column.Cells[row].Text)));
            console.Write(drawn);
        }
    }

    /// <summary>
    /// The columns in groups that fit side by side, so that no number is broken. Each group begins with the
    /// columns that name the rows.
    /// </summary>
    private static IEnumerable<Column[]> Blocks(Table table, int width)
    {
        Column[] names = [table.Columns[0], .. table.Columns.Skip(1)
            .Take(1).Where(column => !column.IsNumeric && !table.Columns[0].IsNumeric)];
        List<Column> block = [.. names];
        foreach (Column column in table.Columns.Skip(names.Length))
        {
            if (block.Count > names.Length && block.Append(column).Sum(one => Width(one) + BorderWidth) + 1 > width)
            {
                yield return [.. block];
                block = [.. names];
            }

            block.Add(column);
        }

        yield return [.. block];
    }

    private static bool IsLong(Column column) =>
        !column.IsNumeric && column.Cells.Any(cell => cell.Text.Length > LongText);

    /// <summary>The width of a column. Headings and long texts are broken between words.</summary>
    private static int Width(Column column) => Math.Max(
        column.Heading.Split(' ').Max(word => word.Length),
        IsLong(column) ? LongText : column.Cells.Select(cell => cell.Text.Length).DefaultIfEmpty(0).Max());

    /// <summary>A heading in lines of a maximum length.</summary>
    private static string Broken(string heading, int width) => heading.Split(' ').Aggregate((lines, word) =>
        lines.Length - (lines.LastIndexOf('\n') + 1) + 1 + word.Length <= width
            ? $"{lines} {word}"
            : $"{lines}\n{word}");

    private static IAnsiConsole On(TextWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (output != Console.Out || Console.IsOutputRedirected) console.Profile.Width = Unlimited;
        return console;
    }

    private static Paragraph Paragraph(string text, Style? style = null) => new($"{text}\n", style);
}
