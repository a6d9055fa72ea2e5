using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Functional.Optim.Laws;
using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;

namespace Functional.Optim.Tests.Training;

/// <summary>Scalars of a state that an optimizer shows, such as d of Prodigy, on their way to the metrics.</summary>
public sealed class ReportedScalarsTests : IDisposable
{
    private static readonly TrainModel<float, float> Model = new(Quadratic.Gradient, Quadratic.Loss);
    private static readonly TrainData<float> Data = new(Quadratic.Batch, step => step);
    private static readonly ImmutableArray<string> D = ["d"];

    private readonly TemporaryFolder folder = new();

    private static Optimizer Growing => new Growth().Then(LearningRate.Of(0.1));

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_trainer_reports_those_that_the_optimizer_names_after_each_step()
    {
        Assert.Equal([1.0, 2.0, 4.0], (await Reports(Growing)).Select(report => report.Scalars.Find("d")));
        Assert.All(await Reports(Growing), report => Assert.Equal<IEnumerable<string>>(D, report.Scalars.Names));
        Assert.All(await Reports(Sgd.Of(0.1)), report => Assert.Equal(default, report.Scalars));
        Assert.All(
            await Reports(ApplyIfFinite.Around(Growing)), report => Assert.Equal(1, report.Scalars.Count));
    }

    [Fact]
    public async Task In_a_partition_they_have_the_name_of_their_rule()
    {
        Optimizer both = Clip.ByGlobalNorm(1).Then(
            Partition.Of((LeafFilter.Matrices, Growing), (LeafFilter.All, Sgd.Of(0.1).Then(Growing))));
        Assert.All(
            await Reports(both),
            report => Assert.Equal(["matrices/d", "all/d"], report.Scalars.Names.AsEnumerable()));
    }

