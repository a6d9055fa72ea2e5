using Spectre.Console;
using Spectre.Console.Rendering;

namespace Experiments;

/// <summary>Runs and tables for a terminal; where there is none, in lines as long as they need to be.</summary>
public static class ScreenText
{
    private const int Unlimited = 2000;

    /// <summary>A run: idea, tables, finding and errata.</summary>
    public static void Write(ExperimentRun run, TextWriter output)
    {
        IAnsiConsole console = On(output);
        console.Write(Paragraph($"{run.Experiment.Name} ({run.Experiment.Section})", new Style(decoration: Decoration.Bold)));
        console.Write(Paragraph(run.Experiment.Idea));
        foreach (Table table in run.Report.Tables)
        {
            console.WriteLine();
            Write(table, console);
        }

        console.WriteLine();
        console.Write(Paragraph($"Finding: {run.Report.Finding}"));
        foreach (string erratum in run.Experiment.Errata) console.Write(Paragraph($"Erratum: {erratum}", new Style(decoration: Decoration.Dim)));
        console.Write(Paragraph(run.Command, new Style(decoration: Decoration.Dim)));
    }

    /// <summary>A table with its title.</summary>
    public static void Write(Table table, TextWriter output) => Write(table, On(output));

    private static void Write(Table table, IAnsiConsole console)
    {
        console.Write(Paragraph(table.Title, new Style(decoration: Decoration.Underline)));
        Spectre.Console.Table drawn = new() { Border = TableBorder.Rounded };
        foreach (Column column in table.Columns)
            drawn.AddColumn(new TableColumn(new Text(column.Heading)) { Alignment = column.IsNumeric ? Justify.Right : Justify.Left });
        foreach (IEnumerable<Cell> row in table.Rows) drawn.AddRow(row.Select(IRenderable (cell) => new Text(cell.Text)));
        console.Write(drawn);
    }

    private static IAnsiConsole On(TextWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (output != Console.Out || Console.IsOutputRedirected) console.Profile.Width = Unlimited;
        return console;
    }

    private static Paragraph Paragraph(string text, Style? style = null) => new($"{text}\n", style);
}
