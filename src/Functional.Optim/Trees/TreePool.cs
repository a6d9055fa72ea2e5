namespace Functional.Optim;

/// <summary>
/// The memory that released and consumed trees of one layout leave for the next ones. Only the layout refers to the
/// pool, so both are collected together; a pool with thread-local storage would prevent that.
/// </summary>
/// <remarks>Thread-safe. It allocates only when it holds more than ever before.</remarks>
internal sealed class TreePool<T>
    where T : unmanaged
{
    private readonly Lock gate = new();
    private readonly Stack<TreeStorage<T>> unused = [];

    /// <summary>
    /// Adds memory that no tree uses. It is taken last in, first out, because
    /// recent memory is most likely in the cache.
    /// </summary>
    internal void Add(TreeStorage<T> storage)
    {
        lock (gate) unused.Push(storage);
    }

    /// <summary>Takes memory with arbitrary contents; <see langword="null"/> when the pool is empty.</summary>
    internal TreeStorage<T>? Take()
    {
        lock (gate) return unused.TryPop(out TreeStorage<T>? storage) ? storage : null;
    }

    /// <summary>Empties the pool and returns the number of bytes dropped.</summary>
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
