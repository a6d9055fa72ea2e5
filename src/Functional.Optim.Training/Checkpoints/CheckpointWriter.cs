using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Training;

/// <summary>The tensors and the metadata of a checkpoint, which share the memory of its state.</summary>
internal static class CheckpointWriter
{
    /// <summary>The content of the file of parameters, and of a state where there is one.</summary>
    /// <exception cref="ArgumentException">A name cannot be in a file.</exception>
    internal static SafetensorsContent ContentOf<T>(ParameterTree<T> parameters, Checkpoint<T>? checkpoint)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (IReadOnlyList<TensorData> tensors, CheckpointContent content) = Of(parameters, checkpoint);
        return ContentOf(tensors, content);
    }

    /// <summary>The content of the file of parameters whose elements are rounded to 16 bits.</summary>
    /// <exception cref="ArgumentException">A name cannot be in a file.</exception>
    internal static SafetensorsContent InBFloat16(ParameterTree<float> parameters)
    {
        TensorData[] tensors =
        [
            .. parameters.Layout.Leaves.Select(leaf => new TensorData(
                leaf.Name, TensorType.BF16, ShapeOf(leaf),
                (start, count) => BFloat16Of(parameters.AsSpan(leaf), start, count), Own(leaf, sizeof(ushort)))),
        ];
        return ContentOf(tensors, ContentOf(parameters.Layout));
    }

    private static (IReadOnlyList<TensorData> Tensors, CheckpointContent Content) Of<T>(
        ParameterTree<T> parameters, Checkpoint<T>? checkpoint)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        List<TensorData> tensors = [];
        System.Collections.Generic.HashSet<string> names = new(StringComparer.Ordinal);
        foreach (Leaf leaf in parameters.Layout.Leaves)
        {
            if (checkpoint is not null && leaf.Name.StartsWith(CheckpointContent.SlotPrefix, StringComparison.Ordinal))
                throw new ArgumentException(
                    $"the leaf '{Excerpt.Of(leaf.Name)}' has a name that begins with '{CheckpointContent.SlotPrefix}', "
                    + "as those of the optimizer's slots do");
            names.Add(leaf.Name);
            tensors.Add(new(
                leaf.Name, TypeOf<T>(), ShapeOf(leaf),
                (start, count) => Piece(MemoryMarshal.Cast<T, byte>, parameters.AsSpan(leaf), start, count),
                Own(leaf, Unsafe.SizeOf<T>())));
        }

        CheckpointContent content = ContentOf(parameters.Layout);
        if (checkpoint is null) return (tensors, content);
        OptimizerState<T> state = checkpoint.State.Optimizer;
        CheckpointContent.SlotContent[] slots = new CheckpointContent.SlotContent[state.SlotCount];
        for (int slot = 0; slot < slots.Length; slot++)
        {
            StateSlot<T> memory = state.Slot(slot);
            slots[slot] = ContentOf(state, slot, parameters.Layout, names);
            foreach (Leaf leaf in memory.Layout.Leaves)
            {
                tensors.Add(new(
                    slots[slot].TensorOf(leaf.Name), slots[slot].TypeOf<T>(), ShapeOf(leaf),
                    (start, count) => memory.BytesOf(leaf, start, count), Own(leaf, memory.ElementBytes)));
                if (!memory.Format.HasBlocks()) continue;
                tensors.Add(new(
                    slots[slot].ScalesOf(leaf.Name), TensorType.F32, [leaf.WholeBlockCount],
                    (start, count) => Piece(MemoryMarshal.Cast<float, byte>, memory.ScalesOf(leaf), start, count),
                    (leaf.FirstBlock * sizeof(float), (long)memory.ScalesOf(leaf).Length * sizeof(float))));
            }
        }

        return (tensors, content with { State = StateOf(checkpoint, slots) });
    }

    /// <summary>The element type of full tensors.</summary>
    internal static TensorType TypeOf<T>() => typeof(T) == typeof(float) ? TensorType.F32 : TensorType.F64;

    private static SafetensorsContent ContentOf(IEnumerable<TensorData> tensors, CheckpointContent content) =>
        SafetensorsContent.Of(
            tensors, [KeyValuePair.Create(CheckpointContent.Key, content.ToJson())], checksum: true);

    private static CheckpointContent ContentOf(TreeLayout parameters) => new(
        CheckpointContent.CurrentVersion, CheckpointContent.LibraryVersion, NamesOf(parameters));

    /// <summary>A piece of a leaf in 16 bits, in memory of its own: the checksum is made while it is written.</summary>
    private static ReadOnlySpan<byte> BFloat16Of(ReadOnlySpan<float> numbers, long start, int count)
    {
        ushort[] codes = new ushort[count / sizeof(ushort)];
        BFloat16.EncodeNearest(numbers.Slice((int)(start / sizeof(ushort)), codes.Length), codes);
        return MemoryMarshal.AsBytes<ushort>(codes);
    }

    private delegate ReadOnlySpan<byte> Bytes<T>(ReadOnlySpan<T> elements);

    private static ReadOnlySpan<byte> Piece<T>(Bytes<T> bytesOf, ReadOnlySpan<T> elements, long start, int count)
        where T : unmanaged
    {
        int width = Unsafe.SizeOf<T>();
        return bytesOf(elements.Slice((int)(start / width), count / width));
    }

    /// <summary>The bytes of a leaf that this process has.</summary>
    private static (long Start, long Count) Own(Leaf leaf, int width) =>
        ((long)(leaf.Start ?? 0) * width, (long)leaf.Length * width);

    private static string[] NamesOf(TreeLayout layout) => [.. layout.Leaves.Select(leaf => leaf.Name)];

    private static ImmutableArray<long> ShapeOf(Leaf leaf) => [.. leaf.Shape.Select(size => (long)size)];

    /// <summary>A slot under a key with which none of its tensors has a name that is taken.</summary>
    private static CheckpointContent.SlotContent ContentOf<T>(
        OptimizerState<T> state, int slot, TreeLayout parameters, System.Collections.Generic.HashSet<string> names)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TreeLayout layout = state.Slot(slot).Layout;
        string? name = state.SlotNames.IsEmpty ? null : state.SlotNames[slot];
        string[] own = NamesOf(layout);
        CheckpointContent.SlotContent content = new(
            name ?? $"{slot}",
            name,
            state.FormatOf(slot),
            own.AsSpan().SequenceEqual(NamesOf(parameters)) ? null : own,
            state.SlotStarts.IsEmpty || state.SlotStarts[slot].IsEmpty ? null : [.. state.SlotStarts[slot]]);
        for (int again = 2; own.SelectMany(content.TensorsOf).Any(names.Contains); again++)
            content = content with { Key = $"{name ?? $"{slot}"}~{again}" };
        names.UnionWith(own.SelectMany(content.TensorsOf));
        return content;
    }

    private static CheckpointContent.StateContent StateOf<T>(
        Checkpoint<T> checkpoint, CheckpointContent.SlotContent[] slots)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        OptimizerState<T> state = checkpoint.State.Optimizer;
        return new(
            state.Step,
            checkpoint.State.SkippedSteps,
            state.Counters,
            Text("the identity", state.Identity),
            Text("the text of the optimizer", checkpoint.OptimizerText),
            slots,
            [
                .. state.ScalarNames.Select(name => new CheckpointContent.ScalarContent(
                    name, BitConverter.DoubleToInt64Bits(state.Scalar(name)))),
            ],
            Texts("configuration", checkpoint.Configuration),
            Texts("memory", checkpoint.Memory));
    }

    private static SortedDictionary<string, string> Texts(string what, ImmutableSortedDictionary<string, string> texts)
    {
        SortedDictionary<string, string> checkedTexts = new(StringComparer.Ordinal);
        foreach ((string name, string text) in texts)
            checkedTexts.Add(Text($"a name of its {what}", name), Text($"the {what} '{Excerpt.Of(name)}'", text));
        return checkedTexts;
    }

    /// <summary>A text that JSON keeps as it is.</summary>
    private static string Text(string what, string text)
    {
        for (int index = 0; index < text.Length; index++)
        {
            if (!char.IsSurrogate(text[index])) continue;
            if (index + 1 == text.Length || !char.IsSurrogatePair(text[index], text[index + 1]))
                throw new ArgumentException($"{what} has half of a surrogate pair at character {index}");
            index++;
        }

        return text;
    }
}
