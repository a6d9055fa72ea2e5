using System.Diagnostics.CodeAnalysis;

namespace Functional.Optim;

/// <summary>
/// A small pool of objects for reuse. It uses no thread-local storage, so the pool and its
/// objects are collected together. Thread-safe.
/// </summary>
internal sealed class Recycler<TItem>(int capacity)
    where TItem : class
{
    private readonly Stack<TItem> items = [];

    internal bool TryTake([NotNullWhen(true)] out TItem? item)
    {
        lock (items) return items.TryPop(out item);
    }

    /// <summary>Returns an item to the pool; a full pool drops it.</summary>
    internal void Add(TItem item)
    {
        lock (items)
        {
            if (items.Count < capacity) items.Push(item);
        }
    }
}
