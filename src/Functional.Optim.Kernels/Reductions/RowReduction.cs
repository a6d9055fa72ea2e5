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
/// Reductions of short rows in their own precision: index i goes to column i mod 16, and the columns are combined in a fixed order,
/// so that the bits are the same at every width.
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
        int whole = length - (length % Columns);
        for (int column = 0; column < Columns && whole > 0; column += TLane.Width)
            Column<T, TLane, TTerm, TCombination>(column, whole, term, columns + column);
        for (int index = whole; index < length; index++)
            Column<T, ScalarLane<T>, TTerm, TCombination>(index, length, term, columns + (index - whole));
        for (int column = 0; column < 4; column++) Fold<T, TCombination>(columns + column, 4);
        Fold<T, TCombination>(columns, 1);
        return *columns;
    }

    /// <summary>Every sixteenth term. The one place of the term, for the same reason as that of <see cref="LaneLoop"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Column<T, TLane, TTerm, TCombination>(long start, long end, in TTerm term, T* column)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
        where TTerm : struct, ITerm<T>
        where TCombination : struct, ICombination<T>
    {
        TTerm local = term;
        TLane result = TLane.Load(column);
        for (long index = start; index < end; index += Columns) result = TCombination.Combine(result, local.At<TLane>(index));
        TLane.Store(result, column);
    }

    /// <summary>Combines four columns some way apart into the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fold<T, TCombination>(T* column, int apart)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TCombination : struct, ICombination<T>
    {
        ScalarLane<T> even = TCombination.Combine(ScalarLane<T>.Load(column), ScalarLane<T>.Load(column + (2 * apart)));
        ScalarLane<T> odd = TCombination.Combine(ScalarLane<T>.Load(column + apart), ScalarLane<T>.Load(column + (3 * apart)));
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
