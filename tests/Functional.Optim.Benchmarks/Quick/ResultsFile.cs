using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Functional.Optim.Benchmarks.Quick;

/// <summary>The results of a run as a page: for each class its ratios and, below, all numbers.</summary>
internal static class ResultsFile
{
    /// <summary>The ratios of a class: its methods and its cases, the longer of the two downwards.</summary>
    /// <param name="results">The results of its cases.</param>
    internal static string Ratios(IReadOnlyList<(QuickCase Case, IReadOnlyList<QuickResult> Results)> results)
    {
        string[] cases = [.. results.Select(one => one.Case.Parameters)];
        string[] methods = [.. results[0].Results.Select(result => result.Method)];
        bool methodsDown = methods.Length >= cases.Length;
        string what = CountsBytes(results.SelectMany(one => one.Results)) ? "time for a byte" : "time";
        Table table = MarkdownTable.Of([$"{what}, as a ratio", .. methodsDown ? cases : methods]);
        for (int row = 0; row < Math.Max(methods.Length, cases.Length); row++)
        {
            table.AddTexts(
            [
                methodsDown ? methods[row] : cases[row],
                .. methodsDown
                    ? results.Select(one => Ratio(one.Results[row]))
                    : results[row].Results.Select(Ratio),
            ]);
        }

        return table.ToMarkdown();
    }

    /// <summary>All numbers.</summary>
    /// <param name="results">The results of cases.</param>
    internal static string Numbers(IEnumerable<(QuickCase Case, IReadOnlyList<QuickResult> Results)> results)
    {
        QuickResult[] all = [.. results.SelectMany(one => one.Results)];
        bool countsBytes = CountsBytes(all);
        string[] ofBytes = countsBytes ? ["time for a byte"] : [];
        Table table = MarkdownTable.Of(["case", "method", "ms", "ratio", "quartiles", "bytes a call", .. ofBytes]);
        foreach (QuickResult result in all)
        {
            table.AddTexts(
            [
                result.Case,
                result.Method,
                .. result.Problem is { } problem
                    ? [problem, "", "", ""]
                    : (IEnumerable<string>)
                    [
                        FourDigits(result.Milliseconds!.Value), Text($"{result.Ratio:F3}"),
                        Text($"{result.LowerQuartile:F3} to {result.UpperQuartile:F3}"),
                        Text($"{result.AllocatedBytes:0.#}"),
                    ],
                .. countsBytes ? [Text($"{result.TimePerByte:F3}")] : (string[])[],
            ]);
        }

        return table.ToMarkdown();
    }

    /// <summary>The page.</summary>
    /// <param name="machine">Where it was measured.</param>
    /// <param name="date">When.</param>
    /// <param name="command">With what.</param>
    /// <param name="results">The results of cases, those of a class one after the other.</param>
    internal static string Page(
        Machine machine, DateOnly date, string command,
        IReadOnlyList<(QuickCase Case, IReadOnlyList<QuickResult> Results)> results)
    {
        StringBuilder page = new($"# Timings: {machine.Processor}\n\n{machine.Describe(command, date)}\n\n");
        page.Append("A ratio is the median of the time over that of the first method, in turns one after the other.\n");
        foreach (var ofClass in results.GroupBy(one => one.Case.Type))
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {ofClass.Key.Name}\n\n{Ratios([.. ofClass])}\n");
            page.Append(CultureInfo.InvariantCulture, $"{Numbers(ofClass)}");
        }

        return page.ToString();
    }

    private static string Ratio(QuickResult result) =>
        result.Problem is null ? Text($"{result.TimePerByte ?? result.Ratio:F2}") : "–";

    private static bool CountsBytes(IEnumerable<QuickResult> results) =>
        results.Any(static result => result.TimePerByte is not null);

    /// <summary>Without an exponent, however small it is.</summary>
    private static string FourDigits(double value) => decimal.Parse(
        Text($"{value:G4}"), NumberStyles.Float, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);

    private static string Text(FormattableString value) => value.ToString(CultureInfo.InvariantCulture);
}
