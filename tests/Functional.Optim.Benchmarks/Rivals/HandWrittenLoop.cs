using System.Runtime.Intrinsics;

namespace Functional.Optim.Benchmarks.Rivals;

/// <summary>AdamW as one loop of vectors, written by hand.</summary>
internal readonly unsafe struct HandWrittenLoop : IRange<float>
{
    public static void Step(Span<float> theta, ReadOnlySpan<float> gradient, Span<float> m, Span<float> v)
    {
        fixed (float* at = theta, slope = gradient, mean = m, square = v)
        {
            if (Vector512.IsHardwareAccelerated)
                Run512<TemporalStore>(at, slope, mean, square, at, mean, square, theta.Length);
            else
                Run256(at, slope, mean, square, theta.Length);
        }
    }

    /// <summary>The loop with vectors of 512 bits; it may write to other memory than it reads.</summary>
    /// <typeparam name="TStore">How it stores a vector.</typeparam>
    internal static void Run512<TStore>(
        float* theta, float* gradient, float* m, float* v, float* newTheta, float* newM, float* newV, long length)
        where TStore : struct, IStore
    {
        Vector512<float> beta1 = Vector512.Create(AdamWNumbers.Beta1), rest1 = Vector512.Create(1 - AdamWNumbers.Beta1);
        Vector512<float> beta2 = Vector512.Create(AdamWNumbers.Beta2), rest2 = Vector512.Create(1 - AdamWNumbers.Beta2);
        Vector512<float> first = Vector512.Create(AdamWNumbers.FirstCorrection);
        Vector512<float> second = Vector512.Create(AdamWNumbers.SecondCorrection);
        Vector512<float> epsilon = Vector512.Create(AdamWNumbers.Epsilon), decay = Vector512.Create(AdamWNumbers.Decay);
        Vector512<float> rate = Vector512.Create(AdamWNumbers.Rate);
        for (long index = 0; index < length; index += 16)
        {
            Vector512<float> u = Vector512.Load(gradient + index), parameter = Vector512.Load(theta + index);
            Vector512<float> mean = Vector512.FusedMultiplyAdd(beta1, Vector512.Load(m + index), rest1 * u);
            Vector512<float> square = Vector512.FusedMultiplyAdd(beta2, Vector512.Load(v + index), rest2 * u * u);
            Vector512<float> root = Vector512.FusedMultiplyAdd(Vector512.Sqrt(square), second, epsilon);
            Vector512<float> update = Vector512.FusedMultiplyAdd(decay, parameter, mean * first / root);
            TStore.Put(parameter - (update * rate), newTheta + index);
            TStore.Put(mean, newM + index);
            TStore.Put(square, newV + index);
        }
    }

    private static void Run256(float* theta, float* gradient, float* m, float* v, long length)
    {
        Vector256<float> beta1 = Vector256.Create(AdamWNumbers.Beta1), rest1 = Vector256.Create(1 - AdamWNumbers.Beta1);
        Vector256<float> beta2 = Vector256.Create(AdamWNumbers.Beta2), rest2 = Vector256.Create(1 - AdamWNumbers.Beta2);
        Vector256<float> first = Vector256.Create(AdamWNumbers.FirstCorrection);
        Vector256<float> second = Vector256.Create(AdamWNumbers.SecondCorrection);
        Vector256<float> epsilon = Vector256.Create(AdamWNumbers.Epsilon), decay = Vector256.Create(AdamWNumbers.Decay);
        Vector256<float> rate = Vector256.Create(AdamWNumbers.Rate);
        for (long index = 0; index < length; index += 8)
        {
            Vector256<float> u = Vector256.Load(gradient + index), parameter = Vector256.Load(theta + index);
            Vector256<float> mean = Vector256.FusedMultiplyAdd(beta1, Vector256.Load(m + index), rest1 * u);
            Vector256<float> square = Vector256.FusedMultiplyAdd(beta2, Vector256.Load(v + index), rest2 * u * u);
            Vector256<float> root = Vector256.FusedMultiplyAdd(Vector256.Sqrt(square), second, epsilon);
            Vector256<float> update = Vector256.FusedMultiplyAdd(decay, parameter, mean * first / root);
            (parameter - (update * rate)).Store(theta + index);
            mean.Store(m + index);
            square.Store(v + index);
        }
    }

    /// <summary>How the loop stores a vector; a type, so that the JIT specializes the loop for it.</summary>
    internal interface IStore
    {
        static abstract void Put(Vector512<float> value, float* destination);
    }

    internal readonly struct TemporalStore : IStore
    {
        public static void Put(Vector512<float> value, float* destination) => value.Store(destination);
    }

    internal readonly struct NonTemporalStore : IStore
    {
        public static void Put(Vector512<float> value, float* destination) =>
            value.StoreAlignedNonTemporal(destination);
    }
}
