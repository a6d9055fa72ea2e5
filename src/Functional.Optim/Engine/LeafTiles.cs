using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The leaves of a pass in tiles, which its first transform changes before the rules of the pass run over them. A chunk
/// is of one leaf, and the tiles of a chunk begin where units of the transform do, and where blocks of slots do.
/// </summary>
internal sealed class LeafTiles
{
    /// <summary>The most elements of a tile.</summary>
    internal const int MaxLength = 8192;

    /// <summary>The elements that a tile has where units do not ask for more.</summary>
    private const int Length = 4096;

    private readonly Tiling[] leaves;
    private readonly int[] leavesOfChunks;

    private LeafTiles(LeafClass leafClass, int index)
    {
        PlacedTransform placed = leafClass.Transforms[index];
        Transform = (ITiledTransform)placed.Transform;
        leaves = new Tiling[leafClass.Leaves.Length];
        List<Chunk> chunks = [];
        List<int> owners = [];
        for (int leaf = 0; leaf < leaves.Length; leaf++)
        {
            Leaf own = leafClass.Leaves[leaf];
            int unit = Transform.UnitLength(own);
            // Blocks begin where leaves do, if slots have blocks.
            long together = leafClass.HasBlocks ? LeastMultiple(unit, BlockCodes.BlockLength) : unit;
            bool isMeasured = together > MaxLength;
            if (isMeasured) together = BlockCodes.BlockLength;
            leaves[leaf] = new((int)(Math.Max(1, Length / together) * together), isMeasured ? NumberCount : -1);
            if (isMeasured)
            {
                NumberCount = checked(NumberCount + Transform.UnitCount(own));
                ScratchLength = Math.Max(ScratchLength, placed.Transform.ScratchLength(own));
            }

            AddChunks(leaf, (int)(Chunk.Size / together * together));
        }

        (Chunks, leavesOfChunks) = ([.. chunks], [.. owners]);

        void AddChunks(int leaf, int length)
        {
            Leaf own = leafClass.Leaves[leaf];
            int segment = leafClass.SegmentsOfLeaves[leaf];
            // Padding goes with its leaf; scattered leaves have none.
            long end = Math.Min(leafClass.Segments[segment].End, (long)own.Offset + own.Length + own.Padding);
            for (long start = own.Offset; start < end; start += length)
            {
                chunks.Add(new Chunk(segment, (int)start, (int)Math.Min(length, end - start)));
                owners.Add(leaf);
            }
        }
    }

    internal ITiledTransform Transform { get; }

    internal Chunk[] Chunks { get; }

    /// <summary>The numbers of all leaves whose units are measured before the pass; 0 where none are.</summary>
    internal int NumberCount { get; }

    /// <summary>The scratch memory that measuring a leaf needs.</summary>
    internal int ScratchLength { get; }

    /// <summary>The tiles for a transform of a class; <see langword="null"/> where it does not change tiles.</summary>
    internal static LeafTiles? Of(LeafClass leafClass, int index) =>
        leafClass.Transforms[index].Transform is ITiledTransform ? new(leafClass, index) : null;

    /// <summary>The index of the leaf of a chunk, in its class.</summary>
    internal int LeafOf(int chunk) => leavesOfChunks[chunk];

    internal Tiling this[int leaf] => leaves[leaf];

    private static long LeastMultiple(long unit, long blocks)
    {
        (long greater, long smaller) = (unit, blocks);
        while (smaller != 0) (greater, smaller) = (smaller, greater % smaller);
        return unit / greater * blocks;
    }

    /// <summary>How a leaf is tiled.</summary>
    /// <param name="TileLength">The elements of a tile.</param>
    /// <param name="FirstNumber">
    /// The index of the number of its first unit among those of all leaves; −1 where its units are not measured.
    /// </param>
    internal readonly record struct Tiling(int TileLength, int FirstNumber);
}
