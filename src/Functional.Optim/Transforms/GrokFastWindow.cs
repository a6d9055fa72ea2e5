using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>Grokfast with a window of gradients (see <see cref="GrokFast.Window"/>).</summary>
internal sealed record GrokFastWindow : Transform
{
    /// <summary>w, the number of gradients; 1 or more.</summary>
    public int Size { get; init => field = Setting.Check(value, Bounds.AtLeast(1)); }

    /// <summary>λ; finite and not negative.</summary>
    public double Lambda { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>Whether the sum of the gradients is added, and not their mean.</summary>
    public bool Sum { get; init; }

    /// <summary>Whether nothing is added before the window is full.</summary>
    public bool Warmup { get; init; }

    internal static ImmutableArray<string> Slots { get; } = ["window"];

    /// <summary>The last gradients; that of update t is in row (t − 1) mod w.</summary>
    protected internal override ImmutableArray<string> SlotNames => Slots;

    protected internal override bool TransformsLeaves => true;

    private protected override bool NeverThrows => true;

    /// <summary>w times the leaf; nothing for a leaf without elements.</summary>
    protected internal override ImmutableArray<int>? SlotShape(int slot, Leaf leaf) =>
        leaf.Length == 0 ? null : [Size, .. leaf.Shape];

    protected internal override unsafe void TransformLeaf<T>(in LeafContext<T> leaf)
    {
        int length = leaf.Leaf.Length;
        if (length == 0) return;
        long updates = leaf.SlotStep;
        int count = (int)Math.Min(updates, Size);
        Span<T> window = leaf.Slot(0), newest = window.Slice((int)((updates - 1) % Size) * length, length);
        leaf.Input.CopyTo(newest);
        if (Warmup && count < Size)
        {
            newest.CopyTo(leaf.Output);
            return;
        }

        fixed (T* rows = window, gradient = newest, to = leaf.Output)
        {
            ParallelFor.Run(
                ((length - 1) / Sums<T>.ChunkLength) + 1,
                new Sums<T>(rows, gradient, to, length, count, T.CreateTruncating(Sum ? Lambda : Lambda / count)));
        }
    }

    /// <summary>u' = u + w·Σ of the rows.</summary>
    private readonly unsafe struct Sums<T>(T* rows, T* gradient, T* output, int length, int count, T weight)
        : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal const int ChunkLength = 1 << 12;

        private readonly T* rows = rows;
        private readonly T* gradient = gradient;
        private readonly T* output = output;

        public void Run(int index)
        {
            int start = index * ChunkLength, elements = Math.Min(ChunkLength, length - start);
            Span<T> sum = new(output + start, elements);
            new ReadOnlySpan<T>(rows + start, elements).CopyTo(sum);
            for (int row = 1; row < count; row++)
                TensorPrimitives.Add(sum, new ReadOnlySpan<T>(rows + ((nint)row * length) + start, elements), sum);
            TensorPrimitives.MultiplyAdd(sum, weight, new ReadOnlySpan<T>(gradient + start, elements), sum);
        }
    }
}
