namespace Functional.Optim.Training;

/// <summary>The median of numbers.</summary>
public static class Median
{
    /// <summary>The middle value in ascending order, or the mean of the two middle values; NaN for no values.</summary>
    /// <param name="values">The numbers, in any order.</param>
    public static double Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
