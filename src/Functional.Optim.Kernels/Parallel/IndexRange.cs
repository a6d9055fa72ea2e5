namespace Functional.Optim.Kernels;

/// <summary>A range of indices that threads take one after the other.</summary>
/// <param name="start">The first index.</param>
/// <param name="end">The first index after the range.</param>
internal struct IndexRange(int start, int end)
{
    /// <summary>The next index. Each try after the end counts it on, so that an int would overflow where the end is near its largest.</summary>
    private long next = start;

    /// <summary>Takes an index that nobody else gets; false when none is left.</summary>
    internal bool TryTake(out int index)
    {
        long taken = Interlocked.Increment(ref next) - 1;
        index = (int)taken;
        return taken < end;
    }
}
