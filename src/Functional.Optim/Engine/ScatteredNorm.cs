using System.Buffers;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The norm of a scattered tree, with the same bits as for a tree in one buffer: the same blocks,
/// padding included, are added in the same order.
/// </summary>
internal static class ScatteredNorm
{
    /// <summary>The number of elements of each block of <see cref="BlockReduction"/>.</summary>
    private const int BlockLength = BlockReduction.BlockSize;

    internal static double Of<T>(LeafMemory<T> memory, Plan plan, NormKind kind)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int blocks = (int)(((long)plan.TotalLength + BlockLength - 1) / BlockLength);
        double[] parts = ArrayPool<double>.Shared.Rent(blocks);
        ParallelFor.Run(blocks, new Body<T>(memory, plan, kind, parts));
        double norm = 0;
        for (int block = 0; block < blocks; block++)
            norm = kind == NormKind.Infinity ? Math.Max(norm, parts[block]) : norm + parts[block];
        ArrayPool<double>.Shared.Return(parts);
        if (kind != NormKind.L2) return norm;
        return BlockReduction.IsPrecise(norm) ? Math.Sqrt(norm) : NormOfCopy(memory, plan);
    }

    /// <summary>The norm of a flat copy, for the rare case that squares overflow or underflow.</summary>
    private static double NormOfCopy<T>(LeafMemory<T> memory, Plan plan)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] all = ArrayPool<T>.Shared.Rent(plan.TotalLength);
        Gather(memory, plan, 0, all.AsSpan(0, plan.TotalLength));
        double norm = BlockReduction.Norm<T>(all.AsSpan(0, plan.TotalLength));
        ArrayPool<T>.Shared.Return(all);
        return norm;
    }

    /// <summary>Copies a block of the flat buffer, from an index on.</summary>
    private static void Gather<T>(LeafMemory<T> memory, Plan plan, int start, Span<T> block)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        block.Clear();
        int end = start + block.Length;
        for (int index = plan.LeafAt(start); index < plan.Leaves.Length && plan.Leaves[index].Offset < end; index++)
        {
            Leaf leaf = plan.Leaves[index];
            int from = Math.Max(leaf.Offset, start), to = Math.Min(leaf.Offset + leaf.Length, end);
            if (from < to) memory.Span(leaf, from, to - from).CopyTo(block[(from - start)..]);
        }
    }

    private readonly struct Body<T>(LeafMemory<T> memory, Plan plan, NormKind kind, double[] parts) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public void Run(int index)
        {
            int start = index * BlockLength, length = Math.Min(BlockLength, plan.TotalLength - start);
            Leaf leaf = plan.Leaves[plan.LeafAt(start)];
            if (leaf.Offset <= start && start + length <= leaf.Offset + leaf.Length)
            {
                parts[index] = Part(memory.Span(leaf, start, length));
                return;
            }

            Span<T> block = stackalloc T[length];
            Gather(memory, plan, start, block);
            parts[index] = Part(block);
        }

        private double Part(ReadOnlySpan<T> block) => kind switch
        {
            NormKind.L2 => BlockReduction.SumOfSquares(block),
            NormKind.L1 => BlockReduction.Sum(block, default(Magnitude)),
            _ => BlockReduction.MaxAbs(block),
        };
    }
}
