using System.Globalization;

namespace Experiments;

/// <summary>Tables as CSV: full precision, decimal points, an empty cell for a missing value.</summary>
public static class CsvText
{
    private static readonly char[] Special = [',', '"', '\n'];

    /// <summary>A table with its headings.</summary>
    public static string Of(Table table) =>
        Line(table.Columns.Select(column => column.Heading))
            + string.Concat(table.Rows.Select(row => Line(row.Select(cell => Value(cell.Value)))));

    private static string Value(object? value) => value switch
    {
        null => "",
        bool yes => yes ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static string Line(IEnumerable<string> cells) => $"{string.Join(',', cells.Select(Escaped))}\n";

    private static string Escaped(string text) =>
        text.IndexOfAny(Special) < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
