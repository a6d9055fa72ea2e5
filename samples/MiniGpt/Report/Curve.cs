namespace MiniGpt;

/// <summary>A value measured during a run.</summary>
/// <param name="Steps">The steps of the measurements, ascending.</param>
/// <param name="Values">The values, as many; values that are not finite are not drawn.</param>
public sealed record Curve(double[] Steps, double[] Values)
{
    /// <summary>The points whose values are finite.</summary>
    public Curve Finite()
    {
        int[] kept = [.. Enumerable.Range(0, Values.Length).Where(index => double.IsFinite(Values[index]))];
        return new Curve([.. kept.Select(index => Steps[index])], [.. kept.Select(index => Values[index])]);
    }

    /// <summary>
    /// The curve with each value replaced by the mean of a fiftieth of the curve around it. The mean is centred, so
    /// that it does not lag; near the ends it takes fewer values.
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
