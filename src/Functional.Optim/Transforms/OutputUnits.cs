using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The units of a leaf: rows or columns of a weight, or the whole of a smaller leaf. Numbers per unit are added in
/// double in fixed blocks, so that their bits depend neither on the threads nor on the width of the lanes.
/// </summary>
internal readonly unsafe record struct OutputUnits(int Count, int Length, bool AreColumns)
{
    internal static OutputUnits Of(Leaf leaf, OutputAxis dimension)
    {
        if (leaf.Rank < 2) return new(1, leaf.Length, AreColumns: false);
        int count = dimension == OutputAxis.First ? leaf.Shape[0] : leaf.Shape[^1];
        return new(count, count == 0 ? 0 : leaf.Length / count, AreColumns: dimension == OutputAxis.Last);
    }

    /// <summary>The elements of a row; columns do not lie side by side (<see cref="ITiledTransform"/>).</summary>
    internal int UnitLength => AreColumns ? int.MaxValue : Length;

    /// <summary>The numbers that columns need room for: two of each, and the sums of each block.</summary>
    internal int ScratchLength => AreColumns && Length > 0 ? checked((2 + Blocks.Total) * Count) : 0;

    /// <summary>The blocks of the rows across the columns.</summary>
    private RowBlocks Blocks => new(1, Length, Count);

    /// <summary>Measures consecutive rows, or all columns.</summary>
    internal void Measure<T, TChange>(
        TChange change, ReadOnlySpan<T> update, ReadOnlySpan<T> parameters, Span<T> numbers, Span<double> scratch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TChange : unmanaged, IUnitChange<T>
    {
        if (!AreColumns)
        {
            fixed (T* before = update, beside = parameters, number = numbers)
            {
                ParallelFor.Run(
                    numbers.Length, update.Length, new Rows<T, TChange>(change, before, beside, number, Length));
            }

            return;
        }

        Span<double> exact = scratch[..Count];
        change.OfColumns(this, update, parameters, exact, scratch[Count..]);
        for (int column = 0; column < Count; column++) numbers[column] = T.CreateTruncating(exact[column]);
    }

    /// <summary>Changes the update of a tile, unit by unit.</summary>
    internal void Change<T, TChange>(in LeafTile<T> tile)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TChange : unmanaged, IUnitChange<T>
    {
        PassMemory<T> memory = tile.Memory;
        int rowLength = AreColumns ? Count : Length;
        for (long at = tile.Start, stop; at < tile.End; at = stop)
        {
            long row = at / rowLength, first = row * rowLength;
            stop = Math.Min(first + rowLength, tile.End);
            if (!AreColumns)
            {
                // What a rule does not use is loaded all the same.
                memory.Parameters = memory.Updates;
                Elementwise.RunRange(new ByNumber<T, TChange>(tile.Numbers[row]), memory, at, stop, tile.Width);
                continue;
            }

            memory.Parameters = tile.Numbers - first;
            Elementwise.RunRange(default(ByNumbers<T, TChange>), memory, at, stop, tile.Width);
        }
    }

    /// <summary>Σx of every column.</summary>
    internal void Sum<T>(ReadOnlySpan<T> values, Span<double> sums, Span<double> scratch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Sum(values, areSquared: false, sums, scratch);

    /// <summary>
    /// √Σx² of every column; where squares leave the range, those of x / max|x| are added, as in
    /// <see cref="BlockReduction.Norm"/>.
    /// </summary>
    internal void Norms<T>(ReadOnlySpan<T> values, Span<double> norms, Span<double> scratch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Sum(values, areSquared: true, norms, scratch);
        for (int column = 0; column < Count; column++)
        {
            double sum = norms[column];
            // Squares of floats are always in the range of doubles.
            bool isExact = double.IsFinite(sum) && (sum > BlockReduction.SmallestSum || typeof(T) == typeof(float));
            norms[column] = isExact ? Math.Sqrt(sum) : ScaledNorm(values, column);
        }
    }

    private void Sum<T>(ReadOnlySpan<T> values, bool areSquared, Span<double> sums, Span<double> scratch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        fixed (T* start = values)
        fixed (double* blockSums = scratch)
        {
            ParallelFor.Run(Blocks.Total, values.Length, new BlockSums<T>(start, blockSums, Blocks, areSquared));
        }

        scratch[..Count].CopyTo(sums);
        for (int block = 1; block < Blocks.Total; block++)
            TensorPrimitives.Add(sums, scratch.Slice(block * Count, Count), sums);
    }

    private double ScaledNorm<T>(ReadOnlySpan<T> values, int column)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double largest = 0, squares = 0;
        for (int row = 0; row < Length; row++)
            largest = Math.Max(largest, Math.Abs(double.CreateTruncating(values[(row * Count) + column])));
        if (!double.IsFinite(largest) || largest == 0) return largest;
        for (int row = 0; row < Length; row++)
        {
            double ratio = double.CreateTruncating(values[(row * Count) + column]) / largest;
            squares += ratio * ratio;
        }

        return largest * Math.Sqrt(squares);
    }

    /// <summary>The number of each row.</summary>
    private readonly struct Rows<T, TChange>(TChange change, T* update, T* parameters, T* numbers, int length)
        : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TChange : unmanaged, IUnitChange<T>
    {
        private readonly TChange change = change;
        private readonly T* update = update;
        private readonly T* parameters = parameters;
        private readonly T* numbers = numbers;

        public void Run(int index)
        {
            long start = (long)index * length;
            numbers[index] = T.CreateTruncating(
                change.OfRow(new(update + start, length), new(parameters + start, length)));
        }
    }

    /// <summary>The sums of the columns in a block of rows.</summary>
    private readonly struct BlockSums<T>(T* values, double* sums, RowBlocks blocks, bool areSquared) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly T* values = values;
        private readonly double* sums = sums;

        public void Run(int index)
        {
            (_, int start, int end) = blocks[index];
            double* own = sums + ((long)index * blocks.Columns);
            new Span<double>(own, blocks.Columns).Clear();
            ColumnSums.Add(
                values + ((long)start * blocks.Columns), end - start, blocks.Columns, areSquared, own);
        }
    }

    /// <summary>One number for all elements.</summary>
    private readonly struct ByNumber<T, TChange>(T number) : IUpdateRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TChange : unmanaged, IUnitChange<T>
    {
        private readonly T number = number;

        public static int SlotCount => 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
            where TLane : struct, ILane<TLane, T> => TChange.Of(update, TLane.Broadcast(number));
    }

    /// <summary>A number for each element, in the place of the parameters.</summary>
    private readonly struct ByNumbers<T, TChange> : IUpdateRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TChange : unmanaged, IUnitChange<T>
    {
        public static int SlotCount => 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
            where TLane : struct, ILane<TLane, T> => TChange.Of(update, parameter);
    }
}
