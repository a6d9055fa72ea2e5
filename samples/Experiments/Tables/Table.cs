using System.Collections.Immutable;
using System.Globalization;

namespace Experiments;

/// <summary>Figures in rows and columns.</summary>
/// <param name="Name">Lower case with hyphens: the name of its file.</param>
/// <param name="Title">A line above it.</param>
/// <param name="Columns">All of the same length, one at least.</param>
public record Table(string Name, string Title, ImmutableArray<Column> Columns)
{
    /// <summary>The rows, each a cell of every column.</summary>
    public IEnumerable<IEnumerable<Cell>> Rows =>
        Enumerable.Range(0, Columns[0].Cells.Length).Select(row => Columns.Select(column => column.Cells[row]));

    /// <summary>A table of typed rows, still without columns: each of the methods adds one.</summary>
    /// <typeparam name="TRow">What a row shows.</typeparam>
    /// <param name="name">Lower case with hyphens: the name of its file.</param>
    /// <param name="title">A line above it.</param>
    /// <param name="rows">What it shows.</param>
    public static Table<TRow> Of<TRow>(string name, string title, IEnumerable<TRow> rows) => new(name, title, [.. rows]);
}

/// <summary>A table made from typed rows: each method adds a column.</summary>
/// <typeparam name="TRow">What a row shows.</typeparam>
/// <param name="Name">Lower case with hyphens: the name of its file.</param>
/// <param name="Title">A line above it.</param>
/// <param name="Shown">What it shows.</param>
public sealed record Table<TRow>(string Name, string Title, ImmutableArray<TRow> Shown) : Table(Name, Title, [])
{
    private const string Nothing = "–";

    /// <summary>Words.</summary>
    public Table<TRow> Text(string heading, Func<TRow, string?> value) =>
        Add(heading, isNumeric: false, row => value(row) is { } text ? new Cell(text, text) : new Cell(null, Nothing));

    /// <summary>A number, rounded for people; what is missing is a word or a dash.</summary>
    /// <param name="heading">What it is, with the unit in parentheses where there is one.</param>
    /// <param name="value">The number.</param>
    /// <param name="digits">How many significant digits people see.</param>
    /// <param name="missing">What people see where there is none.</param>
    /// <param name="negligible">Below this it is rounding errors, and people see just that it is below.</param>
    public Table<TRow> Number(string heading, Func<TRow, double?> value, int digits = 4, string missing = Nothing, double negligible = 0) =>
        Add(heading, isNumeric: true, row => value(row) is not { } number ? new Cell(null, missing)
            : Math.Abs(number) < negligible ? new Cell(number, $"< {Figure.Of(negligible)}")
            : new Cell(number, Figure.Of(number, digits)));

    /// <summary>A count; what is missing is a word or a dash.</summary>
    public Table<TRow> Integer(string heading, Func<TRow, long?> value, string missing = Nothing) =>
        Add(heading, isNumeric: true, row => value(row) is { } count
            ? new Cell(count, count.ToString("N0", CultureInfo.InvariantCulture))
            : new Cell(null, missing));

    /// <summary>Yes or no.</summary>
    public Table<TRow> Flag(string heading, Func<TRow, bool?> value, string yes = "yes", string no = "no") =>
        Add(heading, isNumeric: false, row => new Cell(value(row), value(row) switch { true => yes, false => no, null => Nothing }));

    private Table<TRow> Add(string heading, bool isNumeric, Func<TRow, Cell> cell) =>
        this with { Columns = Columns.Add(new Column(heading, isNumeric, [.. Shown.Select(cell)])) };
}
