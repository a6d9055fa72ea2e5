namespace Functional.Optim.Kernels;

/// <summary>How many threads the kernels use. The setting changes speed only; no result depends on it.</summary>
public static class Threads
{
    /// <summary>The largest value of <see cref="Limit"/>: the maximum of the thread pool.</summary>
    public const int MaxLimit = short.MaxValue;

    private static int limit = Environment.ProcessorCount;

    /// <summary>
    /// The maximum number of threads that work in loops at the same time, over the whole process. A loop that starts
    /// beyond it runs on its calling thread alone. 1 to <see cref="MaxLimit"/>; the number of processors by default.
    /// Any thread may set it at any time.
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
