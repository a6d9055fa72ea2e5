using System.Collections.Immutable;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MiniGpt;

/// <summary>A table of texts.</summary>
/// <param name="Columns">The headings; numbers are aligned to the right.</param>
/// <param name="Rows">The cells of each row.</param>
public sealed record TextTable(
    ImmutableArray<(string Heading, bool IsNumber)> Columns, ImmutableArray<ImmutableArray<string>> Rows)
{
    private const string Gap = "  ";

    /// <summary>Writes the table.</summary>
    /// <param name="output">Where it is written.</param>
    /// <param name="isTerminal">
    /// Whether it has borders and fits the width; otherwise lines are as long as needed.
    /// </param>
    public void Write(TextWriter output, bool isTerminal)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (isTerminal) WriteBordered(output);
        else WritePlain(output);
    }

    private void WriteBordered(TextWriter output)
    {
        Table table = new() { Border = TableBorder.Rounded };
        foreach ((string heading, bool isNumber) in Columns)
        {
            table.AddColumn(new TableColumn(new Text(heading))
            {
                Alignment = isNumber ? Justify.Right : Justify.Left, NoWrap = isNumber,
            });
        }

        foreach (ImmutableArray<string> row in Rows) table.AddRow(row.Select(IRenderable (cell) => new Text(cell)));
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) }).Write(table);
    }

    private void WritePlain(TextWriter output)
    {
        ImmutableArray<ImmutableArray<string>> lines = [[.. Columns.Select(column => column.Heading)], .. Rows];
        int[] widths = [.. Columns.Select((_, column) => lines.Max(line => line[column].Length))];
        foreach (ImmutableArray<string> line in lines)
        {
            IEnumerable<string> cells = line.Select((cell, column) => Columns[column].IsNumber
                ? cell.PadLeft(widths[column])
                : cell.PadRight(widths[column]));
            output.WriteLine(string.Join(Gap, cells).TrimEnd());
        }
    }
}
