using System.Buffers;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The norm of a range that lies in several shards, with the bits of <see cref="BlockReduction"/> over the whole range:
/// the same blocks, each reduced by the process that has its first element, are added in the same order.
/// </summary>
/// <param name="shard">The shard of this process.</param>
/// <param name="first">The first index of the range in the flat buffer of the whole tree.</param>
/// <param name="end">One more than its last index.</param>
internal readonly ref struct ShardNorm(TreeShard shard, int first, int end)
{
    private const int BlockSize = BlockReduction.BlockSize;

    /// <summary>The norm.</summary>
    /// <param name="held">The elements of the range in this shard.</param>
    /// <param name="heldFrom">The index of the first of them.</param>
    /// <param name="after">The elements after them, as many as the last own block has.</param>
    /// <param name="kind">The kind of norm.</param>
    internal double Of<T>(ReadOnlySpan<T> held, int heldFrom, ReadOnlySpan<T> after, NormKind kind)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<int> starts = stackalloc int[shard.Ranks.Count + 1];
        for (int rank = 0; rank < starts.Length; rank++) starts[rank] = FirstBlockFrom(shard.Starts[rank]);
        int blocks = starts[^1] = (int)(((long)end - first + BlockSize - 1) / BlockSize), own = shard.Ranks.Rank;
        double[] rented = ArrayPool<double>.Shared.Rent(blocks);
        Span<double> parts = rented.AsSpan(0, blocks);
        Span<T> last = stackalloc T[BlockSize];
        for (int block = starts[own]; block < starts[own + 1]; block++)
        {
            int from = first + (block * BlockSize), length = Math.Min(BlockSize, end - from);
            ReadOnlySpan<T> inside = held[(from - heldFrom)..];
            int missing = length - inside.Length;
            if (missing > 0)
            {
                inside.CopyTo(last);
                after[..missing].CopyTo(last[inside.Length..]);
            }

            scoped ReadOnlySpan<T> elements = missing > 0 ? last[..length] : inside[..length];
            parts[block] = kind switch
            {
                NormKind.L2 => BlockReduction.SumOfSquares(elements),
                NormKind.L1 => BlockReduction.Sum(elements, default(Magnitude)),
                _ => BlockReduction.MaxAbs(elements),
            };
        }

        shard.Ranks.AllGather(parts, starts);
        double norm = 0;
        foreach (double part in parts) norm = kind == NormKind.Infinity ? Math.Max(norm, part) : norm + part;
        ArrayPool<double>.Shared.Return(rented);
        if (kind != NormKind.L2) return norm;
        return BlockReduction.IsPrecise(norm) ? Math.Sqrt(norm) : Scaled(held, heldFrom);
    }

    /// <summary>The norm over the largest element, where squares overflow or underflow.</summary>
    private double Scaled<T>(ReadOnlySpan<T> held, int heldFrom)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int from = Math.Clamp(shard.Start, first, end), to = Math.Clamp(shard.End, from, end);
        ReadOnlySpan<T> own = from < to ? held[(from - heldFrom)..(to - heldFrom)] : [];
        double largest = 0, scaled = 0;
        for (int rank = 0; rank < shard.Ranks.Count; rank++)
            largest = Math.Max(largest, shard.FromRank(rank, BlockReduction.MaxAbs(own)));
        if (!double.IsFinite(largest) || largest == 0) return largest;
        for (int rank = 0; rank < shard.Ranks.Count; rank++)
        {
            double sum = scaled;
            foreach (T value in rank == shard.Ranks.Rank ? own : [])
            {
                double ratio = double.CreateTruncating(value) / largest;
                sum = Math.FusedMultiplyAdd(ratio, ratio, sum);
            }

            scaled = shard.FromRank(rank, sum);
        }

        return largest * Math.Sqrt(scaled);
    }

    private int FirstBlockFrom(int index) =>
        (int)(((long)Math.Clamp(index, first, end) - first + BlockSize - 1) / BlockSize);
}
