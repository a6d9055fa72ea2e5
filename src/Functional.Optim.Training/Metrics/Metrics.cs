using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Functional.Optim.Training;

/// <summary>
/// Several sinks as one that never throws: a sink that fails is switched off and reported once, and the others go on.
/// </summary>
/// <remarks>
/// A report allocates nothing besides what the sinks allocate. Not thread-safe: one report at a time, as the trainer
/// does; <see cref="Failures"/> may be read by any thread.
/// </remarks>
[SuppressMessage(
    "Naming", "CA1724", Justification = "It is the field's word; nobody trains and meters a process in one file.")]
public sealed partial class Metrics : IProgress<StepReport>, IDisposable
{
    private readonly IProgress<StepReport>?[] sinks;
    private readonly Action<MetricsFailure> failed;
    private long step;

    private Metrics(Action<MetricsFailure> failed, ReadOnlySpan<IProgress<StepReport>> sinks)
    {
        ArgumentNullException.ThrowIfNull(failed);
        foreach (IProgress<StepReport> sink in sinks) ArgumentNullException.ThrowIfNull(sink, nameof(sinks));
        (this.failed, this.sinks) = (failed, sinks.ToArray());
    }

    /// <summary>The sinks that failed so far, each once, in the order of their failures.</summary>
    public ImmutableArray<MetricsFailure> Failures { get; private set; } = [];

    /// <summary>Composes sinks; look at <see cref="Failures"/> after the run.</summary>
    /// <param name="sinks">The sinks, in the order in which each gets a report; disposed with the composition.</param>
    public static Metrics To(params ReadOnlySpan<IProgress<StepReport>> sinks) => new(_ => { }, sinks);

    /// <summary>Composes sinks, and hands over each failure when it happens.</summary>
    /// <param name="failed">Gets each failure, on the thread of the report; what it throws is ignored.</param>
    /// <param name="sinks">The sinks, in the order in which each gets a report; disposed with the composition.</param>
    public static Metrics To(Action<MetricsFailure> failed, params ReadOnlySpan<IProgress<StepReport>> sinks) =>
        new(failed, sinks);

    /// <summary>Composes sinks, and logs each failure as an error when it happens.</summary>
    /// <param name="logger">Gets each failure; what it throws is ignored.</param>
    /// <param name="sinks">The sinks, in the order in which each gets a report; disposed with the composition.</param>
    public static Metrics To(ILogger logger, params ReadOnlySpan<IProgress<StepReport>> sinks)
    {
        ArgumentNullException.ThrowIfNull(logger);
        return new(
            failure => LogFailure(logger, failure.Sink.ToString(), failure.Step, failure.Exception), sinks);
    }

    /// <summary>Reports to each sink that has not failed.</summary>
    /// <param name="value">The report.</param>
    public void Report(StepReport value)
    {
        step = value.Step;
        for (int index = 0; index < sinks.Length; index++)
        {
            try
            {
                sinks[index]?.Report(value);
            }
            catch (Exception exception)
            {
                Fail(index, exception);
                Close(index);
            }
        }
    }

    /// <summary>Disposes the sinks that are disposable. One that fails is among the failures.</summary>
    public void Dispose()
    {
        for (int index = 0; index < sinks.Length; index++) Close(index);
    }

    /// <summary>Disposes a sink and switches it off.</summary>
    private void Close(int index)
    {
        try
        {
            (sinks[index] as IDisposable)?.Dispose();
        }
        catch (Exception exception)
        {
            Fail(index, exception);
        }

        sinks[index] = null;
    }

    [LoggerMessage(3, LogLevel.Error, "Metrics to {Sink} failed at step {Step} and are switched off")]
    private static partial void LogFailure(ILogger logger, string? sink, long step, Exception exception);

    private void Fail(int index, Exception exception)
    {
        MetricsFailure failure = new(step, sinks[index]!, exception);
        if (Failures.Any(known => ReferenceEquals(known.Sink, failure.Sink))) return;
        Failures = Failures.Add(failure);
        try
        {
            failed(failure);
        }
        catch (Exception)
        {
            // Who listens to failures must not stop the training either; the failure stands in Failures.
        }
    }
}
