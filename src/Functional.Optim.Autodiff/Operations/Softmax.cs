using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

/// <summary>The softmax of one row, for attention and cross-entropy.</summary>
internal static unsafe class Softmax
{
    /// <summary>p = e^(c·(x − max x)) / Σ. Both pointers may be the same.</summary>
    internal static void Row<T, TLane>(T* x, T* p, int length, T scale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T> =>
        Divide<T, TLane>(p, length, Exponentials<T, TLane>(x, p, length, scale).Sum);

    /// <summary>p = e^(c·(x − max x)), not divided; returns max x and Σp. Both pointers may be the same.</summary>
    internal static (T Largest, T Sum) Exponentials<T, TLane>(T* x, T* p, int length, T scale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
    {
        T largest = RowReduction.Max<T, TLane>(x, length);
        return (largest, RowReduction.Sum<T, TLane, Exponentiate<T>>(length, new(x, p, largest, scale)));
    }

    /// <summary>p / Σ.</summary>
    internal static void Divide<T, TLane>(T* p, int length, T sum)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T> => LaneLoop.Run<T, TLane, Multiply<T>>(0, length, new(p, T.One / sum));

    private readonly struct Exponentiate<T>(T* x, T* p, T largest, T scale) : ITerm<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly T* x = x;
        private readonly T* p = p;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane At<TLane>(long index)
            where TLane : struct, ILane<TLane, T>
        {
            TLane difference = TLane.Load(x + index) - TLane.Broadcast(largest);
            TLane power = Exponential.Of<T, TLane>(difference * TLane.Broadcast(scale));
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
            where TLane : struct, ILane<TLane, T> =>
            TLane.Store(TLane.Load(p + index) * TLane.Broadcast(factor), p + index);
    }
}
