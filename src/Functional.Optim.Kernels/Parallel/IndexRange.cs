namespace Functional.Optim.Kernels;

/// <summary>A range of indices from which several threads take one index at a time.</summary>
/// <param name="start">The first index.</param>
/// <param name="end">One more than the last index.</param>
internal struct IndexRange(int start, int end)
{
    /// <summary>
    /// The next index. It is a long: every attempt after the end increments it too, which could overflow an int.
    /// </summary>
    private long next = start;

    /// <summary>Takes an index that no other thread gets; false when none is left.</summary>
    internal bool TryTake(out int index)
    {
        long taken = Interlocked.Increment(ref next) - 1;
        index = (int)taken;
        return taken < end;
    }
}
