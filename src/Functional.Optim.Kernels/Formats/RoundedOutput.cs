using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// New parameters that are rounded stochastically to numbers of <see cref="BFloat16"/>, while what a pass wrote is in
/// the cache.
/// </summary>
internal static unsafe class RoundedOutput
{
    /// <summary>Rounds the output of a pass at the indices [start, end).</summary>
    /// <param name="memory">The memory of the pass.</param>
    /// <param name="start">The first index.</param>
    /// <param name="end">One more than the last.</param>
    /// <param name="isDelta">
    /// Whether the output is what is to be added to the parameters; else it is the new parameters.
    /// </param>
    [SkipLocalsInit]
    internal static void Round<T>(in PassMemory<T> memory, long start, long end, bool isDelta)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const int length = CodedPiece.MaxLength;
        ushort* codes = stackalloc ushort[length];
        T* sums = stackalloc T[length];
        for (long at = start; at < end; at += length)
        {
            int count = (int)Math.Min(length, end - at);
            T* output = memory.Output + at, parameters = memory.Parameters + at, numbers = isDelta ? sums : output;
            for (int index = 0; isDelta && index < count; index++) numbers[index] = parameters[index] + output[index];
            // A key beside those of the slots.
            BFloat16.Encode(
                numbers, codes, count, (uint)at + memory.FirstIndex,
                memory.RandomKey + (uint)Slots<ScalarLane<float>>.Capacity);
            BFloat16.Decode(codes, numbers, count);
            // In this order 0 is −0, which also leaves a parameter of −0 as it is.
            for (int index = 0; isDelta && index < count; index++)
                output[index] = -(parameters[index] - numbers[index]);
        }
    }
}