    [Fact]
    public async Task A_CSV_file_has_a_column_for_each_which_a_resumed_run_keeps()
    {
        StepReport[] reports = [.. await Reports(Growing)];
        string live = folder.At("live.csv"), whole = folder.At("whole.csv");
        using (CsvMetrics csv = CsvMetrics.Open(live))
        {
            Assert.Empty(MetricsFile.Read(live).ThrowIfFail());
            foreach (StepReport report in reports[..2]) csv.Report(report);
        }

        using (CsvMetrics csv = CsvMetrics.Open(live, afterStep: 1))
        {
            foreach (StepReport report in reports[1..]) csv.Report(report);
        }

        Assert.EndsWith(",remaining,d", File.ReadLines(live).First(), StringComparison.Ordinal);
        Assert.Equal(reports, MetricsFile.Read(live).ThrowIfFail());
        MetricsFile.Write(reports, whole);
        Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(live));
    }

    [Fact]
    public async Task Reports_with_and_without_them_share_a_file()
    {
        StepReport[] reports = [.. await Reports(Sgd.Of(0.1)), .. await Reports(Growing)];
        string path = folder.At("metrics.csv");
        MetricsFile.Write(reports, path);
        Assert.Equal(reports, MetricsFile.Read(path).ThrowIfFail());
        // A file that is gone on with keeps its columns.
        MetricsFile.Write(reports[..3], path);
        using (CsvMetrics csv = CsvMetrics.Open(path, afterStep: 3)) csv.Report(reports[4] with { Step = 4 });
        Assert.Equal(default, MetricsFile.Read(path).ThrowIfFail()[3].Scalars);
        // One whose lines are all later starts again, with fewer columns than it had.
        MetricsFile.Write(reports[4..], path);
        using (CsvMetrics csv = CsvMetrics.Open(path, afterStep: 1)) csv.Report(reports[0]);
        Assert.Equal(reports[0], Assert.Single(MetricsFile.Read(path).ThrowIfFail()));
    }

    [Fact]
    public void A_name_with_a_comma_is_one_column()
    {
        StepReport report = MetricsReports.Of(1) with { Scalars = NamedScalars.Of(["a,b\n"], 2.5) };
        string path = folder.At("metrics.csv");
        MetricsFile.Write([report], path);
        StepReport read = Assert.Single(MetricsFile.Read(path).ThrowIfFail());
        Assert.Equal(("a_b_", 2.5), (Assert.Single(read.Scalars.Names), read.Scalars[0]));
    }

    [Fact]
    public void JSON_has_an_object_and_TensorBoard_a_tag_for_each()
    {
        StepReport[] reports =
        [
            Of(1, null, 0.5), Of(2, 3.5, 0.25), Of(3, null, double.NaN), MetricsReports.Of(4, validationLoss: 4.5),
        ];
        using (JsonLinesMetrics json = JsonLinesMetrics.Open(folder.At("json")))
        using (TensorBoardMetrics board = TensorBoardMetrics.Open(folder.At("events")))
        {
            foreach (StepReport report in reports)
            {
                json.Report(report);
                board.Report(report);
            }
        }

        JsonElement[] lines =
            [.. File.ReadLines(folder.At("json")).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(0.5, lines[0].GetProperty("scalars").GetProperty("d").GetDouble());
        Assert.Equal("NaN", lines[2].GetProperty("scalars").GetProperty("d").GetString());
        Assert.False(lines[3].TryGetProperty("scalars", out _));
        byte[] events = File.ReadAllBytes(Assert.Single(Directory.GetFiles(folder.At("events"))));
        Assert.Equal(3, Count(events, "optimizer/d"));
        Assert.Equal(2, Count(events, "val/loss"));

        static StepReport Of(long step, double? validationLoss, double d) =>
            MetricsReports.Of(step, 1, validationLoss) with { Scalars = NamedScalars.Of(D, d) };
    }

    [Fact]
    public void A_report_with_them_allocates_nothing()
    {
        using Metrics metrics = Metrics.To(
            CsvMetrics.Open(folder.At("csv")), JsonLinesMetrics.Open(folder.At("json")),
            TensorBoardMetrics.Open(folder.At("events")));
        Assert.Equal(0, SteadyAllocation.Of(step => metrics.Report(
            MetricsReports.Of(step, 1, 2) with { Scalars = NamedScalars.Of(D, 1.0 / (step + 1)) })));
        Assert.Empty(metrics.Failures);
    }

    [Fact]
    public void Names_and_values_are_as_many_and_few()
    {
        Assert.Throws<ArgumentException>(() => NamedScalars.Of(D));
        Assert.Throws<ArgumentException>(() => NamedScalars.Of(default, 1));
        Assert.Throws<ArgumentException>(() => NamedScalars.Of(["a", "b", "c", "d", "e"], 1, 2, 3, 4, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => NamedScalars.Of(D, 1)[1]);
        Assert.Equal("a 0.5, b 2", NamedScalars.Of(["a", "b"], 0.5, 2).ToString());
        Assert.True(NamedScalars.Of(D, double.NaN) == NamedScalars.Of(["d"], double.NaN));
        Assert.True(NamedScalars.Of(D, 0.0) != NamedScalars.Of(D, -0.0));
        Assert.True(NamedScalars.Of(D, 1) != NamedScalars.Of(["e"], 1));
    }

    private static async Task<IReadOnlyList<StepReport>> Reports(Optimizer optimizer) => (await Trainer.Run(
        TrainerOptions.Of(3, evaluateEvery: 2), Model, optimizer, Data,
        TrainState.Init(optimizer, Quadratic.Start()))).History;

    private static int Count(ReadOnlySpan<byte> bytes, string text) => bytes.Count(Encoding.UTF8.GetBytes(text));

    /// <summary>A number that doubles at each update, and one that nobody wants to see.</summary>
    private sealed record Growth : Transform
    {
        protected internal override ImmutableArray<string> ScalarNames => ["count", "d"];

        protected internal override ImmutableArray<string> ReportedScalars => D;

        protected internal override void UpdateScalars(long step, Span<double> scalars) =>
            (scalars[0], scalars[1]) = (step, Math.Max(2 * scalars[1], 1));
    }
}
