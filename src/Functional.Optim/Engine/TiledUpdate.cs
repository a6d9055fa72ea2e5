using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>The update of a pass that is changed tile by tile, and the numbers of units that are measured before.</summary>
internal sealed unsafe class TiledUpdate<T>(FusedPass pass, LeafTiles tiles)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The elements of a buffer for a tile: a line of the cache more, so that the tile begins with one.</summary>
    internal const int BufferLength = LeafTiles.MaxLength + (Line / sizeof(float));

    /// <summary>The bytes of a line of the cache.</summary>
    private const int Line = 64;

    private readonly AlignedBuffer<T> numbers = new(tiles.NumberCount);

    internal int TileLength(int chunk) => tiles[tiles.LeafOf(chunk)].TileLength;

    /// <summary>Measures the units that are longer than a tile.</summary>
    internal void Measure(StepRun<T> run)
    {
        if (tiles.NumberCount > 0) ParallelFor.Run(pass.Class.Leaves.Length, pass.Class.Length, new Body(this, run));
    }

    /// <summary>
    /// Writes the new update of a tile into a buffer, and returns the addresses with the buffer in the place of the
    /// update.
    /// </summary>
    internal PassMemory<T> Change(
        in PassMemory<T> memory, int chunk, long start, long end, long step, T* buffer, LaneWidth width)
    {
        int index = tiles.LeafOf(chunk), first = tiles[index].FirstNumber;
        Leaf leaf = pass.Class.Leaves[index];
        buffer = (T*)(((nint)buffer + Line - 1) & -Line);
        long firstOfTile = start - leaf.Offset, afterTile = Math.Min(end - leaf.Offset, leaf.Length);
        if (firstOfTile < afterTile)
        {
            tiles.Transform.ChangeTile(new LeafTile<T>
            {
                Leaf = leaf,
                Step = step,
                Memory = new()
                {
                    Parameters = memory.Parameters + leaf.Offset,
                    Updates = memory.Updates + leaf.Offset,
                    Output = buffer - firstOfTile,
                },
                Start = firstOfTile,
                End = afterTile,
                Numbers = first < 0 ? null : numbers.Pointer + first,
                Width = width,
            });
        }

        // The padding after a leaf.
        for (long at = Math.Max(start, leaf.Offset + (long)leaf.Length); at < end; at++) buffer[at - start] = T.Zero;
        PassMemory<T> changed = memory;
        changed.Updates = buffer - start;
        return changed;
    }

    private void Measure(StepRun<T> run, int index)
    {
        int first = tiles[index].FirstNumber;
        if (first < 0) return;
        Leaf leaf = pass.Class.Leaves[index];
        AlignedBuffer<double> scratch = run.Plan.RentScratch();
        LeafMemory<T> updates = pass.ReadsGradient ? run.Gradients : run.Update;
        tiles.Transform.MeasureUnits(
            leaf, updates.Span(leaf, leaf.Offset, leaf.Length), run.Parameters.Span(leaf, leaf.Offset, leaf.Length),
            numbers.Span.Slice(first, tiles.Transform.UnitCount(leaf)), scratch.Span);
        run.Plan.ReturnScratch(scratch);
    }

    private readonly struct Body(TiledUpdate<T> update, StepRun<T> run) : IParallelBody
    {
        public void Run(int index) => update.Measure(run, index);
    }
}
