using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The memory of a tree. Each handle carries the generation in which it was made. Consuming a tree
/// invalidates every handle of the generation and records the consumer. So a use of a consumed handle is
/// detected without an object for each step. Thread-safe.
/// </summary>
internal sealed class TreeStorage<T>(TreeLayout layout, int length)
    where T : unmanaged
{
    internal TreeStorage(TreeLayout layout)
        : this(layout, layout.TotalLength)
    {
    }

    private readonly Lock gate = new();
    private long generation;
    private long consumed = -1;
    private string consumedBy = "nobody";
    private long normGeneration = -1;
    private double norm;

    internal TreeLayout Layout { get; } = layout;

    internal AlignedBuffer<T> Memory { get; } = new(length);

    /// <summary>The elements of a leaf of the layout, or of an equal leaf of another one.</summary>
    /// <exception cref="ArgumentException">There is no such leaf: the name or the shape differs.</exception>
    internal Span<T> Span(Leaf leaf)
    {
        Leaf own = Layout.Own(leaf);
        return Memory.Span.Slice(own.Offset, own.Length);
    }

    /// <summary>The current generation; 64 bits, so that no number repeats.</summary>
    internal long Generation => Volatile.Read(ref generation);

    /// <summary>Starts a generation, for memory that no tree uses and only the caller refers to.</summary>
    internal long Claim()
    {
        lock (gate) return Begin();
    }

    /// <summary>
    /// Ends a generation if it is the current one, and starts the next. When several threads try, one succeeds.
    /// </summary>
    /// <param name="ending">The generation of the handle that is consumed.</param>
    /// <param name="consumer">Who consumes the tree; <see langword="null"/> for a buffer that becomes a tree.</param>
    /// <param name="next">The generation that starts.</param>
    internal bool TryClaim(long ending, string? consumer, out long next)
    {
        lock (gate)
        {
            bool isCurrent = generation == ending;
            if (isCurrent && consumer is not null) (consumed, consumedBy) = (ending, consumer);
            next = isCurrent ? Begin() : generation;
            return isCurrent;
        }
    }

    /// <summary>Returns to a generation. Nobody may have a handle of its successor.</summary>
    internal void Restore(long ended)
    {
        lock (gate) Volatile.Write(ref generation, ended);
    }

    /// <summary>
    /// Who consumed the tree of a generation. After later trees in the same memory, only their last consumer is known.
    /// </summary>
    internal string EndOf(long of)
    {
        lock (gate)
        {
            return of == consumed
                ? $"consumed by {consumedBy}"
                : $"consumed; later trees in its memory were consumed too, the last by {consumedBy}";
        }
    }

    /// <summary>The norm of the tree of a generation, if it is known.</summary>
    internal bool TryGetNorm(long of, out double known)
    {
        lock (gate)
        {
            known = norm;
            return normGeneration == of;
        }
    }

    /// <summary>Stores the norm of the tree of a generation, unless that generation has ended.</summary>
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
