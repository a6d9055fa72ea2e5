namespace MiniGpt;

/// <summary>Something measured along a run.</summary>
/// <param name="Steps">The updates after which it was measured, ascending.</param>
/// <param name="Values">As many values; what is not finite is left out of a plot.</param>
public sealed record Curve(double[] Steps, double[] Values)
{
    /// <summary>The points that can be drawn.</summary>
    public Curve Finite()
    {
        int[] kept = [.. Enumerable.Range(0, Values.Length).Where(index => double.IsFinite(Values[index]))];
        return new Curve([.. kept.Select(index => Steps[index])], [.. kept.Select(index => Values[index])]);
    }

    /// <summary>
    /// Each value as the mean of a fiftieth of the curve around it: centred, so that it does not lag, which at the start, where a loss
    /// falls fastest, means of fewer.
    /// </summary>
    public Curve Smooth()
    {
        int reach = Values.Length / 100;
        double[] sums = new double[Values.Length + 1];
        for (int index = 0; index < Values.Length; index++) sums[index + 1] = sums[index] + Values[index];
        double[] means = new double[Values.Length];
        for (int index = 0; index < Values.Length; index++)
        {
            int before = Math.Min(reach, index), after = Math.Min(before, Values.Length - 1 - index);
            means[index] = (sums[index + after + 1] - sums[index - before]) / (before + 1 + after);
        }

        return new Curve(Steps, means);
    }
}
