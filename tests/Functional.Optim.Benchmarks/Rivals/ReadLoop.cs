using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Functional.Optim.Kernels;

namespace Functional.Optim.Benchmarks.Rivals;

/// <summary>
/// Reads numbers and adds them with several vectors, on the threads of the library: what remains is the speed at which
/// memory is read.
/// </summary>
/// <param name="values">The numbers; a multiple of <see cref="RangeLength"/>.</param>
internal sealed unsafe class ReadLoop(AlignedBuffer<float> values)
{
    /// <summary>How many numbers a thread takes at a time.</summary>
    internal const int RangeLength = 32_768;

    private readonly float[] sums = new float[values.Length / RangeLength];

    /// <summary>Reads all numbers.</summary>
    /// <returns>Their sum, rounded as floats are.</returns>
    internal float Sum()
    {
        ParallelFor.Run(sums.Length, new Ranges(values.Pointer, sums));
        return TensorPrimitives.Sum(sums);
    }

    private readonly struct Ranges(float* values, float[] sums) : IParallelBody
    {
        private readonly float* values = values;

        public void Run(int index) => sums[index] = SumOf(values + ((long)index * RangeLength));

        private static float SumOf(float* start)
        {
            int width = Vector512<float>.Count;
            Vector512<float> a = default, b = default, c = default, d = default;
            for (float* at = start; at < start + RangeLength; at += 4 * width)
            {
                a += Vector512.Load(at);
                b += Vector512.Load(at + width);
                c += Vector512.Load(at + (2 * width));
                d += Vector512.Load(at + (3 * width));
            }

            return Vector512.Sum(a + b + c + d);
        }
    }
}
