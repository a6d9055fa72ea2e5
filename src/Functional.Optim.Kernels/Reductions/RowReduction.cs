using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>The terms of a reduction. Computing a term may also write at its index.</summary>
internal interface ITerm<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The terms of one lane, from an index on.</summary>
    TLane At<TLane>(long index)
        where TLane : struct, ILane<TLane, T>;
}

/// <summary>How two partial results become one.</summary>
internal interface ICombination<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The neutral element.</summary>
    static abstract T Start { get; }

    /// <summary>Combines two partial results.</summary>
    static abstract TLane Combine<TLane>(TLane left, TLane right)
        where TLane : struct, ILane<TLane, T>;
}

/// <summary>
/// Reductions of short rows in the precision of their elements. Term i goes to column i mod 16; the columns are
/// combined in a fixed order. So the bits are the same at every width.
/// </summary>
internal static unsafe class RowReduction
{
    private const int Columns = 16;

    /// <summary>Σ terms.</summary>
    internal static T Sum<T, TLane, TTerm>(int length, in TTerm term)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
        where TTerm : struct, ITerm<T> => Reduce<T, TLane, TTerm, Addition<T>>(length, term);

    /// <summary>Σx.</summary>
    internal static T Sum<T, TLane>(T* x, int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T> => Sum<T, TLane, Plain<T>>(length, new(x));

    /// <summary>Σx·y.</summary>
    internal static T SumOfProducts<T, TLane>(T* x, T* y, int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T> => Sum<T, TLane, Product<T>>(length, new(x, y));

    /// <summary>The largest x; −∞ of none, NaN when one is.</summary>
    internal static T Max<T, TLane>(T* x, int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T> => Reduce<T, TLane, Plain<T>, Maximum<T>>(length, new(x));

    private static T Reduce<T, TLane, TTerm, TCombination>(int length, in TTerm term)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
        where TTerm : struct, ITerm<T>
        where TCombination : struct, ICombination<T>
    {
        T* columns = stackalloc T[Columns];
        new Span<T>(columns, Columns).Fill(TCombination.Start);
        int rowEnd = length - (length % Columns);
        for (int column = 0; column < Columns && rowEnd > 0; column += TLane.Width)
            Column<T, TLane, TTerm, TCombination>(column, rowEnd, term, columns + column);
        for (int index = rowEnd; index < length; index++)
            Column<T, ScalarLane<T>, TTerm, TCombination>(index, length, term, columns + (index - rowEnd));
        for (int column = 0; column < 4; column++) Fold<T, TCombination>(columns + column, 4);
        Fold<T, TCombination>(columns, 1);
        return *columns;
    }

    /// <summary>
    /// Combines every sixteenth term. The term is computed at one place, which keeps the JIT within its inlining
    /// budget.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Column<T, TLane, TTerm, TCombination>(long start, long end, in TTerm term, T* column)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
        where TTerm : struct, ITerm<T>
        where TCombination : struct, ICombination<T>
    {
        TTerm local = term;
        TLane result = TLane.Load(column);
        for (long index = start; index < end; index += Columns)
            result = TCombination.Combine(result, local.At<TLane>(index));
        TLane.Store(result, column);
    }

    /// <summary>
    /// Combines four columns into the first; <paramref name="distance"/> is the step from one to the next.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fold<T, TCombination>(T* column, int distance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TCombination : struct, ICombination<T>
    {
        ScalarLane<T> even = TCombination.Combine(
            ScalarLane<T>.Load(column), ScalarLane<T>.Load(column + (2 * distance)));
        ScalarLane<T> odd = TCombination.Combine(
            ScalarLane<T>.Load(column + distance), ScalarLane<T>.Load(column + (3 * distance)));
        ScalarLane<T>.Store(TCombination.Combine(even, odd), column);
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

    private readonly struct Plain<T>(T* x) : ITerm<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly T* x = x;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane At<TLane>(long index)
            where TLane : struct, ILane<TLane, T> => TLane.Load(x + index);
    }

    private readonly struct Product<T>(T* x, T* y) : ITerm<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly T* x = x;
        private readonly T* y = y;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane At<TLane>(long index)
            where TLane : struct, ILane<TLane, T> => TLane.Load(x + index) * TLane.Load(y + index);
    }
}
