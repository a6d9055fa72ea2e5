namespace Functional.Optim;

/// <summary>
/// The memory that trees of one layout gave back, for the next ones. It belongs to the layout alone: a layout that
/// nothing refers to is collected with its pool, which a pool with storage in the threads would prevent.
/// </summary>
/// <remarks>Any number of threads may use it at once. It allocates only when it holds more than ever before.</remarks>
internal sealed class TreePool<T>
    where T : unmanaged
{
    private readonly Lock gate = new();
    private readonly Stack<TreeStorage<T>> unused = [];

    /// <summary>Takes memory that no tree lives in; what came last is most likely in the cache.</summary>
    internal void Add(TreeStorage<T> storage)
    {
        lock (gate) unused.Push(storage);
    }

    /// <summary>
    /// Gives memory out, with whatever its last owner left in it; <see langword="null"/> when there is none.
    /// </summary>
    internal TreeStorage<T>? Take()
    {
        lock (gate) return unused.TryPop(out TreeStorage<T>? storage) ? storage : null;
    }

    /// <summary>Lets go of everything; returns the number of bytes.</summary>
    internal unsafe long Trim()
    {
        lock (gate)
        {
            long bytes = 0;
            foreach (TreeStorage<T> storage in unused) bytes += (long)storage.Memory.Length * sizeof(T);
            unused.Clear();
            unused.TrimExcess();
            return bytes;
        }
    }
}
