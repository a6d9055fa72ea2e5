using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The leaves of a pass whose first transform changes them tile by tile (<see cref="ITiledTransform"/>): chunks of one
/// leaf each, which begin where units of the transform do, and where blocks of slots do.
/// </summary>
internal sealed class LeafTiles
{
    /// <summary>The most units in a chunk.</summary>
    internal const int MaxUnits = 1024;

    private readonly Tiling[] leaves;
    private readonly int[] leavesOfChunks;

    private LeafTiles(LeafClass leafClass, PlacedTransform placed, ITiledTransform transform)
    {
        Transform = transform;
        leaves = new Tiling[leafClass.Leaves.Length];
        List<Chunk> chunks = [];
        List<int> owners = [];
        for (int index = 0; index < leaves.Length; index++)
        {
            Leaf leaf = leafClass.Leaves[index];
            int segment = leafClass.SegmentsOfLeaves[index];
            (leaves[index], long length) = TilingOf(leaf, leafClass.HasBlocks);
            if (leaves[index].FirstNumber >= 0)
            {
                NumberCount = checked(NumberCount + transform.UnitCount(leaf));
                ScratchLength = Math.Max(ScratchLength, placed.Transform.ScratchLength(leaf));
            }

            // Padding goes with its leaf; scattered leaves have none.
            long end = Math.Min(leafClass.Segments[segment].End, (long)leaf.Offset + leaf.Length + leaf.Padding);
            for (long start = leaf.Offset; start < end; start += length)
            {
                chunks.Add(new Chunk(segment, (int)start, (int)Math.Min(length, end - start)));
                owners.Add(index);
            }
        }

        (Chunks, leavesOfChunks) = ([.. chunks], [.. owners]);
    }

    internal ITiledTransform Transform { get; }

    internal Chunk[] Chunks { get; }

    /// <summary>The units of all leaves that are measured before the pass.</summary>
    internal int NumberCount { get; }

    /// <summary>The scratch memory that measuring them needs.</summary>
    internal int ScratchLength { get; }

    /// <summary>The tiles for a transform of a class; <see langword="null"/> where it does not change tiles.</summary>
    internal static LeafTiles? Of(LeafClass leafClass, PlacedTransform placed) =>
        placed.Transform is ITiledTransform transform ? new(leafClass, placed, transform) : null;

    /// <summary>The index of the leaf of a chunk, in its class.</summary>
    internal int LeafOf(int chunk) => leavesOfChunks[chunk];

    internal Tiling this[int leaf] => leaves[leaf];

    /// <summary>How a leaf is tiled, and how long its chunks are.</summary>
    private (Tiling Tiling, long ChunkLength) TilingOf(Leaf leaf, bool hasBlocks)
    {
        int unit = Transform.UnitLength(leaf);
        if (unit == 0) return (new(0, -1), Chunk.Size);
        long together = hasBlocks ? LeastMultiple(unit, BlockCodes.BlockLength) : unit;
        return together > Chunk.Size
            ? (new(unit, NumberCount), Chunk.Size)
            : (new(unit, -1), Math.Min(Chunk.Size / together, MaxUnits * (long)unit / together) * together);
    }

    private static long LeastMultiple(long unit, long blocks) =>
        unit / (long)BigInteger.GreatestCommonDivisor(unit, blocks) * blocks;

    /// <summary>How a leaf is tiled.</summary>
    /// <param name="UnitLength"><see cref="ITiledTransform.UnitLength"/>.</param>
    /// <param name="FirstNumber">
    /// The index of the number of its first unit among all that are measured before the pass; −1 where they are
    /// measured chunk by chunk.
    /// </param>
    internal readonly record struct Tiling(int UnitLength, int FirstNumber);
}
