using System.Collections.Immutable;
using System.Globalization;

namespace Experiments;

/// <summary>An experiment with all its settings, ready to run.</summary>
/// <param name="Experiment">The experiment.</param>
/// <param name="Settings">The name and the value of each setting.</param>
/// <param name="Report">The function. It takes a seed, where the finished share is reported, and what stops it.</param>
public sealed record PreparedExperiment(
    Experiment Experiment,
    ImmutableArray<(string Name, string Value)> Settings,
    Func<ulong, IProgress<double>, CancellationToken, Report> Report)
{
    /// <summary>
    /// Runs the experiment. Headings and findings contain numbers, so it runs in the invariant culture.
    /// </summary>
    public ExperimentRun Run(ulong seed, IProgress<double> progress, CancellationToken cancellation)
    {
        CultureInfo culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            return new(Experiment, Settings, seed, Report(seed, progress, cancellation));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }
}
