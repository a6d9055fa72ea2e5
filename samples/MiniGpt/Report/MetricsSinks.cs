using Functional.Optim.Training;
using LanguageExt;

namespace MiniGpt;

/// <summary>The files that a run writes line by line, so that a kill loses at most the last line.</summary>
public sealed class MetricsSinks : IDisposable
{
    private readonly CsvMetrics? metrics;
    private readonly Action<string> notify;

    private readonly LeafNormsFile? leafNorms;

    private MetricsSinks(CsvMetrics? metrics, LeafNormsFile? leafNorms, Action<string> notify) =>
        (this.metrics, this.leafNorms, this.notify) = (metrics, leafNorms, notify);

    /// <summary>No files, for a process beside the one that writes.</summary>
    public static MetricsSinks None { get; } = new(null, null, _ => { });

    /// <summary>Gets the norms of the leaves, which all processes measure together, whoever writes them.</summary>
    public IProgress<LeafNorms> LeafNorms => leafNorms ?? (IProgress<LeafNorms>)new Unwritten();

    /// <summary>Opens the files. One that cannot be opened is told, and the run goes on without it.</summary>
    /// <param name="folder">The folder of the run.</param>
    /// <param name="afterStep">The step that the run starts after; lines of later steps are removed.</param>
    /// <param name="notify">Receives what cannot be written.</param>
    public static MetricsSinks Open(string folder, long afterStep, Action<string> notify)
    {
        return new(
            Opened(CsvMetrics.TryOpen(Path.Combine(folder, RunFiles.Metrics), afterStep)),
            Opened(LeafNormsFile.Open(Path.Combine(folder, RunFiles.LeafNorms), afterStep)),
            notify);

        T? Opened<T>(Fin<T> file)
            where T : class => file.Match<T?>(Succ: open => open, Fail: error =>
        {
            notify(error.Message);
            return null;
        });
    }

    /// <summary>The progress that the trainer gets: what a person sees, and the metrics.</summary>
    /// <param name="progress">What a person sees.</param>
    public IProgress<StepReport> With(IProgress<StepReport> progress) => Metrics.To(
        failure => notify($"the metrics are written no more: {failure.Exception.Message}"),
        metrics is null ? [progress] : [progress, metrics]);

    /// <inheritdoc/>
    public void Dispose()
    {
        metrics?.Dispose();
        leafNorms?.Dispose();
    }

    private sealed class Unwritten : IProgress<LeafNorms>
    {
        public void Report(LeafNorms value)
        {
        }
    }
}
