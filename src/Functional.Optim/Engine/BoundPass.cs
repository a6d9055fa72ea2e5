using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>The rules of a fused pass with the constants of every segment, and the addresses that they use.</summary>
internal abstract unsafe class BoundPass<T>(FusedPass pass)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>
    /// The elements of a piece: so few that the processor goes on reading memory while a piece is read; whole blocks of
    /// slots.
    /// </summary>
    private const int PieceLength = 2 * BlockCodes.BlockLength;

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

    /// <summary>
    /// Computes the update that the rules make of the indices [start, end) of a segment, on the calling thread. It is
    /// read piece by piece from a buffer in the cache; what the rules leave in slots is not kept.
    /// </summary>
    [SkipLocalsInit]
    internal void Compute<TReader>(int segment, long start, long end, LaneWidth width, ref TReader reader)
        where TReader : struct, IUpdateReader<T>
    {
        const int stride = PieceLength + CacheLine.Floats, capacity = Slots<ScalarLane<T>>.Capacity;
        T* decoded = stackalloc T[SlotFormats.BufferLength];
        T* space = stackalloc T[(stride * (1 + capacity)) + CacheLine.Floats];
        T* update = CacheLine.Align(space);
        (int rule, int addresses) = Indices[segment];
        PassMemory<T> memory = Memories[addresses];
        memory.NonTemporal = memory.ClearsUnderflow = false;
        PassMemory<T> piece = memory;
        for (long at = start, stop; at < end; at = stop)
        {
            stop = Math.Min(at + PieceLength, end);
            if (memory.Formats != 0) piece = SlotFormats.Decode(memory, pass.Slots.Length, at, stop, decoded);
            piece.Output = update - at;
            for (int slot = 0; slot < pass.Slots.Length; slot++)
                piece.SlotsOut[slot] = (long)(update + ((1 + slot) * stride) - at);
            Run(rule, piece, at, stop, width);
            reader.Read(update, piece.Parameters + at, (int)(stop - at));
        }
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
