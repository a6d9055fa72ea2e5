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
        ParallelFor.Run(
            pass.Chunks.Length, pass.Class.Length,
            new Body(this, LaneWidths.Resolve(LaneWidth.Best), run.OutputKind));
        Elementwise.FenceStores(Memories[0].NonTemporal);
    }

    /// <summary>Runs a rule over the indices [start, end) on the calling thread.</summary>
    internal abstract void Run(int rule, in PassMemory<T> memory, long start, long end, LaneWidth width);

    private void Run(int chunk, LaneWidth width, PassOutput output)
    {
        (int segment, int start, int length) = pass.Chunks[chunk];
        (int rule, int addresses) = Indices[segment];
        ref readonly PassMemory<T> memory = ref Memories[addresses];
        if (tiled is null) Run(rule, memory, start, (long)start + length, width);
        else tiled.Run(this, rule, memory, chunk, width);
        if (pass.RoundsOutput)
            RoundedOutput.Round(memory, start, (long)start + length, isDelta: output == PassOutput.Deltas);
    }

    private readonly struct Body(BoundPass<T> bound, LaneWidth width, PassOutput output) : IParallelBody
    {
        public void Run(int index) => bound.Run(index, width, output);
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
