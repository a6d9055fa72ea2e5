using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Runs a body over ranges of indices (rows of a matrix, elements of an array): on lanes, on all threads.
/// </summary>
internal static class LaneLoop
{
    /// <summary>The number of elements in each range of <see cref="Elements"/>.</summary>
    internal const int ElementsPerRange = 8192;

    /// <summary>
    /// Runs a body over [0, count) in ranges of a fixed length, so that the bits do not depend on the number of
    /// threads.
    /// </summary>
    internal static void Ranges<T, TBody>(int count, int perRange, in TBody body)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TBody : struct, ILaneBody<T>
    {
        Dispatch<T, TBody> dispatch = new(body, count, perRange, LaneWidths.Resolve(LaneWidth.Best));
        if (count <= perRange) dispatch.Run(0);
        else ParallelFor.Run(1 + ((count - 1) / perRange), dispatch);
    }

    /// <summary>Runs a body for every element of [0, count).</summary>
    internal static void Elements<T, TBody>(int count, in TBody body)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TBody : struct, IElementBody<T> =>
        Ranges<T, EveryElement<T, TBody>>(count, ElementsPerRange, new(body));

    /// <summary>Runs a body for every element of [0, count) on the calling thread, on lanes of a width.</summary>
    internal static void OnThisThread<T, TBody>(int count, in TBody body, LaneWidth width)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TBody : struct, IElementBody<T> =>
        OnLanes<T, EveryElement<T, TBody>>(0, count, new(body), width);

    /// <summary>Runs a body for every element of [start, end) on the calling thread: lanes, then scalars.</summary>
    internal static void Run<T, TLane, TBody>(int start, int end, in TBody body)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
        where TBody : struct, IElementBody<T>
    {
        int laneEnd = end - ((end - start) % TLane.Width);
        if (start < laneEnd) Loop<T, TLane, TBody>(start, laneEnd, body);
        if (laneEnd < end) Loop<T, ScalarLane<T>, TBody>(laneEnd, end, body);
    }

    /// <summary>
    /// Runs full lanes. The method is never inlined and calls the body at one place: the JIT has an inlining budget for
    /// each method, and beyond it every operation of a lane would be a call.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Loop<T, TLane, TBody>(long start, long end, in TBody body)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
        where TBody : struct, IElementBody<T>
    {
        TBody local = body;
        for (long index = start; index < end; index += TLane.Width) local.At<TLane>(index);
    }

    private static void OnLanes<T, TBody>(int start, int end, in TBody body, LaneWidth width)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TBody : struct, ILaneBody<T>
    {
        switch (LaneWidths.Compiled(width))
        {
            case LaneWidth.Bits512: body.Run<Lane512<T>>(start, end); break;
            case LaneWidth.Bits256: body.Run<Lane256<T>>(start, end); break;
            case LaneWidth.Bits128: body.Run<Lane128<T>>(start, end); break;
            default: body.Run<ScalarLane<T>>(start, end); break;
        }
    }

    private readonly struct Dispatch<T, TBody>(TBody body, int count, int perRange, LaneWidth width) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TBody : struct, ILaneBody<T>
    {
        private readonly TBody body = body;

        public void Run(int index)
        {
            int start = index * perRange;
            OnLanes<T, TBody>(start, start + Math.Min(perRange, count - start), body, width);
        }
    }

    private readonly struct EveryElement<T, TBody>(TBody body) : ILaneBody<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TBody : struct, IElementBody<T>
    {
        private readonly TBody body = body;

        public void Run<TLane>(int start, int end)
            where TLane : struct, ILane<TLane, T> => LaneLoop.Run<T, TLane, TBody>(start, end, body);
    }
}
