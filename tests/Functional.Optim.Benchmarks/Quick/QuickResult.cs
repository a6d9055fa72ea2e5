namespace Functional.Optim.Benchmarks.Quick;

/// <summary>The result of one method, compared with its baseline.</summary>
/// <param name="Case">The class and the values of its parameters.</param>
/// <param name="Method">The method.</param>
/// <param name="Milliseconds">The median time of a call.</param>
/// <param name="Ratio">
/// The median ratio of the method's time to that of the baseline, in turns one after the other.
/// </param>
/// <param name="LowerQuartile">The lower quartile of the ratios.</param>
/// <param name="UpperQuartile">The upper quartile of the ratios.</param>
/// <param name="AllocatedBytes">The bytes that a call allocates on its thread.</param>
internal sealed record QuickResult(
    string Case,
    string Method,
    double Milliseconds,
    double Ratio,
    double LowerQuartile,
    double UpperQuartile,
    double AllocatedBytes)
{
    private const int Rest = 10;

    /// <summary>Measures the methods of a case in turn: A, B, …, A, B, …, with a pause before each.</summary>
    /// <param name="quick">The case.</param>
    /// <param name="rounds">The number of turns of each method.</param>
    internal static IReadOnlyList<QuickResult> Measure(QuickCase quick, int rounds)
    {
        object made = quick.SetUp();
        try
        {
            Timing[] timings =
                [.. quick.Methods.Select(method => new Timing(method.Name, method.CreateDelegate<Action>(made)))];
            foreach (Timing timing in timings) timing.Warm();
            for (int round = 0; round < rounds; round++)
            {
                foreach (Timing timing in timings)
                {
                    // Threads of the runtime that still spin after a turn would slow the next one.
                    Thread.Sleep(Rest);
                    timing.Turn();
                }
            }

            return [.. timings.Select(timing => Of(quick.Name, timing, timings[0]))];
        }
        finally
        {
            quick.CleanUp(made);
        }
    }

    private static QuickResult Of(string name, Timing of, Timing baseline)
    {
        double[] ratios = [.. of.Seconds.Zip(baseline.Seconds, static (mine, its) => mine / its).Order()];
        return new(
            name,
            of.Name,
            1e3 * Quantile([.. of.Seconds.Order()], 0.5),
            Quantile(ratios, 0.5),
            Quantile(ratios, 0.25),
            Quantile(ratios, 0.75),
            Math.Round(of.Allocated, 1));
    }

    private static double Quantile(double[] ordered, double fraction)
    {
        double position = fraction * (ordered.Length - 1);
        int below = (int)position, above = Math.Min(below + 1, ordered.Length - 1);
        return ordered[below] + ((position - below) * (ordered[above] - ordered[below]));
    }
}
