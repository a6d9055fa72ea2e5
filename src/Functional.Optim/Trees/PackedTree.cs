using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// A tree of codes, which is a slot of the state in a <see cref="StateFormat"/> that is not full. Where the format has
/// blocks, their scales follow the codes. The struct is a handle like <see cref="ParameterTree{T}"/>.
/// </summary>
internal readonly unsafe struct PackedTree
{
    private readonly TreeStorage<ushort>? storage;
    private readonly long generation;

    private PackedTree(TreeStorage<ushort> storage, long generation, StateFormat format)
    {
        this.storage = storage;
        this.generation = generation;
        Format = format;
    }

    internal bool IsDefault => storage is null;

    internal StateFormat Format { get; }

    internal TreeLayout Layout => Storage.Layout;

    internal TreeStorage<ushort> Storage => storage is not null && storage.Generation == generation
        ? storage
        : throw new ObjectDisposedException(
            nameof(ParameterTree), $"This slot was {storage?.EndOf(generation) ?? "never assigned"}.");

    internal long ByteCount => (long)Storage.Memory.Length * sizeof(ushort);

    /// <summary>Where the codes begin.</summary>
    internal byte* Codes => (byte*)Storage.Memory.Pointer;

    /// <summary>Where the scales begin, if there are any.</summary>
    internal float* Scales => (float*)(Codes + Layout.TotalLength);

    /// <summary>Memory for a slot, with arbitrary contents.</summary>
    internal static PackedTree RentUncleared(TreeLayout layout, StateFormat format)
    {
        int length = format.HasBlocks()
            ? (layout.TotalLength / sizeof(ushort)) + (layout.BlockCount * (sizeof(float) / sizeof(ushort)))
            : layout.TotalLength;
        TreeStorage<ushort> storage =
            layout.PackedPool(format).Take() ?? new TreeStorage<ushort>(layout, length);
        return new(storage, storage.Claim(), format);
    }

    internal PackedTree Copy()
    {
        PackedTree copy = RentUncleared(Layout, Format);
        Storage.Memory.Span.CopyTo(copy.Storage.Memory.Span);
        return copy;
    }

    internal PackedTree Transfer(string by)
    {
        TreeStorage<ushort> live = Storage;
        return live.TryClaim(generation, by, out long next) ? new(live, next, Format) : Transfer(by);
    }

    internal void Restore() => storage!.Restore(generation);

    internal void Release(string by)
    {
        TreeStorage<ushort> live = Transfer(by).Storage;
        live.Layout.PackedPool(Format).Add(live);
    }

    internal void ClearPadding()
    {
        if (!Format.HasBlocks())
        {
            Storage.ClearPadding();
            return;
        }

        foreach (Leaf leaf in Layout.Padded)
            new Span<byte>(Codes + leaf.Offset + leaf.Length, leaf.Padding).Clear();
        GC.KeepAlive(storage);
    }

    internal bool SameBits(PackedTree other) =>
        Format == other.Format && Layout.Equals(other.Layout)
        && Storage.Memory.Span.SequenceEqual(other.Storage.Memory.Span);

    /// <summary>Writes the numbers; leaf by leaf, as blocks begin where leaves do.</summary>
    internal void DecodeTo<T>(T* numbers)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (Leaf leaf in Layout.Leaves)
        {
            long end = (long)leaf.Offset + leaf.Length;
            for (long start = leaf.Offset; start < end; start += CodedPiece.MaxLength)
                PieceAt(leaf, start).Decode(numbers + start, (int)Math.Min(CodedPiece.MaxLength, end - start));
        }

        GC.KeepAlive(storage);
    }

    /// <summary>Writes the codes of numbers, which stay as they are.</summary>
    internal void Encode<T>(T* numbers, uint key)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T* piece = stackalloc T[CodedPiece.MaxLength];
        foreach (Leaf leaf in Layout.Leaves)
        {
            long end = (long)leaf.Offset + leaf.Length;
            for (long start = leaf.Offset; start < end; start += CodedPiece.MaxLength)
            {
                int count = (int)Math.Min(CodedPiece.MaxLength, end - start);
                new Span<T>(numbers + start, count).CopyTo(new Span<T>(piece, count));
                PieceAt(leaf, start).Encode(piece, count, (uint)((Layout.Shard?.Start ?? 0) + start), key);
            }
        }

        GC.KeepAlive(storage);
    }

    private CodedPiece PieceAt(Leaf leaf, long start) => CodedPiece.At(
        Format.InKernels(), (long)Codes, (long)(Scales + Layout.FirstBlocks[leaf.Index]), start, leaf.Offset);
}
