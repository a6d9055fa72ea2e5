using System.Buffers;
using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>
/// Sums of what a rule returns for each element, without keeping it. Block by block, the rule writes into a buffer that
/// stays in the first-level cache, and <see cref="BlockReduction"/> adds the buffer.
/// </summary>
internal static unsafe class RuleReduction
{
    /// <summary>Σr of what the rule returns, and of what it leaves in its first slot; 0 for a rule without slots.</summary>
    internal static (double Returned, double InFirstSlot) Sums<T, TRule>(
        in TRule rule, in PassMemory<T> memory, long start, long end)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : unmanaged, IUpdateRule<T>
    {
        TRule constants = rule;
        return Reduce<T, Sum>(RuleLoop<T>.Of(&constants), memory, start, end);
    }

    /// <summary>
    /// √Σr² of what the rule returns. Where the squares overflow or underflow, it is divided by the largest first.
    /// </summary>
    internal static double Norm<T, TRule>(in TRule rule, in PassMemory<T> memory, long start, long end)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : unmanaged, IUpdateRule<T>
    {
        TRule constants = rule;
        RuleLoop<T> loop = RuleLoop<T>.Of(&constants);
        double sum = Reduce<T, Squares>(loop, memory, start, end).Returned;
        if (BlockReduction.IsPrecise(sum)) return Math.Sqrt(sum);
        double largest = Reduce<T, Largest>(loop, memory, start, end).Returned;
        if (!double.IsFinite(largest) || largest == 0 || !T.IsFinite(T.CreateTruncating(1 / largest))) return largest;
        Then<T, TRule, ScaleRule<T>> scaled = new(rule, new(T.CreateTruncating(1 / largest)));
        sum = Reduce<T, Squares>(RuleLoop<T>.Of(&scaled), memory, start, end).Returned;
        return largest * Math.Sqrt(sum);
    }

    private static (double Returned, double InFirstSlot) Reduce<T, TSum>(
        RuleLoop<T> rule, in PassMemory<T> memory, long start, long end)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TSum : struct, ISum
    {
        int chunks = (int)((end - start + Chunk.Size - 1) / Chunk.Size);
        double[] partial = ArrayPool<double>.Shared.Rent(2 * chunks);
        (double returned, double inSlot) = (0, 0);
        fixed (double* results = partial)
        {
            ParallelFor.Run(chunks, end - start, new Body<T, TSum>(rule, memory, start, end, results));
            for (int chunk = 0; chunk < chunks; chunk++)
            {
                returned = TSum.Combine(returned, results[2 * chunk]);
                inSlot = TSum.Combine(inSlot, results[(2 * chunk) + 1]);
            }
        }

        ArrayPool<double>.Shared.Return(partial);
        return (returned, inSlot);
    }

    private interface ISum
    {
        static abstract double Of<T>(ReadOnlySpan<T> values)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>;

        static abstract double Combine(double left, double right);
    }

    private readonly struct Sum : ISum
    {
        public static double Of<T>(ReadOnlySpan<T> values)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> => BlockReduction.Sum(values);

        public static double Combine(double left, double right) => left + right;
    }

    private readonly struct Squares : ISum
    {
        public static double Of<T>(ReadOnlySpan<T> values)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> => BlockReduction.SumOfSquares(values);

        public static double Combine(double left, double right) => left + right;
    }

    private readonly struct Largest : ISum
    {
        public static double Of<T>(ReadOnlySpan<T> values)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> => BlockReduction.MaxAbs(values);

        public static double Combine(double left, double right) => Math.Max(left, right);
    }

    private readonly struct Body<T, TSum>(
        RuleLoop<T> rule, PassMemory<T> memory, long start, long end, double* results) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TSum : struct, ISum
    {
        /// <summary>The elements of a sum; they decide how it rounds.</summary>
        private const int BlockLength = 512;

        private readonly RuleLoop<T> rule = rule;
        private readonly PassMemory<T> memory = memory;
        private readonly double* results = results;

        public void Run(int index)
        {
            int slots = rule.SlotCount;
            T* terms = stackalloc T[BlockLength];
            T* decoded = stackalloc T[SlotFormats.BufferLength];
            T* left = stackalloc T[BlockLength * Slots<ScalarLane<T>>.Capacity];
            (double returned, double inSlot) = (0, 0);
            long first = start + ((long)index * Chunk.Size), last = Math.Min(first + Chunk.Size, end);
            for (long at = first; at < last; at += BlockLength)
            {
                long stop = Math.Min(at + BlockLength, last);
                int count = (int)(stop - at);
                PassMemory<T> block = SlotFormats.Decode(memory, slots, at, stop, decoded);
                block.Output = terms - at;
                for (int slot = 0; slot < slots; slot++)
                    block.SlotsOut[slot] = (long)(left + (slot * BlockLength) - at);
                rule.Run(0, block, at, stop, LaneWidths.Resolve(LaneWidth.Best));
                returned = TSum.Combine(returned, TSum.Of(new ReadOnlySpan<T>(terms, count)));
                if (slots > 0) inSlot = TSum.Combine(inSlot, TSum.Of(new ReadOnlySpan<T>(left, count)));
            }

            results[2 * index] = returned;
            results[(2 * index) + 1] = inSlot;
        }
    }
}
