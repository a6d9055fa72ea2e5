using System.Collections.Immutable;

namespace Experiments;

/// <summary>A way to write runs to the output.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Before">What stands before the first.</param>
/// <param name="Between">What stands between two.</param>
/// <param name="After">What stands after the last.</param>
/// <param name="Write">Writes one.</param>
public sealed record ReportFormat(string Name, string Before, string Between, string After, Action<ExperimentRun, TextWriter> Write)
{
    /// <summary>The formats, the default first.</summary>
    public static ImmutableArray<ReportFormat> All { get; } =
    [
        new("table", "", "\n", "", ScreenText.Write),
        new("markdown", "", "\n", "", (run, output) => output.Write(MarkdownText.Of(run))),
        new("csv", "", "\n", "", (run, output) => output.Write(string.Join('\n', run.Report.Tables.Select(CsvText.Of)))),
        new("json", "[\n", ",\n", "\n]\n", (run, output) => output.Write(JsonText.Of(run))),
    ];
}
