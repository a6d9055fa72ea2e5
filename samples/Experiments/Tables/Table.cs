using System.Collections.Immutable;
using System.Globalization;

namespace Experiments;

/// <summary>A table of figures.</summary>
/// <param name="Name">Lower case with hyphens: the name of its file.</param>
/// <param name="Title">The line above the table.</param>
/// <param name="Columns">Columns of the same length; one or more.</param>
public record Table(string Name, string Title, ImmutableArray<Column> Columns)
{
    /// <summary>The rows, each a cell of every column.</summary>
    public IEnumerable<IEnumerable<Cell>> Rows =>
        Enumerable.Range(0, Columns[0].Cells.Length).Select(row => Columns.Select(column => column.Cells[row]));

    /// <summary>A table of typed rows without columns; each method of the result adds one.</summary>
    /// <typeparam name="TRow">The type of a row.</typeparam>
    /// <param name="name">Lower case with hyphens: the name of its file.</param>
    /// <param name="title">The line above the table.</param>
    /// <param name="rows">The rows.</param>
    public static Table<TRow> Of<TRow>(string name, string title, IEnumerable<TRow> rows) =>
        new(name, title, [.. rows]);
}

/// <summary>A table of typed rows; each method adds a column.</summary>
/// <typeparam name="TRow">The type of a row.</typeparam>
/// <param name="Name">Lower case with hyphens: the name of its file.</param>
/// <param name="Title">The line above the table.</param>
/// <param name="Shown">The rows.</param>
public sealed record Table<TRow>(string Name, string Title, ImmutableArray<TRow> Shown) : Table(Name, Title, [])
{
    private const string Nothing = "–";

    /// <summary>Adds a column of text.</summary>
    public Table<TRow> Text(string heading, Func<TRow, string?> value) =>
        Add(heading, isNumeric: false, row => value(row) is { } text ? new Cell(text, text) : new Cell(null, Nothing));

    /// <summary>Adds a column of real numbers. A missing value is a word or a dash.</summary>
    /// <param name="heading">The name of the values, with the unit in parentheses if there is one.</param>
    /// <param name="value">The number.</param>
    /// <param name="digits">The number of significant digits of the text.</param>
    /// <param name="missing">The text of a missing value.</param>
    /// <param name="negligible">A smaller value is a rounding error; its text says only that it is smaller.</param>
    public Table<TRow> Number(
        string heading, Func<TRow, double?> value, int digits = 4, string missing = Nothing, double negligible = 0) =>
        Add(heading, isNumeric: true, row => value(row) is not { } number ? new Cell(null, missing)
            : Math.Abs(number) < negligible ? new Cell(number, $"< {Figure.Of(negligible)}")
            : new Cell(number, Figure.Of(number, digits)));

    /// <summary>Adds a column of integers. A missing value is a word or a dash.</summary>
    public Table<TRow> Integer(string heading, Func<TRow, long?> value, string missing = Nothing) =>
        Add(heading, isNumeric: true, row => value(row) is { } count
            ? new Cell(count, count.ToString("N0", CultureInfo.InvariantCulture))
            : new Cell(null, missing));

    /// <summary>Adds a column of yes and no.</summary>
    public Table<TRow> Flag(string heading, Func<TRow, bool?> value, string yes = "yes", string no = "no") =>
        Add(heading, isNumeric: false, row => new Cell(
            value(row), value(row) switch { true => yes, false => no, null => Nothing }));

    private Table<TRow> Add(string heading, bool isNumeric, Func<TRow, Cell> cell) =>
        this with { Columns = Columns.Add(new Column(heading, isNumeric, [.. Shown.Select(cell)])) };
}
