using System.Buffers;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The norm of a tree whose leaves lie elsewhere each, with the bits of the tree in one buffer: the same blocks, padding included,
/// added in the same order.
/// </summary>
internal static class ScatteredNorm
{
    /// <summary>The elements of the blocks that <see cref="BlockReduction"/> adds one by one.</summary>
    private const int BlockLength = BlockReduction.BlockSize;

    internal static double Of<T>(LeafMemory<T> memory, Plan plan, NormKind kind)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int blocks = (int)(((long)plan.TotalLength + BlockLength - 1) / BlockLength);
        double[] parts = ArrayPool<double>.Shared.Rent(blocks);
        ParallelFor.Run(blocks, new Body<T>(memory, plan, kind, parts));
        double norm = 0;
        for (int block = 0; block < blocks; block++) norm = kind == NormKind.Infinity ? Math.Max(norm, parts[block]) : norm + parts[block];
        ArrayPool<double>.Shared.Return(parts);
        if (kind != NormKind.L2) return norm;
        return double.IsFinite(norm) && norm > BlockReduction.SmallestSum ? Math.Sqrt(norm) : Accumulated(memory, plan);
    }

    /// <summary>Squares that leave the range are rare: then a copy of the tree is measured.</summary>
    private static double Accumulated<T>(LeafMemory<T> memory, Plan plan)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] all = ArrayPool<T>.Shared.Rent(plan.TotalLength);
        Gather(memory, plan, 0, all.AsSpan(0, plan.TotalLength));
        double norm = BlockReduction.Norm<T>(all.AsSpan(0, plan.TotalLength));
        ArrayPool<T>.Shared.Return(all);
        return norm;
    }

    /// <summary>Copies what the flat buffer would hold from an index on.</summary>
    private static void Gather<T>(LeafMemory<T> memory, Plan plan, int start, Span<T> block)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        block.Clear();
        for (int index = plan.LeafAt(start); index < plan.Leaves.Length && plan.Leaves[index].Offset < start + block.Length; index++)
        {
            Leaf leaf = plan.Leaves[index];
            int from = Math.Max(leaf.Offset, start), to = Math.Min(leaf.Offset + leaf.Length, start + block.Length);
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
