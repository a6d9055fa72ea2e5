namespace Experiments;

/// <summary>How far one point is from another.</summary>
public static class Distance
{
    /// <summary>‖x − y‖, added in order: the same bits on every machine.</summary>
    /// <param name="from">x.</param>
    /// <param name="to">y, of the same length.</param>
    public static double Between(ReadOnlySpan<double> from, ReadOnlySpan<double> to)
    {
        double squares = 0;
        for (int index = 0; index < from.Length; index++)
        {
            double difference = from[index] - to[index];
            squares += difference * difference;
        }

        return Math.Sqrt(squares);
    }
}
