namespace Functional.Optim.Kernels;

/// <summary>How many threads the kernels may use. It changes speed only: no result depends on it.</summary>
public static class Threads
{
    /// <summary>The most that <see cref="Limit"/> may be: as many threads as a thread pool has.</summary>
    public const int MaxLimit = short.MaxValue;

    private static int limit = Environment.ProcessorCount;

    /// <summary>
    /// The most threads that are in loops at a time; one that is called beyond that runs on its caller alone. From 1 to
    /// <see cref="MaxLimit"/>, all cores by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1 or above <see cref="MaxLimit"/>.</exception>
    public static int Limit
    {
        get => Volatile.Read(ref limit);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxLimit);
            Volatile.Write(ref limit, value);
        }
    }
}
