using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>The update of a pass that is changed tile by tile, and the numbers of the units that are measured.</summary>
internal sealed unsafe class TiledUpdate<T>(FusedPass pass, LeafTiles tiles)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly AlignedBuffer<T> numbers = new(tiles.NumberCount);

    /// <summary>Measures the units that do not fit into a chunk.</summary>
    internal void Measure(StepRun<T> run)
    {
        if (tiles.NumberCount > 0) ParallelFor.Run(pass.Class.Leaves.Length, pass.Class.Length, new Body(this, run));
    }

    /// <summary>
    /// Runs a rule over a chunk on the calling thread. The rule reads the new update of each tile from a buffer that
    /// stays in the cache.
    /// </summary>
    [SkipLocalsInit]
    internal void Run(BoundPass<T> bound, int rule, in PassMemory<T> memory, int chunk, LaneWidth width)
    {
        T* space = stackalloc T[LeafTile<T>.Length + CacheLine.Floats];
        T* measured = stackalloc T[LeafTiles.MaxUnits];
        T* buffer = CacheLine.Align(space);
        (_, int start, int length) = pass.Chunks[chunk];
        long end = (long)start + length;
        Leaf leaf = pass.Class.Leaves[tiles.LeafOf(chunk)];
        LeafTiles.Tiling tiling = tiles[tiles.LeafOf(chunk)];
        if (tiling.UnitLength == 0)
        {
            bound.Run(rule, memory, start, end, width);
            return;
        }

        PassMemory<T> ofLeaf = new()
        {
            Parameters = memory.Parameters + leaf.Offset, Updates = memory.Updates + leaf.Offset,
        };
        T* ofUnits = tiling.FirstNumber >= 0
            ? numbers.Pointer + tiling.FirstNumber
            : MeasureChunk(leaf, tiling.UnitLength, ofLeaf, start - leaf.Offset, end - leaf.Offset, measured);
        for (long at = start, stop; at < end; at = stop)
        {
            stop = Math.Min(at + LeafTile<T>.Length, end);
            long first = at - leaf.Offset, after = Math.Min(stop - leaf.Offset, leaf.Length);
            ofLeaf.Output = buffer - first;
            LeafTile<T> tile = new()
            {
                Leaf = leaf, Memory = ofLeaf, Start = first, End = after, Numbers = ofUnits, Width = width,
            };
            tiles.Transform.ChangeTile(tile);
            // The padding after a leaf.
            for (long padding = Math.Max(after, first); padding < stop - leaf.Offset; padding++)
                ofLeaf.Output[padding] = T.Zero;
            PassMemory<T> changed = memory;
            changed.Updates = buffer - at;
            bound.Run(rule, changed, at, stop, width);
        }
    }

    /// <summary>Measures the units of a chunk; returns where the number of the first unit of the leaf would be.</summary>
    private T* MeasureChunk(Leaf leaf, int unit, in PassMemory<T> memory, int start, long end, T* measured)
    {
        int length = (int)(Math.Min(end, leaf.Length) - start);
        tiles.Transform.MeasureUnits(
            leaf, new ReadOnlySpan<T>(memory.Updates + start, length),
            new ReadOnlySpan<T>(memory.Parameters + start, length), new Span<T>(measured, length / unit), []);
        return measured - (start / unit);
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
