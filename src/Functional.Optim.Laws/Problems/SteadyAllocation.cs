namespace Functional.Optim.Laws;

/// <summary>What a turn that is repeated allocates, once it has all it keeps.</summary>
internal static class SteadyAllocation
{
    /// <summary>
    /// The bytes that the turns of a window allocate on this thread, the least of several windows: tables of the runtime, of casts and of
    /// generic calls, grow now and then, whatever runs; what the turns themselves allocate is in every window.
    /// </summary>
    /// <param name="turn">Gets the number of the turn, from 0.</param>
    /// <param name="warm">The turns before the first window.</param>
    /// <param name="turns">The turns of a window.</param>
    /// <param name="windows">How many windows.</param>
    internal static long Of(Action<int> turn, int warm = 40, int turns = 40, int windows = 3)
    {
        int number = 0;
        while (number < warm) turn(number++);
        long least = long.MaxValue;
        for (int window = 0; window < windows; window++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int count = 0; count < turns; count++) turn(number++);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
