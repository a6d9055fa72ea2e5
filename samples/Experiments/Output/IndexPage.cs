using System.Net;

namespace Experiments;

/// <summary>The page that shows every run: idea, finding, errata, tables and pictures.</summary>
public static class IndexPage
{
    private const string Look = """
        body { font: 16px/1.5 system-ui,
            sans-serif; max-width: 1400px; margin: 2rem auto; padding: 0 1rem; color: #222; }
        h2 { margin-top: 3rem; border-bottom: 1px solid #ccc; }
        p { max-width: 60rem; }
        .finding { border-left: 4px solid #009E73; padding-left: 1rem; }
        .erratum { border-left: 4px solid #D55E00; padding-left: 1rem; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
        caption { text-align: left; font-weight: 600; }
        th, td { padding: 0.15rem 0.8rem; border-bottom: 1px solid #ddd; text-align: left; }
        .number { text-align: right; }
        figure { margin: 1rem 0; }
        img { max-width: 100%; height: auto; }
        code { color: #555; }
        """;

    /// <summary>The page. Its file belongs in the folder that has a folder for each experiment.</summary>
    public static string Of(IReadOnlyList<ExperimentRun> runs) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>Experiments</title>
        <style>
        {Look}
        </style>
        </head>
        <body>
        <h1>Experiments</h1>
        <ul>
        {Lines(runs, Link)}
        </ul>
        {Lines(runs, Section)}
        </body>
        </html>

        """;

    private static string Link(ExperimentRun run) =>
        $"<li><a href=\"#{run.Experiment.Name}\">{run.Experiment.Name}</a> ({run.Experiment.Section})</li>";

    private static string Section(ExperimentRun run) => $"""
        <section id="{run.Experiment.Name}">
        <h2>{run.Experiment.Name} ({run.Experiment.Section})</h2>
        <p>{Safe(run.Experiment.Idea)}</p>
        <p class="finding">{Safe(run.Report.Finding)}</p>
        {Lines(run.Experiment.Errata, erratum => $"<p class=\"erratum\"><strong>Erratum.</strong> {Safe(erratum)}</p>")}
        {Lines(run.Report.Tables, TableOf)}
        {Lines(run.Report.Pictures, picture => FigureOf(run.Experiment.Name, picture))}
        <p><code>{Safe(run.Command)}</code></p>
        </section>
        """;

    private static string TableOf(Table table) => $"""
        <div class="wide"><table>
        <caption>{Safe(table.Title)}</caption>
        <tr>{string.Concat(table.Columns.Select(column => $"<th{Class(column)}>{Safe(column.Heading)}</th>"))}</tr>
        {Lines(table.Rows, row => $"<tr>{string.Concat(row.Zip(table.Columns, CellOf))}</tr>")}
        </table></div>
        """;

    private static string CellOf(Cell cell, Column column) => $"<td{Class(column)}>{Safe(cell.Text)}</td>";

    private static string FigureOf(string folder, Picture picture) => $"""
        <figure>
        <a href="{folder}/{picture.Name}.svg"><img src="{folder}/{picture.Name}.png" alt="{Safe(picture.Caption)}"></a>
        <figcaption>{Safe(picture.Caption)}</figcaption>
        </figure>
        """;

    private static string Class(Column column) => column.IsNumeric ? " class=\"number\"" : "";

    private static string Lines<T>(IEnumerable<T> items, Func<T, string> text) => string.Join('\n', items.Select(text));

    private static string Safe(string text) => WebUtility.HtmlEncode(text);
}
