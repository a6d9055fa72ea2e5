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
    /// <summary>The elements that are converted at a time.</summary>
    private const int TileLength = 1 << 10;

    internal static OutputUnits Of(Leaf leaf, OutputAxis dimension)
    {
        if (leaf.Rank < 2) return new(1, leaf.Length, AreColumns: false);
        int count = dimension == OutputAxis.First ? leaf.Shape[0] : leaf.Shape[^1];
        return new(count, count == 0 ? 0 : leaf.Length / count, AreColumns: dimension == OutputAxis.Last);
    }

    /// <summary>The numbers that columns need room for: two of each, and the sums of each block.</summary>
    internal int ScratchLength => AreColumns && Length > 0 ? checked((2 + Blocks.Total) * Count) : 0;

    /// <summary>The blocks of the rows across the columns.</summary>
    private RowBlocks Blocks => new(1, Length, Count);

    /// <summary>Changes the update of a leaf, unit by unit.</summary>
    internal void Change<T, TChange>(in LeafContext<T> leaf, TChange change)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TChange : unmanaged, IUnitChange<T>
    {
        if (leaf.Input.IsEmpty) return;
        fixed (T* update = leaf.Input, parameters = leaf.Parameters, output = leaf.Output)
        {
            PassMemory<T> memory = new() { Parameters = parameters, Updates = update, Output = output };
            memory.ChooseStores(leaf.Input.Length, slotCount: 0);
            LaneWidth width = LaneWidths.Resolve(LaneWidth.Best);
            if (!AreColumns)
            {
                int perRange = Math.Max(1, Chunk.Size / Length);
                Rows<T, TChange> rows = new(change, memory, this, perRange, width);
                ParallelFor.Run(((Count - 1) / perRange) + 1, leaf.Input.Length, rows);
                return;
            }

            Span<double> scratch = leaf.Scratch<double>(), numbers = scratch[..Count];
            change.OfColumns(this, leaf.Input, leaf.Parameters, numbers, scratch[Count..]);
            fixed (T* rounded = Rounded<T>(numbers))
            {
                ParallelFor.Run(
                    Blocks.Total, leaf.Input.Length, new Columns<T, TChange>(memory, rounded, Blocks, width));
            }
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

    /// <summary>Rounds numbers to the type of the elements, in their own memory.</summary>
    private static Span<T> Rounded<T>(Span<double> numbers)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> rounded = MemoryMarshal.Cast<double, T>(numbers)[..numbers.Length];
        for (int index = 0; index < numbers.Length; index++) rounded[index] = T.CreateTruncating(numbers[index]);
        return rounded;
    }

    /// <summary>A range of rows: each is measured and changed while it is in the cache.</summary>
    private readonly struct Rows<T, TChange>(
        TChange change, PassMemory<T> memory, OutputUnits units, int perRange, LaneWidth width) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TChange : unmanaged, IUnitChange<T>
    {
        private readonly TChange change = change;
        private readonly PassMemory<T> memory = memory;

        public void Run(int index)
        {
            int first = index * perRange, last = first + Math.Min(perRange, units.Count - first);
            for (int row = first; row < last; row++)
            {
                long start = (long)row * units.Length;
                double number = change.OfRow(
                    new(memory.Updates + start, units.Length), new(memory.Parameters + start, units.Length));
                ParallelFor.Run(
                    ((units.Length - 1) / Chunk.Size) + 1, units.Length,
                    new Row<T, TChange>(
                        new(T.CreateTruncating(number)), memory, start, start + units.Length, width));
            }
        }
    }

    /// <summary>The elements of one row, chunk by chunk.</summary>
    private readonly struct Row<T, TChange>(
        ByNumber<T, TChange> rule, PassMemory<T> memory, long start, long end, LaneWidth width) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TChange : unmanaged, IUnitChange<T>
    {
        private readonly ByNumber<T, TChange> rule = rule;
        private readonly PassMemory<T> memory = memory;

        public void Run(int index)
        {
            long first = start + ((long)index * Chunk.Size);
            Elementwise.RunRange(rule, memory, first, Math.Min(first + Chunk.Size, end), width);
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
            Span<double> total = new(sums + ((long)index * blocks.Columns), blocks.Columns);
            Span<double> tile = stackalloc double[Math.Min(TileLength, blocks.Columns)];
            total.Clear();
            for (int row = start; row < end; row++)
            {
                ReadOnlySpan<T> line = new(values + ((long)row * blocks.Columns), blocks.Columns);
                for (int column = 0; column < line.Length; column += tile.Length)
                {
                    Span<double> wide = tile[..Math.Min(tile.Length, line.Length - column)];
                    TensorPrimitives.ConvertTruncating(line.Slice(column, wide.Length), wide);
                    Span<double> sum = total.Slice(column, wide.Length);
                    if (areSquared) TensorPrimitives.FusedMultiplyAdd(wide, wide, sum, sum);
                    else TensorPrimitives.Add(sum, wide, sum);
                }
            }
        }
    }

    /// <summary>A block of rows, each changed by the numbers of the columns.</summary>
    private readonly struct Columns<T, TChange>(PassMemory<T> memory, T* numbers, RowBlocks blocks, LaneWidth width)
        : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TChange : unmanaged, IUnitChange<T>
    {
        private readonly PassMemory<T> memory = memory;
        private readonly T* numbers = numbers;

        public void Run(int index)
        {
            (_, int start, int end) = blocks[index];
            PassMemory<T> row = memory;
            for (int at = start; at < end; at++)
            {
                long first = (long)at * blocks.Columns;
                row.Parameters = numbers - first;
                Elementwise.RunRange(default(ByNumbers<T, TChange>), row, first, first + blocks.Columns, width);
            }
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
