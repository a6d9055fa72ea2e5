using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>A slot of a state: a tree of numbers, or of codes that represent them.</summary>
internal readonly unsafe struct StateSlot<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ParameterTree<T> full;
    private readonly PackedTree packed;

    internal StateSlot(ParameterTree<T> full) => this.full = full;

    private StateSlot(PackedTree packed) => this.packed = packed;

    internal bool IsDefault => full.IsDefault && packed.IsDefault;

    internal StateFormat Format => packed.IsDefault ? StateFormat.Full : packed.Format;

    internal TreeLayout Layout => packed.IsDefault ? full.Layout : packed.Layout;

    internal long ByteCount => packed.IsDefault ? (long)Layout.TotalLength * ElementBytes : packed.ByteCount;

    /// <summary>The bytes of a number, or of a code.</summary>
    internal int ElementBytes => Format.BytesPerElement<T>();

    /// <summary>Where the slot begins.</summary>
    internal nint Address => packed.IsDefault ? (nint)full.Storage.Memory.Pointer : (nint)packed.Codes;

    /// <summary>The memory of some elements of a leaf, for who keeps <see cref="Owner"/> alive.</summary>
    /// <param name="leaf">A leaf of <see cref="Layout"/>.</param>
    /// <param name="start">The first byte, counted from the first of the leaf.</param>
    /// <param name="count">How many bytes, within the leaf.</param>
    internal Span<byte> BytesOf(Leaf leaf, long start, int count) =>
        new((byte*)Address + ((long)leaf.Offset * ElementBytes) + start, count);

    /// <summary>The scales of the blocks of a leaf, for who keeps <see cref="Owner"/> alive; none without blocks.</summary>
    /// <param name="leaf">A leaf of <see cref="Layout"/>.</param>
    internal Span<float> ScalesOf(Leaf leaf)
    {
        if (!Format.HasBlocks()) return [];
        ReadOnlySpan<int> first = Layout.FirstBlocks[leaf.Index..];
        return new(packed.Scales + first[0], first[1] - first[0]);
    }

    /// <summary>Copies a leaf to a slot of the same layout and format.</summary>
    internal void CopyLeafTo(StateSlot<T> other, Leaf leaf)
    {
        long start = (long)leaf.Offset * ElementBytes, count = (long)leaf.Length * ElementBytes;
        Buffer.MemoryCopy((byte*)Address + start, (byte*)other.Address + start, count, count);
        ScalesOf(leaf).CopyTo(other.ScalesOf(leaf));
        GC.KeepAlive(Owner);
        GC.KeepAlive(other.Owner);
    }

    /// <summary>What keeps the memory alive.</summary>
    internal object Owner => packed.IsDefault ? full.Storage : packed.Storage;

    public static implicit operator StateSlot<T>(ParameterTree<T> tree) => new(tree);

    /// <summary>The slots of trees.</summary>
    internal static StateSlot<T>[] Of(ReadOnlySpan<ParameterTree<T>> trees)
    {
        StateSlot<T>[] slots = new StateSlot<T>[trees.Length];
        for (int slot = 0; slot < slots.Length; slot++) slots[slot] = trees[slot];
        return slots;
    }

    /// <summary>Memory for a slot, with arbitrary contents but for its padding, which is zero.</summary>
    internal static StateSlot<T> Rent(TreeLayout layout, StateFormat format)
    {
        StateSlot<T> slot = format == StateFormat.Full
            ? new(layout.RentUncleared<T>().ToTree())
            : new(PackedTree.RentUncleared(layout, format));
        slot.ClearPadding();
        return slot;
    }

    /// <summary>
    /// The slot of a tree in a format, rounded as at step 0; the tree is released where it is not the slot itself.
    /// </summary>
    internal static StateSlot<T> Of(ParameterTree<T> tree, StateFormat format, uint key)
    {
        if (format == StateFormat.Full) return new(tree);
        PackedTree codes = PackedTree.RentUncleared(tree.Layout, format);
        codes.Encode(tree.Storage.Memory.Pointer, key);
        codes.ClearPadding();
        GC.KeepAlive(tree.Storage);
        tree.Release(nameof(StateFormat));
        return new(codes);
    }

    /// <summary>Whether a tree is the slot itself.</summary>
    internal bool IsIn(ParameterTree<T> tree) => ReferenceEquals(Owner, tree.Storage);

    /// <summary>The numbers: the tree itself, or a decoded copy.</summary>
    internal ParameterTree<T> ToTree()
    {
        if (packed.IsDefault) return full;
        TreeBuffer<T> numbers = packed.Layout.RentUncleared<T>();
        packed.DecodeTo(numbers.Storage.Memory.Pointer);
        return numbers.ToTree();
    }

    /// <summary>Memory for the slot of the next step.</summary>
    internal StateSlot<T> RentNext() => packed.IsDefault
        ? new(full.Layout.RentUncleared<T>().AsUnwritten())
        : new(PackedTree.RentUncleared(packed.Layout, packed.Format));

    internal StateSlot<T> Copy() => packed.IsDefault ? new(full.Copy()) : new(packed.Copy());

    internal StateSlot<T> Transfer(string by) => packed.IsDefault ? new(full.Transfer(by)) : new(packed.Transfer(by));

    internal void Restore()
    {
        if (packed.IsDefault) full.Restore();
        else packed.Restore();
    }

    internal void Release(string by)
    {
        if (packed.IsDefault) full.Release(by);
        else packed.Release(by);
    }

    internal void ClearPadding()
    {
        if (packed.IsDefault) full.Storage.ClearPadding();
        else packed.ClearPadding();
    }

    internal bool SameBits(StateSlot<T> other) =>
        Format == other.Format && (packed.IsDefault ? full == other.full : packed.SameBits(other.packed));
}
