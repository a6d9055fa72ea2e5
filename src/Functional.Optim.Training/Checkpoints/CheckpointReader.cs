using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Functional.Optim.Training;

/// <summary>Reads parameters and states from an open file; the file is trusted only after its checksum fits.</summary>
internal static class CheckpointReader
{
    private const int PieceBytes = 1 << 18;

    /// <summary>The parameters of a file of this library or another, or the shard of them.</summary>
    /// <exception cref="InvalidDataException">They are not in the file.</exception>
    /// <exception cref="ElementTypeException">They are of another type.</exception>
    /// <exception cref="ArgumentException">The shard is one of another tree.</exception>
    internal static ParameterTree<T> Parameters<T>(
        SafetensorsFile file, CheckpointContent? content, TreeShard? shard = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TensorDescription[] tensors = ParametersOf(file, content);
        TreeLayout whole = LayoutOf(tensors, tensor => tensor.Name);
        shard?.Whole.RequireSame(whole, "parameters of the file");
        TreeBuffer<T> buffer = (shard?.Layout ?? whole).Rent<T>();
        foreach (Leaf leaf in buffer.Layout.Leaves)
            Read(file, tensors[leaf.Index], leaf.Start ?? 0, buffer.AsSpan(leaf));
        return buffer.ToTree();
    }

    /// <summary>The tensors of the parameters, in the order of the leaves.</summary>
    internal static TensorDescription[] ParametersOf(SafetensorsFile file, CheckpointContent? content) =>
        content is null ? [.. file.Tensors] : [.. content.Leaves.Select(name => Find(file, name))];

    /// <summary>The tensors of a slot, in the order of its leaves.</summary>
    internal static TensorDescription[] SlotOf(
        SafetensorsFile file, CheckpointContent content, CheckpointContent.SlotContent slot) =>
        [.. (slot.Leaves ?? content.Leaves).Select(leaf => Find(file, slot.TensorOf(leaf)))];

