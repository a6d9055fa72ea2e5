using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>What a reduction takes of an index; it may also write there.</summary>
internal interface ITerm<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The terms of as many indices from one on as the lane is wide.</summary>
    TLane At<TLane>(long index)
        where TLane : struct, ILane<TLane, T>;
}

/// <summary>How two partial results become one.</summary>
internal interface ICombination<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>What a reduction starts with.</summary>
    static abstract T Start { get; }

    /// <summary>The result of both.</summary>
    static abstract TLane Combine<TLane>(TLane left, TLane right)
        where TLane : struct, ILane<TLane, T>;
}

/// <summary>
/// Reductions of short rows in their own precision: index i goes to column i mod 16, and the columns are combined pairwise, so that
/// the bits are the same at every width.
/// </summary>
internal static unsafe class RowReduction
{
    private const int Columns = 16;

    /// <summary>Σ terms.</summary>
    internal static T Sum<T, TLane, TTerm>(int length, in TTerm term)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
        where TTerm : struct, ITerm<T> => Reduce<T, TLane, TTerm, Addition<T>>(length, term);

    /// <summary>The largest term; −∞ of none, NaN when one is.</summary>
    internal static T Max<T, TLane, TTerm>(int length, in TTerm term)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
        where TTerm : struct, ITerm<T> => Reduce<T, TLane, TTerm, Maximum<T>>(length, term);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T Reduce<T, TLane, TTerm, TCombination>(int length, in TTerm term)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
        where TTerm : struct, ITerm<T>
        where TCombination : struct, ICombination<T>
    {
        TTerm local = term;
        T* columns = stackalloc T[Columns];
        new Span<T>(columns, Columns).Fill(TCombination.Start);
        int whole = length - (length % Columns);
        for (int index = 0; index < whole; index += Columns)
        {
            for (int column = 0; column < Columns; column += TLane.Width)
                TLane.Store(TCombination.Combine(TLane.Load(columns + column), local.At<TLane>(index + column)), columns + column);
        }

        for (int index = whole; index < length; index++)
        {
            T* column = columns + (index - whole);
            ScalarLane<T>.Store(TCombination.Combine(ScalarLane<T>.Load(column), local.At<ScalarLane<T>>(index)), column);
        }

        for (int half = Columns / 2; half > 0; half /= 2)
        {
            for (int column = 0; column < half; column++)
            {
                ScalarLane<T>.Store(
                    TCombination.Combine(ScalarLane<T>.Load(columns + column), ScalarLane<T>.Load(columns + column + half)), columns + column);
            }
        }

        return columns[0];
    }

    private readonly struct Addition<T> : ICombination<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static T Start => T.Zero;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLane Combine<TLane>(TLane left, TLane right)
            where TLane : struct, ILane<TLane, T> => left + right;
    }

    private readonly struct Maximum<T> : ICombination<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static T Start => T.NegativeInfinity;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLane Combine<TLane>(TLane left, TLane right)
            where TLane : struct, ILane<TLane, T> => TLane.Max(left, right);
    }
}
