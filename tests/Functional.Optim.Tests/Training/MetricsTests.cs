using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;
using Microsoft.Extensions.Logging;

namespace Functional.Optim.Tests.Training;

public sealed class MetricsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_sink_that_fails_is_reported_once_and_switched_off_and_the_others_go_on()
    {
        List<long> before = [], after = [];
        List<MetricsFailure> told = [];
        int calls = 0;
        Sink failing = new(report =>
        {
            calls++;
            if (report.Step == 3) throw new OperationCanceledException("no more");
        }) { OnDispose = () => throw new IOException("cannot close") };
        Metrics metrics = Metrics.To(
            failure => { told.Add(failure); throw new InvalidOperationException("a listener that fails"); },
            new Sink(report => before.Add(report.Step)), failing, new Sink(report => after.Add(report.Step)));
        foreach (StepReport report in MetricsReports.Steps(1, 6)) metrics.Report(report);
        metrics.Dispose();
        Assert.Equal([1, 2, 3, 4, 5, 6], before);
        Assert.Equal([1, 2, 3, 4, 5, 6], after);
        Assert.Equal(3, calls);
        MetricsFailure failure = Assert.Single(metrics.Failures);
        Assert.Same(failure, Assert.Single(told));
        Assert.Equal((3, "no more"), (failure.Step, failure.Exception.Message));
        Assert.Same(failing, failure.Sink);
        Assert.Contains("failed at step 3 and are switched off: no more", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Disposing_closes_each_sink_once_and_tells_which_cannot_be_closed()
    {
        int closed = 0;
        Metrics metrics = Metrics.To(
            new Sink(_ => { }) { OnDispose = () => throw new IOException("full") },
            new Sink(_ => { }) { OnDispose = () => closed++ });
        metrics.Report(MetricsReports.Of(7));
        metrics.Dispose();
        metrics.Dispose();
        Assert.Equal(1, closed);
        Assert.Equal((7, "full"), (metrics.Failures[0].Step, Assert.Single(metrics.Failures).Exception.Message));
    }

    [Fact]
    public async Task Training_does_not_stop_for_a_sink()
    {
        string path = folder.At("metrics.csv");
        Messages log = new();
        CsvMetrics closed = CsvMetrics.Open(folder.At("closed.csv"));
        closed.Dispose();
        using Metrics metrics = Metrics.To(log, closed, CsvMetrics.Open(path));
        Optimizer optimizer = AdamW.Of(0.05);
        TrainResult<float> result = await Trainer.Run(
            TrainerOptions.Of(20), new TrainModel<float, float>(Quadratic.Gradient), optimizer,
            new TrainData<float>(Quadratic.Batch), TrainState.Init(optimizer, Quadratic.Start()), metrics);
        Assert.Equal((StopReason.Completed, 20), (result.Reason, result.State.Step));
        Assert.Equal(result.History, MetricsFile.Read(path).ThrowIfFail());
        Assert.IsType<ObjectDisposedException>(Assert.Single(metrics.Failures).Exception);
        (LogLevel level, string text) = Assert.Single(log.Taken);
        Assert.Equal(
            (LogLevel.Error, $"Metrics to {folder.At("closed.csv")} failed at step 1 and are switched off"),
            (level, text));
    }

    [Fact]
    public void A_logger_gets_one_message_for_each_report()
    {
        Messages log = new();
        LoggerMetrics metrics = LoggerMetrics.Of(log);
        metrics.Report(MetricsReports.Of(1));
        metrics.Report(MetricsReports.Of(2, double.NaN, 1.5));
        Assert.Equal(
            [
                (LogLevel.Information, "Step 1 of 1000: loss 2.5, learning rate 0.0003, gradient norm 0.5, "
                    + "123456.789 tokens/s, 3 skipped steps"),
                (LogLevel.Information, "Step 2 of 1000: loss NaN, validation loss 1.5, learning rate 0.0003, "
                    + "gradient norm 0.5, 123456.789 tokens/s, 3 skipped steps"),
            ],
            log.Taken);
        Assert.Throws<ArgumentNullException>(() => LoggerMetrics.Of(null!));
        Assert.Throws<ArgumentNullException>(() => Metrics.To(metrics, null!));
    }

    [ShellFact("/dev/full")]
    public void A_disk_that_is_full_is_a_failure_of_its_sink_alone()
    {
        using FileStream full = new("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        using Metrics metrics = Metrics.To(
            new Sink(report => RandomAccess.Write(full.SafeFileHandle, [1], report.Step)),
            CsvMetrics.Open(folder.At("metrics.csv")));
        foreach (StepReport report in MetricsReports.Steps(1, 5)) metrics.Report(report);
        Assert.IsAssignableFrom<IOException>(Assert.Single(metrics.Failures).Exception);
        Assert.Equal(5, MetricsFile.Read(folder.At("metrics.csv")).ThrowIfFail().Length);
    }

    /// <summary>
    /// 10⁶ reports: never more than the limit, and the work of thinning is shared by as many reports.
    /// </summary>
    [Theory]
    [InlineData(1L, 100L)]
    [InlineData(1L, 1L)]
    [InlineData(10L, 7L)]
    public void The_history_of_a_million_reports_stays_within_its_limit(long reportEvery, long evaluateEvery)
    {
        const int limit = 8192, reports = 1_000_000;
        TrainerOptions options = TrainerOptions.Of(
            long.MaxValue, evaluateEvery, reportEvery: reportEvery, maxReports: limit);
        ReportHistory history = new(options, double.PositiveInfinity);
        long moved = 0, step = 0;
        for (int number = 1; number <= reports; number++)
        {
            do step++;
            while (step % reportEvery != 0 && step % evaluateEvery != 0);
            int before = history.Reports.Count;
            history.Add(MetricsReports.Of(step, 1, step % evaluateEvery == 0 ? 1 : null));
            if (history.Reports.Count > limit) Assert.Fail($"{history.Reports.Count} reports after {number}");
            if (history.Reports.Count < before - 1) moved += before;
        }

        Assert.InRange(history.Reports.Count, limit / 4, limit);
        Assert.Equal(step, history.Reports[^1].Step);
        Assert.InRange(moved, limit, reports / 4);
    }

    private sealed class Sink(Action<StepReport> tell) : IProgress<StepReport>, IDisposable
    {
        internal Action OnDispose { get; init; } = () => { };

        public void Report(StepReport value) => tell(value);

        public void Dispose() => OnDispose();
    }

    private sealed class Messages : ILogger
    {
        internal List<(LogLevel Level, string Text)> Taken { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => Taken.Add((logLevel, formatter(state, exception)));
    }
}
