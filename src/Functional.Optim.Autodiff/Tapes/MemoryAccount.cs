namespace Functional.Optim.Autodiff;

/// <summary>
/// How much memory a tape holds and how much its computations use, in the periods between one full garbage collection and the next:
/// steady training, in which there are none, keeps all that it has.
/// </summary>
internal sealed class MemoryAccount
{
    /// <summary>A tape is let go when it holds more than this many times what was used.</summary>
    private const int Generosity = 4;

    private long held;
    private long used;
    private long mostUsed;
    private long mostUsedBefore;
    private int period = GC.CollectionCount(2);

    /// <summary>Whether no computation ended in this period or the one before.</summary>
    internal bool IsForgotten => GC.CollectionCount(2) - period > 1;

    /// <summary>Adds bytes that were allocated and stay.</summary>
    internal void Take(long bytes) => held += bytes;

    /// <summary>Adds bytes that the computation needs, new or not.</summary>
    internal void Use(long bytes) => used += bytes;

    /// <summary>Ends a computation; false when far more is held than any used in this period and the one before.</summary>
    internal bool IsWorthKeeping()
    {
        int now = GC.CollectionCount(2);
        bool isNewPeriod = now != period;
        if (isNewPeriod) (period, mostUsedBefore, mostUsed) = (now, mostUsed, 0);
        mostUsed = Math.Max(mostUsed, used);
        used = 0;
        return !isNewPeriod || held <= Generosity * Math.Max(mostUsed, mostUsedBefore);
    }
}
