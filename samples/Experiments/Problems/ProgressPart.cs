namespace Experiments;

/// <summary>The progress of a part of some work.</summary>
public sealed class ProgressPart : IProgress<double>
{
    private readonly IProgress<double> whole;
    private readonly double from, to;

    private ProgressPart(IProgress<double> whole, double from, double to) =>
        (this.whole, this.from, this.to) = (whole, from, to);

    /// <summary>The progress of a part.</summary>
    /// <param name="whole">Receives the share of the whole work.</param>
    /// <param name="from">The share at the start of the part.</param>
    /// <param name="to">The share at its end.</param>
    public static ProgressPart Of(IProgress<double> whole, double from, double to) => new(whole, from, to);

    /// <inheritdoc/>
    public void Report(double value) => whole.Report(from + (value * (to - from)));
}
