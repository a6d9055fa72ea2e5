using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Functional.Optim.Benchmarks.Rivals;

/// <summary>
/// Reads and writes the bytes that AdamW in place reads and writes, and computes next to nothing: what remains is the
/// speed of the memory.
/// </summary>
internal readonly unsafe struct Roofline : IRange
{
    public static void Step(Span<float> theta, ReadOnlySpan<float> gradient, Span<float> m, Span<float> v)
    {
        fixed (float* at = theta, slope = gradient, mean = m, square = v)
            Run(at, slope, mean, square, theta.Length);
    }

    private static void Run(float* theta, float* gradient, float* m, float* v, long length)
    {
        Vector512<float> zero = Vector512.Create(Zero());
        for (long index = 0; index < length; index += 16)
        {
            Vector512<float> u = zero * Vector512.Load(gradient + index), parameter = Vector512.Load(theta + index);
            Vector512<float> mean = Vector512.Load(m + index), square = Vector512.Load(v + index);
            (parameter + u).Store(theta + index);
            (mean + u).Store(m + index);
            (square + u).Store(v + index);
        }
    }

    /// <summary>0, which the compiler of the loop does not see: a step leaves all numbers as they are.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float Zero() => 0;
}
