using System.Diagnostics.CodeAnalysis;

namespace Functional.Optim;

/// <summary>
/// A few objects kept for the next who needs one. Without thread storage, so that what it keeps is collected together with it.
/// Thread-safe.
/// </summary>
internal sealed class Recycler<TItem>(int capacity)
    where TItem : class
{
    private readonly Stack<TItem> items = [];

    internal bool TryTake([NotNullWhen(true)] out TItem? item)
    {
        lock (items) return items.TryPop(out item);
    }

    /// <summary>Keeps an item, unless there are enough.</summary>
    internal void Add(TItem item)
    {
        lock (items)
        {
            if (items.Count < capacity) items.Push(item);
        }
    }
}
