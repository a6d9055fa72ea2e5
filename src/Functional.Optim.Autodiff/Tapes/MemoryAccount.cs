namespace Functional.Optim.Autodiff;

/// <summary>
/// Counts the memory that a tape holds and the memory that its computations use, in periods between full garbage
/// collections. A steady training run has no full collections, so it keeps all its memory.
/// </summary>
internal sealed class MemoryAccount
{
    /// <summary>A tape is dropped when it holds more than this many times the memory that was used.</summary>
    private const int MaxExcess = 4;

    private long held;
    private long used;
    private long maxUsed;
    private long maxUsedBefore;
    private int period = GC.CollectionCount(2);

    /// <summary>Whether no computation ended in this period or the last one.</summary>
    internal bool IsStale => GC.CollectionCount(2) - period > 1;

    /// <summary>Counts bytes that were allocated and stay with the tape.</summary>
    internal void AddHeld(long bytes) => held += bytes;

    /// <summary>Counts bytes that the current computation uses, whether allocated now or before.</summary>
    internal void AddUsed(long bytes) => used += bytes;

    /// <summary>
    /// Ends a computation. Returns whether to keep the tape: false when it holds far more than any
    /// computation of this period and the last one used.
    /// </summary>
    internal bool EndComputation()
    {
        int now = GC.CollectionCount(2);
        bool isNewPeriod = now != period;
        if (isNewPeriod) (period, maxUsedBefore, maxUsed) = (now, maxUsed, 0);
        maxUsed = Math.Max(maxUsed, used);
        used = 0;
        return !isNewPeriod || held <= MaxExcess * Math.Max(maxUsed, maxUsedBefore);
    }
}
