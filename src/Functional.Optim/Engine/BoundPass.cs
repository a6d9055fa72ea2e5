using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>The rules of a fused pass with the constants of every segment, and the addresses that they use.</summary>
internal abstract class BoundPass<T>(FusedPass pass)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TiledUpdate<T>? tiled = pass.Tiles is { } tiles ? new(pass, tiles) : null;

    protected FusedPass Pass => pass;

    internal PassMemory<T>[] Memories { get; } = new PassMemory<T>[pass.Class.Segments.Length];

    /// <summary>The rule and the addresses of each segment.</summary>
    internal SegmentIndices[] Indices { get; } = [.. pass.Class.Indices];

    /// <summary>Runs the rules over all chunks. A short pass stays on the calling thread.</summary>
    internal void Execute(StepRun<T> run)
    {
        tiled?.Measure(run);
        ParallelFor.Run(pass.Chunks.Length, pass.Class.Length, new Body(this, LaneWidths.Resolve(LaneWidth.Best)));
        Elementwise.FenceStores(Memories[0].NonTemporal);
    }

    /// <summary>Runs a rule over the indices [start, end) on the calling thread.</summary>
    internal abstract void Run(int rule, in PassMemory<T> memory, long start, long end, LaneWidth width);

    private void Run(int chunk, LaneWidth width)
    {
        (int segment, int start, int length) = pass.Chunks[chunk];
        (int rule, int addresses) = Indices[segment];
        if (tiled is null) Run(rule, Memories[addresses], start, (long)start + length, width);
        else tiled.Run(this, rule, Memories[addresses], chunk, width);
    }

    private readonly struct Body(BoundPass<T> bound, LaneWidth width) : IParallelBody
    {
        public void Run(int index) => bound.Run(index, width);
    }
}

/// <summary>All rules of a pass as one rule, in a single loop.</summary>
internal sealed unsafe class FusedRules<T, TRule>(FusedPass pass) : BoundPass<T>(pass)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TRule : unmanaged, IUpdateRule<T>
{
    internal TRule[] Rules { get; } = new TRule[pass.Class.Segments.Length];

    internal override void Run(int rule, in PassMemory<T> memory, long start, long end, LaneWidth width)
    {
        fixed (TRule* rules = Rules) RuleLoop<T>.Of(rules).Run(rule, memory, start, end, width);
    }
}
