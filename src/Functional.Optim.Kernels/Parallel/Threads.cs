namespace Functional.Optim.Kernels;

/// <summary>How many threads the kernels may use. It changes speed only: no result depends on it.</summary>
public static class Threads
{
    private static int limit = Environment.ProcessorCount;

    /// <summary>The most threads that are in loops at a time; one that is called beyond that runs on its caller alone. At least 1, all cores by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public static int Limit
    {
        get => Volatile.Read(ref limit);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            Volatile.Write(ref limit, value);
        }
    }
}
