namespace Functional.Optim.Benchmarks.Quick;

/// <summary>The result of one method, compared with its baseline.</summary>
/// <param name="Case">The class and the values of its parameters.</param>
/// <param name="Method">The method.</param>
/// <param name="Problem">Why it could not be measured; without it there are numbers.</param>
/// <param name="Milliseconds">The median time of a call.</param>
/// <param name="Ratio">
/// The median ratio of the method's time to that of the baseline, in turns one after the other.
/// </param>
/// <param name="LowerQuartile">The lower quartile of the ratios.</param>
/// <param name="UpperQuartile">The upper quartile of the ratios.</param>
/// <param name="AllocatedBytes">The bytes that a call allocates on its thread.</param>
/// <param name="TimePerByte">
/// The ratio of the times for a byte, where the methods move different numbers of bytes.
/// </param>
internal sealed record QuickResult(
    string Case,
    string Method,
    string? Problem = null,
    double? Milliseconds = null,
    double? Ratio = null,
    double? LowerQuartile = null,
    double? UpperQuartile = null,
    double? AllocatedBytes = null,
    double? TimePerByte = null)
{
    /// <summary>Measures the methods of a case in turn.</summary>
    /// <param name="quick">The case.</param>
    /// <param name="rounds">The number of turns of each method.</param>
    internal static IReadOnlyList<QuickResult> Measure(QuickCase quick, int rounds)
    {
        object made = quick.SetUp();
        try
        {
            IReadOnlyList<Timing> timings = quick.Timings(made);
            Timing.Measure(timings, rounds);
            return [.. timings.Select(timing => Of(quick.Name, timing, timings[0], made as ICountsBytes))];
        }
        finally
        {
            quick.CleanUp(made);
        }
    }

    private static QuickResult Of(string name, Timing of, Timing baseline, ICountsBytes? bytes)
    {
        if (of.Problem is not null) return new(name, of.Name, of.Problem);
        double relativeBytes = of == baseline ? 1 : bytes?.RelativeBytes ?? 1;
        double[] ratios = [.. of.Seconds.Zip(baseline.Seconds, static (mine, its) => mine / its)];
        double ratio = Quantiles.Of(ratios, 0.5);
        return new(
            name,
            of.Name,
            null,
            1e3 * of.MedianSeconds,
            ratio,
            Quantiles.Of(ratios, 0.25),
            Quantiles.Of(ratios, 0.75),
            Math.Round(of.Allocated, 1),
            bytes is null ? null : ratio / relativeBytes);
    }
}
