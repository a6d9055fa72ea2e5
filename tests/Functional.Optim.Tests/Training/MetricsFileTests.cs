using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Functional.Optim.Laws;
using Functional.Optim.Tests.Cultures;
using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;
using LanguageExt;

namespace Functional.Optim.Tests.Training;

public sealed class MetricsFileTests : IDisposable
{
    private static readonly double[] Extremes =
    [
        0, -0.0, 0.1, -1.0 / 3, double.Epsilon, double.MaxValue, double.MinValue, -2.2250738585072014E-308,
        double.NaN, double.PositiveInfinity, double.NegativeInfinity,
    ];

    private readonly TemporaryFolder folder = new();
    private readonly string path;

    public MetricsFileTests() => path = folder.At("metrics");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_written_is_read_with_the_same_bits()
    {
        StepReport[] reports =
        [
            .. Extremes.Select((value, index) => new StepReport(
                long.MaxValue - index, long.MinValue, value, -value, value, value,
                index % 2 == 0 ? TimeSpan.MinValue : TimeSpan.MaxValue, value, value, value, long.MinValue)),
            default,
        ];
        using DecimalComma culture = new();
        MetricsFile.Write(reports, path);
        ImmutableArray<StepReport> read = MetricsFile.Read(path).ThrowIfFail();
        Assert.Equal(reports, read);
        Assert.Equal(
            reports.Select(report => double.IsNegative(report.Loss) && !double.IsNaN(report.Loss)),
            read.Select(report => double.IsNegative(report.Loss) && !double.IsNaN(report.Loss)));
        byte[] whole = File.ReadAllBytes(path);
        using (CsvMetrics csv = CsvMetrics.Open(path))
        {
            foreach (StepReport report in reports) csv.Report(report);
        }

        Assert.Equal(whole, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_half_last_line_is_not_read_and_is_there_after_each_report()
    {
        using CsvMetrics csv = CsvMetrics.Open(path);
        Assert.Empty(MetricsFile.Read(path).ThrowIfFail());
        StepReport[] reports = MetricsReports.Steps(1, 5);
        for (int count = 1; count <= reports.Length; count++)
        {
            csv.Report(reports[count - 1]);
            Assert.Equal(reports[..count], MetricsFile.Read(path).ThrowIfFail());
        }

        byte[] whole = File.ReadAllBytes(path);
        int header = Array.IndexOf(whole, (byte)'\n') + 1;
        for (int length = header; length <= whole.Length; length++)
        {
            string cut = folder.Write("cut", whole[..length]);
            int lines = whole[header..length].Count(letter => letter == (byte)'\n');
            Assert.Equal(reports[..lines], MetricsFile.Read(cut).ThrowIfFail());
        }
    }

    [Theory]
    [InlineData("", "no line of column names")]
    [InlineData("step,loss\n1,2\n", "line 1 is 'step,loss', not step,loss,validationLoss,")]
    [InlineData("H1,2.5,,1,1,1,1,1,0,9\n", "line 2 is '1,2.5,,1,1,1,1,1,0,9', of 10 values instead of 11")]
    [InlineData("H1,2.5,,1,1,1,1,1,0,9,soon\nx\n", "line 2 has 'soon' as remaining; it must be a duration")]
    [InlineData("H1,2.5,,1,1,1,1,1,0,9,00:00:01\n1.5,2,,1,1,1,1,1,0,9,00:00:01\n", "line 3 has '1.5' as step")]
    [InlineData("H1,abc,,1,1,1,1,1,0,9,00:00:01\n", "line 2 has 'abc' as loss; it must be a number")]
    [InlineData("H1,,,1,1,1,1,1,0,9,00:00:01\n", "line 2 has '' as loss; it must be a number")]
    [InlineData("H1,2,x\u001b[1m,1,1,1,1,1,0,9,00:00:01\n", "line 2 has 'x?[1m' as validationLoss")]
    public void Another_file_is_refused_with_line_and_value(string text, string reason)
    {
        folder.Write("metrics", Encoding.UTF8.GetBytes(
            text.StartsWith('H') ? Encoding.UTF8.GetString(CsvReport.Header) + text[1..] : text));
        byte[] before = File.ReadAllBytes(path);
        string read = ErrorOf(MetricsFile.Read(path));
        Assert.StartsWith($"Cannot read '{path}': ", read, StringComparison.Ordinal);
        Assert.Contains(reason, read, StringComparison.Ordinal);
        Assert.DoesNotContain(read, char.IsControl);
        if (text.Length == 0) return;
        Assert.Contains(reason, ErrorOf(CsvMetrics.TryOpen(path, afterStep: 5)), StringComparison.Ordinal);
        Assert.Contains(
            reason, Assert.Throws<IOException>(() => CsvMetrics.Open(path, afterStep: 5)).Message,
            StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_line_without_end_is_refused_before_it_is_read_whole()
    {
        folder.Write("metrics", new byte[1_000_000]);
        Assert.Contains("line 1 is longer than", ErrorOf(MetricsFile.Read(path)), StringComparison.Ordinal);
        string json = ErrorOf(JsonLinesMetrics.TryOpen(path, afterStep: 1));
        Assert.Contains("line 1 is longer than", json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_resumed_run_has_the_file_of_the_undisturbed_one(bool json)
    {
        StepReport[] reports = MetricsReports.Steps(1, 12);
        byte[] undisturbed = Written(json, afterStep: 0, reports);
        for (int length = 0; length <= undisturbed.Length; length += 29)
        {
            int lines = undisturbed[..length].Count(letter => letter == (byte)'\n') - (json ? 0 : 1);
            for (int after = 0; after <= lines; after += 4)
            {
                folder.Write("metrics", undisturbed[..length]);
                Assert.Equal(undisturbed, Written(json, after, reports[after..]));
            }
        }

        Assert.Equal(["metrics"], Directory.GetFileSystemEntries(folder.Root).Select(Path.GetFileName));
        Assert.Equal(undisturbed, Written(json, afterStep: 12, []));
        File.Delete(path);
        Assert.Equal(undisturbed, Written(json, afterStep: 6, reports));
    }

    [Fact]
    public void Json_lines_have_every_number_of_a_report()
    {
        StepReport[] reports = [.. Extremes.Select((value, step) => MetricsReports.Of(step + 1, value, value))];
        using (JsonLinesMetrics metrics = JsonLinesMetrics.Open(path))
        {
            foreach (StepReport report in reports) metrics.Report(report);
            metrics.Report(MetricsReports.Of(12));
        }

        string[] lines = File.ReadAllLines(path);
        Assert.Equal(
            "{\"step\":12,\"loss\":2.5,\"validationLoss\":null,\"learningRate\":0.0003,\"gradientNorm\":0.5,"
            + "\"tokensPerSecond\":123456.789,\"milliseconds\":1.25,\"optimizerMilliseconds\":0.25,"
            + "\"skippedSteps\":3,\"totalSteps\":1000,\"remaining\":\"00:00:12.3456789\"}",
            lines[^1]);
        Assert.Equal(
            ["\"NaN\"", "\"Infinity\"", "\"-Infinity\""],
            lines[8..11].Select(line => JsonDocument.Parse(line).RootElement.GetProperty("loss").GetRawText()));
        for (int index = 0; index < 8; index++)
        {
            JsonElement line = JsonDocument.Parse(lines[index]).RootElement;
            Assert.Equal(
                BitConverter.DoubleToInt64Bits(Extremes[index]),
                BitConverter.DoubleToInt64Bits(line.GetProperty("validationLoss").GetDouble()));
        }
    }

    [Theory]
    [InlineData("{\"loss\":1}")]
    [InlineData("{\"step\":\"1\"}")]
    [InlineData("{\"inner\":{\"step\":1}}")]
    [InlineData("{\"step\":1")]
    [InlineData("[1]")]
    [InlineData("step,loss")]
    [InlineData("")]
    public void Other_lines_are_no_json_lines_of_metrics(string line)
    {
        File.WriteAllText(path, $"{{\"step\":1}}\n{line}\n");
        string error = ErrorOf(JsonLinesMetrics.TryOpen(path, afterStep: 5));
        Assert.Contains($"line 2 is '{line}', not an object with a step", error, StringComparison.Ordinal);
        Assert.Equal($"{{\"step\":1}}\n{line}\n", File.ReadAllText(path));
    }

    [ShellFact]
    public void A_pipe_and_a_device_are_refused()
    {
        using System.Diagnostics.Process made = System.Diagnostics.Process.Start("mkfifo", path);
        made.WaitForExit();
        foreach (string special in (string[])[path, "/dev/null"])
        {
            foreach (string error in (string[])
            [
                ErrorOf(MetricsFile.Read(special)), ErrorOf(MetricsFile.TryWrite([], special)),
                ErrorOf(CsvMetrics.TryOpen(special)), ErrorOf(CsvMetrics.TryOpen(special, 5)),
                ErrorOf(JsonLinesMetrics.TryOpen(special)), ErrorOf(JsonLinesMetrics.TryOpen(special, 5)),
            ])
            {
                Assert.Contains("it is a pipe, a device or a socket", error, StringComparison.Ordinal);
            }
        }

        Assert.True(TensorBoardMetrics.TryOpen(path).IsFail);
    }

    [Fact]
    public void A_missing_folder_and_a_negative_step_are_refused()
    {
        string nowhere = Path.Combine(folder.At("missing"), "metrics");
        Assert.Contains("no such directory", ErrorOf(CsvMetrics.TryOpen(nowhere)), StringComparison.Ordinal);
        Assert.Throws<IOException>(() => MetricsFile.Write([], nowhere));
        Assert.Throws<IOException>(() => JsonLinesMetrics.Open(nowhere));
        Assert.Throws<ArgumentOutOfRangeException>(() => CsvMetrics.Open(path, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => TensorBoardMetrics.Open(path, -1));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Root));
    }

    [Fact]
    public void A_report_allocates_nothing()
    {
        using Metrics metrics = Metrics.To(
            CsvMetrics.Open(path), JsonLinesMetrics.Open(folder.At("json")),
            TensorBoardMetrics.Open(folder.At("events")));
        Assert.Equal(0, SteadyAllocation.Of(step => metrics.Report(MetricsReports.Of(step, 1.0 / (step + 1), 2))));
        Assert.Empty(metrics.Failures);
    }

    private static string ErrorOf<T>(Fin<T> result) =>
        result.Match(_ => throw new InvalidOperationException("There was no error."), error => error.Message);

    private byte[] Written(bool json, long afterStep, StepReport[] reports)
    {
        IProgress<StepReport> sink =
            json ? JsonLinesMetrics.Open(path, afterStep) : CsvMetrics.Open(path, afterStep);
        using (sink as IDisposable)
        {
            foreach (StepReport report in reports) sink.Report(report);
        }

        return File.ReadAllBytes(path);
    }
}
