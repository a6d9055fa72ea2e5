namespace Functional.Optim.Native;

/// <summary>
/// Numbers for objects, so that a caller without a garbage collector can name them. A number has the place in the table
/// and the generation of the place, which rises when its object is removed: an old number finds nothing, whatever is
/// in the place by then. Safe for use by several threads.
/// </summary>
/// <typeparam name="T">The objects.</typeparam>
internal sealed class HandleTable<T>
    where T : class
{
    private readonly Lock gate = new();
    private readonly List<(uint Generation, T? Item)> places = [];
    private readonly Stack<int> free = [];

    /// <summary>The number for an object; never 0.</summary>
    internal ulong Add(T item)
    {
        lock (gate)
        {
            if (!free.TryPop(out int place))
            {
                place = places.Count;
                places.Add((1, null));
            }

            uint generation = places[place].Generation;
            places[place] = (generation, item);
            return ((ulong)generation << 32) | (uint)place;
        }
    }

    /// <summary>The object of a number.</summary>
    /// <exception cref="NativeException">There is none.</exception>
    internal T Get(ulong handle)
    {
        lock (gate) return places[Find(handle)].Item!;
    }

    /// <summary>Removes the object of a number, which finds nothing from then on.</summary>
    /// <exception cref="NativeException">There is none.</exception>
    internal T Remove(ulong handle)
    {
        lock (gate)
        {
            int place = Find(handle);
            (uint generation, T? item) = places[place];
            places[place] = (generation + 1, null);
            // A place whose generations are used up stays empty.
            if (generation < uint.MaxValue) free.Push(place);
            return item!;
        }
    }

    private int Find(ulong handle)
    {
        uint place = (uint)handle, generation = (uint)(handle >> 32);
        if (place < places.Count && places[(int)place] is { Item: not null } own && own.Generation == generation)
            return (int)place;
        throw Missing(handle, wasFreed: generation > 0 && place < places.Count
            && generation < places[(int)place].Generation);
    }

    private static NativeException Missing(ulong handle, bool wasFreed) => new(
        Status.BadHandle,
        handle == 0 ? "The handle is 0, which is no optimizer."
        : wasFreed ? $"The handle {handle} was freed."
        : $"There is no optimizer with the handle {handle}.");
}
