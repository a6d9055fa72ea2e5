namespace Functional.Optim.Training;

/// <summary>A sink that failed, and got no more reports.</summary>
/// <param name="Step">The step of the report that it did not take.</param>
/// <param name="Sink">The sink; the text of one that writes a file is its path.</param>
/// <param name="Exception">Why it failed.</param>
public sealed record MetricsFailure(long Step, IProgress<StepReport> Sink, Exception Exception)
{
    /// <summary>The failure in one line.</summary>
    public override string ToString() =>
        $"Metrics to {Sink} failed at step {Step} and are switched off: {Exception.Message}";
}
