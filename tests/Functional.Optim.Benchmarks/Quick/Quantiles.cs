namespace Functional.Optim.Benchmarks.Quick;

/// <summary>Quantiles of some values.</summary>
internal static class Quantiles
{
    /// <summary>A quantile, on the line between the two nearest values.</summary>
    /// <param name="values">The values, in any order; at least one.</param>
    /// <param name="fraction">From 0, the minimum, to 1, the maximum.</param>
    internal static double Of(IEnumerable<double> values, double fraction)
    {
        double[] ordered = [.. values.Order()];
        double position = fraction * (ordered.Length - 1);
        int below = (int)position, above = Math.Min(below + 1, ordered.Length - 1);
        return ordered[below] + ((position - below) * (ordered[above] - ordered[below]));
    }
}
