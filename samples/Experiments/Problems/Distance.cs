namespace Experiments;

/// <summary>
/// The distance of two points. The terms are added in order, which gives the same bits on every machine.
/// </summary>
public static class Distance
{
    /// <summary>‖x − y‖.</summary>
    /// <param name="from">x.</param>
    /// <param name="to">y, of the same length.</param>
    public static double Between(ReadOnlySpan<double> from, ReadOnlySpan<double> to) => Math.Sqrt(Squared(from, to));

    /// <summary>‖x − y‖².</summary>
    /// <param name="from">x.</param>
    /// <param name="to">y, of the same length.</param>
    public static double Squared(ReadOnlySpan<double> from, ReadOnlySpan<double> to)
    {
        double sum = 0;
        for (int index = 0; index < from.Length; index++)
        {
            double difference = from[index] - to[index];
            sum += difference * difference;
        }

        return sum;
    }
}
