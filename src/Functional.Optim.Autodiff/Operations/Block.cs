using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

/// <summary>A block of contiguous columns of a matrix, to be copied or added to a block of another.</summary>
internal static unsafe class Block<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Copies or adds rows of a width, from and to matrices whose rows have other widths.</summary>
    internal static void Copy(T* from, int fromWidth, GradientSink<T> to, int toWidth, int rows, int width)
    {
        if (width == 0) return;
        int perRange = Math.Max(1, LaneLoop.ElementsPerRange / width);
        LaneLoop.Ranges<T, CopyRows>(rows, perRange, new(from, fromWidth, to, toWidth, width));
    }

    private readonly struct CopyRows(
        T* from, int fromWidth, GradientSink<T> to, int toWidth, int width) : ILaneBody<T>
    {
        private readonly T* from = from;

        public void Run<TLane>(int start, int end)
            where TLane : struct, ILane<TLane, T>
        {
            for (long row = start; row < end; row++)
                LaneLoop.Run<T, TLane, CopyRow>(0, width, new(from + (row * fromWidth), to.From(row * toWidth)));
        }
    }

    private readonly struct CopyRow(T* from, GradientSink<T> to) : IElementBody<T>
    {
        private readonly T* from = from;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLane>(long index)
            where TLane : struct, ILane<TLane, T> => to.Add(index, TLane.Load(from + index));
    }
}
