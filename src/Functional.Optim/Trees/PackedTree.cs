using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// A tree of 16-bit codes: a slot of the state in <see cref="StateFormat.BFloat16"/>. The struct is a
/// handle like <see cref="ParameterTree{T}"/>.
/// </summary>
internal readonly struct PackedTree
{
    private readonly TreeStorage<ushort>? storage;
    private readonly long generation;

    private PackedTree(TreeStorage<ushort> storage, long generation)
    {
        this.storage = storage;
        this.generation = generation;
    }

    internal bool IsDefault => storage is null;

    internal TreeLayout Layout => Storage.Layout;

    internal TreeStorage<ushort> Storage => storage is not null && storage.Generation == generation
        ? storage
        : throw new ObjectDisposedException(
            nameof(ParameterTree), $"This slot was {storage?.EndOf(generation) ?? "never assigned"}.");

    /// <summary>Memory for a slot, with arbitrary contents.</summary>
    internal static PackedTree RentUncleared(TreeLayout layout)
    {
        TreeStorage<ushort> storage = layout.PackedPool.Take() ?? new TreeStorage<ushort>(layout);
        return new(storage, storage.Claim());
    }

    internal PackedTree Copy()
    {
        PackedTree copy = RentUncleared(Layout);
        Storage.Memory.Span.CopyTo(copy.Storage.Memory.Span);
        return copy;
    }

    internal PackedTree Transfer(string by)
    {
        TreeStorage<ushort> live = Storage;
        return live.TryClaim(generation, by, out long next) ? new(live, next) : Transfer(by);
    }

    internal void Restore() => storage!.Restore(generation);

    internal void Release(string by)
    {
        TreeStorage<ushort> live = Transfer(by).Storage;
        live.Layout.PackedPool.Add(live);
    }

    internal bool SameBits(PackedTree other) =>
        Layout.Equals(other.Layout) && Storage.Memory.Span.SequenceEqual(other.Storage.Memory.Span);
}
