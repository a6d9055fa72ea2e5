namespace Functional.Optim.Benchmarks.Quick;

/// <summary>What one method took beside what it is compared with.</summary>
/// <param name="Case">The class and the values of its parameters.</param>
/// <param name="Method">The method.</param>
/// <param name="Milliseconds">The median time of a call.</param>
/// <param name="Ratio">The median of the ratios of neighbouring turns: this method's time to the baseline's.</param>
/// <param name="LowerQuartile">A quarter of the ratios are below.</param>
/// <param name="UpperQuartile">A quarter of the ratios are above.</param>
/// <param name="AllocatedBytes">What a call allocates on its thread.</param>
internal sealed record QuickResult(
    string Case, string Method, double Milliseconds, double Ratio, double LowerQuartile, double UpperQuartile,
    double AllocatedBytes)
{
    /// <summary>NeedsStatistics every method of a case in turn: A, B, …, A, B, …, with a rest before each.</summary>
    /// <param name="quick">The case.</param>
    /// <param name="rounds">How often each has its turn.</param>
    internal static IReadOnlyList<QuickResult> Measure(QuickCase quick, int rounds)
    {
        object made = quick.SetUp();
        try
        {
            Timing[] rivals =
                [.. quick.Methods.Select(method => new Timing(method.Name, method.CreateDelegate<Action>(made)))];
            foreach (Timing rival in rivals) rival.Warm();
            for (int round = 0; round < rounds; round++)
            {
                foreach (Timing rival in rivals)
                {
                    // Threads of a runtime that still spin after its turn would slow the next.
                    Thread.Sleep(Rest);
                    rival.Turn();
                }
            }

            return [.. rivals.Select(rival => Of(quick.Name, rival, rivals[0]))];
        }
        finally
        {
            quick.CleanUp(made);
        }
    }

    private const int Rest = 10;

    private static QuickResult Of(string name, Timing of, Timing baseline)
    {
        double[] ratios = [.. of.Seconds.Zip(baseline.Seconds, static (mine, its) => mine / its).Order()];
        return new(
            name, of.Name, 1e3 * Quantile([.. of.Seconds.Order()], 0.5), Quantile(ratios, 0.5), Quantile(ratios, 0.25),
            Quantile(ratios, 0.75),
            Math.Round(of.Allocated, 1));
    }

    private static double Quantile(double[] ordered, double part)
    {
        double place = part * (ordered.Length - 1);
        int below = (int)place, above = Math.Min(below + 1, ordered.Length - 1);
        return ordered[below] + ((place - below) * (ordered[above] - ordered[below]));
    }
}
