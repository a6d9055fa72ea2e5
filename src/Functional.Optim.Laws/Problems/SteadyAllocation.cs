namespace Functional.Optim.Laws;

/// <summary>What a turn that is repeated allocates, once it has all it keeps.</summary>
/// <remarks>
/// It is the least of several windows of turns, and counts this thread alone: what other threads do, such as compiling
/// code again, is not in it. On this thread too the runtime allocates now and then, whatever runs: tables of casts and
/// of generic calls grow. That is in some windows; what the turns themselves allocate is in every one. So the first
/// window with 0 bytes settles it.
/// </remarks>
internal static class SteadyAllocation
{
    private const int Windows = 25;

    /// <summary>The bytes that the turns of a window allocate on this thread.</summary>
    /// <param name="turn">Gets the number of the turn, from 0.</param>
    /// <param name="warm">The turns before the first window.</param>
    /// <param name="turns">The turns of a window.</param>
    internal static long Of(Action<int> turn, int warm = 40, int turns = 40)
    {
        int number = 0;
        while (number < warm) turn(number++);
        long least = long.MaxValue;
        for (int window = 0; window < Windows && least > 0; window++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int count = 0; count < turns; count++) turn(number++);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
