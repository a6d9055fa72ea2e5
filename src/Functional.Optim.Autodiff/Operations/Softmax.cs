using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

/// <summary>The softmax of one row, which attention and cross-entropy share.</summary>
internal static unsafe class Softmax
{
    /// <summary>p = e^(c·(x − max x)) / Σ; returns max x and the sum. The rows may be the same.</summary>
    internal static (T Largest, T Sum) Row<T, TLane>(T* x, T* p, int length, T scale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
    {
        T largest = RowReduction.Max<T, TLane>(x, length);
        T sum = RowReduction.Sum<T, TLane, Exponentiate<T>>(length, new(x, p, largest, scale));
        LaneLoop.Run<T, TLane, Multiply<T>>(0, length, new(p, T.One / sum));
        return (largest, sum);
    }

    private readonly struct Exponentiate<T>(T* x, T* p, T largest, T scale) : ITerm<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly T* x = x;
        private readonly T* p = p;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane At<TLane>(long index)
            where TLane : struct, ILane<TLane, T>
        {
            TLane power = Exponential.Of<T, TLane>((TLane.Load(x + index) - TLane.Broadcast(largest)) * TLane.Broadcast(scale));
            TLane.Store(power, p + index);
            return power;
        }
    }

    private readonly struct Multiply<T>(T* p, T factor) : IElementBody<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly T* p = p;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLane>(long index)
            where TLane : struct, ILane<TLane, T> => TLane.Store(TLane.Load(p + index) * TLane.Broadcast(factor), p + index);
    }
}
