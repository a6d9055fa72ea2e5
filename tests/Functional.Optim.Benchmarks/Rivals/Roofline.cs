using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Functional.Optim.Benchmarks.Rivals;

/// <summary>
/// Reads and writes the bytes that AdamW in place reads and writes, and computes next to nothing: what remains is the
/// speed of the memory.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal readonly unsafe struct Roofline<T> : IRange<T>
    where T : unmanaged, INumber<T>
{
    public static void Step(Span<T> theta, ReadOnlySpan<T> gradient, Span<T> m, Span<T> v)
    {
        fixed (T* at = theta, slope = gradient, mean = m, square = v)
            Run(at, slope, mean, square, theta.Length);
    }

    private static void Run(T* theta, T* gradient, T* m, T* v, long length)
    {
        Vector512<T> zero = Vector512.Create(Zero());
        for (long index = 0; index < length; index += Vector512<T>.Count)
        {
            Vector512<T> u = zero * Vector512.Load(gradient + index), parameter = Vector512.Load(theta + index);
            Vector512<T> mean = Vector512.Load(m + index), square = Vector512.Load(v + index);
            (parameter + u).Store(theta + index);
            (mean + u).Store(m + index);
            (square + u).Store(v + index);
        }
    }

    /// <summary>0, which the compiler of the loop does not see: a step leaves all numbers as they are.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T Zero() => T.Zero;
}