    /// <summary>The state of a file, or the shard of it.</summary>
    /// <exception cref="InvalidDataException">The file does not describe one.</exception>
    /// <exception cref="ArgumentException">The shard is one of another tree.</exception>
    internal static Checkpoint<T> Checkpoint<T>(SafetensorsFile file, CheckpointContent content, TreeShard? shard)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CheckpointContent.StateContent state = content.State!;
        long tensors = content.Leaves.Length
            + state.Slots.Sum(
                slot => (long)(slot.Leaves ?? content.Leaves).Length * (slot.Format.HasBlocks() ? 2 : 1));
        Require(
            tensors == file.Tensors.Length,
            $"it has {file.Tensors.Length} tensors where its metadata names {tensors}");
        bool named = state.Slots.Any(slot => slot.Name is not null);
        Require(
            state.Slots.All(slot => slot.Name is not null == named), "some of its slots have names, others have none");
        ParameterTree<T> parameters = Parameters<T>(file, content, shard);
        StateSlot<T>[] slots = new StateSlot<T>[state.Slots.Length];
        for (int slot = 0; slot < slots.Length; slot++)
            slots[slot] = Slot<T>(file, content, state.Slots[slot], parameters.Layout);
        StateSchema schema = new()
        {
            SlotNames = named ? [.. state.Slots.Select(slot => slot.Name!)] : [],
            Identity = state.Identity,
            ScalarNames = [.. state.Scalars.Select(scalar => scalar.Name)],
            Starts = SlotStarts.Of([.. state.Slots.Select(slot => ImmutableArray.Create(slot.Starts ?? []))]),
        };
        OptimizerState<T> optimizer = new(
            state.Updates,
            schema,
            slots,
            [.. state.Scalars.Select(scalar => BitConverter.Int64BitsToDouble(scalar.Bits))],
            state.Counters);
        return new(new(parameters, optimizer, state.SkippedSteps))
        {
            OptimizerText = state.Optimizer,
            Configuration = state.Configuration.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Memory = state.Memory.ToImmutableSortedDictionary(StringComparer.Ordinal),
        };
    }

    private static StateSlot<T> Slot<T>(
        SafetensorsFile file, CheckpointContent content, CheckpointContent.SlotContent slot, TreeLayout parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TensorDescription[] tensors = SlotOf(file, content, slot);
        string[] names = slot.Leaves ?? content.Leaves;
        int next = 0;
        TreeLayout own = LayoutOf(tensors, _ => names[next++]);
        Require(
            SlotStarts.Fit(slot.Starts ?? [], tensors.Length, content.State!.Updates),
            $"the starts of its slot '{Excerpt.Of(slot.Key)}' do not match its leaves");
        StateSlot<T> memory = StateSlot<T>.Rent(ShardOf(own, parameters), slot.Format);
        foreach (Leaf leaf in memory.Layout.Leaves)
        {
            TensorDescription tensor = tensors[leaf.Index];
            RequireType(tensor, slot.TypeOf<T>());
            long first = (long)(leaf.Start ?? 0) * memory.ElementBytes;
            long length = (long)leaf.Length * memory.ElementBytes;
            for (long start = 0; start < length; start += PieceBytes)
            {
                int count = (int)Math.Min(PieceBytes, length - start);
                file.Read(tensor, memory.BytesOf(leaf, start, count), first + start);
            }

            if (!slot.Format.HasBlocks()) continue;
            TensorDescription scales = Find(file, slot.ScalesOf(leaf.Name));
            RequireType(scales, TensorType.F32);
            Require(
                scales.Shape.AsSpan().SequenceEqual([leaf.WholeBlockCount]),
                $"its tensor {scales} does not have a scale for each block of {tensor}; there are {leaf.WholeBlockCount}");
            file.Read(scales, MemoryMarshal.AsBytes(memory.ScalesOf(leaf)), leaf.FirstBlock * sizeof(float));
        }

        GC.KeepAlive(memory.Owner);
        return memory;
    }

    /// <summary>The layout of a slot where the parameters are; in a shard the pieces of its leaves.</summary>
    private static TreeLayout ShardOf(TreeLayout slot, TreeLayout parameters)
    {
        if (slot.Equals(parameters.Shard?.Whole ?? parameters)) return parameters;
        if (parameters.Shard is null) return slot;
        (int, int)[] pieces =
        [
            .. slot.Leaves.Select(leaf => parameters.Find(leaf.Name) is { } own
                ? own.PieceOf(leaf.Shape.AsSpan())
                : throw new InvalidDataException($"it has a slot of {leaf}, which is no parameter")),
        ];
        return TreeLayout.Of([.. slot.Leaves.Select(leaf => (leaf.Name, leaf.Shape.ToArray()))], pieces, shard: null);
    }

    /// <summary>Reads elements of a leaf from one on; those in 16 bits are widened to floats.</summary>
    private static void Read<T>(SafetensorsFile file, TensorDescription tensor, long first, Span<T> elements)
        where T : unmanaged
    {
        bool widens = typeof(T) == typeof(float) && tensor.Type is (TensorType.BF16 or TensorType.F16);
        if (!widens) RequireType(tensor, CheckpointWriter.TypeOf<T>());
        byte[] piece = widens ? new byte[Math.Min(PieceBytes, tensor.ByteCount)] : [];
        int width = tensor.Type.Bytes(), most = PieceBytes / width;
        for (int start = 0; start < elements.Length; start += most)
        {
            Span<T> next = elements.Slice(start, Math.Min(most, elements.Length - start));
            Span<byte> bytes = widens ? piece.AsSpan(0, next.Length * width) : MemoryMarshal.AsBytes(next);
            file.Read(tensor, bytes, (first + start) * width);
            if (widens) Widen(tensor.Type, bytes, MemoryMarshal.Cast<T, float>(next));
        }
    }

    private static void Widen(TensorType type, ReadOnlySpan<byte> bytes, Span<float> elements)
    {
        if (type == TensorType.F16)
        {
            TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), elements);
            return;
        }

        ReadOnlySpan<ushort> codes = MemoryMarshal.Cast<byte, ushort>(bytes);
        for (int index = 0; index < codes.Length; index++)
            elements[index] = BitConverter.UInt32BitsToSingle((uint)codes[index] << 16);
    }

    private static TreeLayout LayoutOf(TensorDescription[] tensors, Func<TensorDescription, string> nameOf)
    {
        (string, int[])[] leaves = new (string, int[])[tensors.Length];
        for (int leaf = 0; leaf < leaves.Length; leaf++)
        {
            TensorDescription tensor = tensors[leaf];
            if (tensor.Shape.Any(size => size > int.MaxValue))
                throw new InvalidDataException($"a size of the tensor {tensor} is above 2^31 - 1");
            leaves[leaf] = (nameOf(tensor), [.. tensor.Shape.Select(size => (int)size)]);
        }

        return TreeLayout.Of(leaves);
    }

    private static TensorDescription Find(SafetensorsFile file, string name) => file.Find(name)
        ?? throw new InvalidDataException($"the tensor '{Excerpt.Of(name)}' is missing");

    private static void RequireType(TensorDescription tensor, TensorType type)
    {
        if (tensor.Type == type) return;
        throw new ElementTypeException(
            $"its tensor {tensor} holds {tensor.Type.Name()} elements; {type.Name()} elements were requested");
    }

    private static void Require(bool holds, string error)
    {
        if (!holds) throw new InvalidDataException(error);
    }
}
