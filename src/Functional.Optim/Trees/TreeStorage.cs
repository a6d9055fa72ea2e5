using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The memory after a tree. Handles carry the generation they were made in; giving the memory to somebody else starts a
/// new generation, so a handle that was consumed is found out when it is touched, without an object per step.
/// </summary>
internal sealed class TreeStorage<T>(TreeLayout layout)
    where T : unmanaged
{
    private readonly Lock gate = new();
    private long generation;
    private long consumed = -1;
    private string consumedBy = "nobody";
    private long normGeneration = -1;
    private double norm;

    internal TreeLayout Layout { get; } = layout;

    internal AlignedBuffer<T> Memory { get; } = new(layout.TotalLength);

    /// <summary>The generation that lives; 64 bits, so that no number ever comes again.</summary>
    internal long Generation => Volatile.Read(ref generation);

    /// <summary>Starts a generation, for memory that no tree lives in and that the caller alone refers to.</summary>
    internal long Claim()
    {
        lock (gate) return Begin();
    }

    /// <summary>
    /// Ends a generation if it is the one that lives, and starts the next; of threads that try it at once one succeeds.
    /// </summary>
    /// <param name="ending">The generation of the handle that is used up.</param>
    /// <param name="consumer">Who consumed the tree; <see langword="null"/> where it was none yet.</param>
    /// <param name="next">The generation that begins.</param>
    internal bool TryClaim(long ending, string? consumer, out long next)
    {
        lock (gate)
        {
            bool lives = generation == ending;
            if (lives && consumer is not null) (consumed, consumedBy) = (ending, consumer);
            next = lives ? Begin() : generation;
            return lives;
        }
    }

    /// <summary>Goes back to a generation, whose successor nobody has a handle of.</summary>
    internal void Restore(long ended)
    {
        lock (gate) Volatile.Write(ref generation, ended);
    }

    /// <summary>Who consumed the tree of a generation; once others were in its memory, only the last is known.</summary>
    internal string EndOf(long of)
    {
        lock (gate)
        {
            return of == consumed
                ? $"consumed by {consumedBy}"
                : $"consumed, and so were others in its memory since, the last by {consumedBy}";
        }
    }

    /// <summary>The norm of the tree of a generation, if it was computed.</summary>
    internal bool TryGetNorm(long of, out double known)
    {
        lock (gate)
        {
            known = norm;
            return normGeneration == of;
        }
    }

    /// <summary>Remembers the norm of the tree of a generation; of memory that has changed hands meanwhile it is not kept.</summary>
    internal void RememberNorm(long of, double computed)
    {
        lock (gate)
        {
            if (generation == of) (normGeneration, norm) = (of, computed);
        }
    }

    internal void ClearPadding()
    {
        Span<T> all = Memory.Span;
        foreach (Leaf leaf in Layout.Padded) all.Slice(leaf.Offset + leaf.Length, leaf.Padding).Clear();
    }

    private long Begin()
    {
        Volatile.Write(ref generation, generation + 1);
        return generation;
    }
}
