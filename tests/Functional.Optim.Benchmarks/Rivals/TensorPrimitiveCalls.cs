using System.Buffers;
using System.Numerics.Tensors;

namespace Functional.Optim.Benchmarks.Rivals;

/// <summary>AdamW as calls of <see cref="TensorPrimitives"/>, each a pass over the range.</summary>
internal readonly struct TensorPrimitiveCalls : IRange<float>
{
    public static void Step(Span<float> theta, ReadOnlySpan<float> gradient, Span<float> m, Span<float> v)
    {
        float[] rented = ArrayPool<float>.Shared.Rent(theta.Length);
        Span<float> update = rented.AsSpan(0, theta.Length);
        TensorPrimitives.Multiply(m, AdamWNumbers.Beta1, m);
        TensorPrimitives.MultiplyAdd(gradient, 1 - AdamWNumbers.Beta1, m, m);
        TensorPrimitives.Multiply(gradient, gradient, update);
        TensorPrimitives.Multiply(v, AdamWNumbers.Beta2, v);
        TensorPrimitives.MultiplyAdd(update, 1 - AdamWNumbers.Beta2, v, v);
        TensorPrimitives.Sqrt(v, update);
        TensorPrimitives.Multiply(update, AdamWNumbers.SecondCorrection, update);
        TensorPrimitives.Add(update, AdamWNumbers.Epsilon, update);
        TensorPrimitives.Divide(m, update, update);
        TensorPrimitives.Multiply(theta, 1 - (AdamWNumbers.Rate * AdamWNumbers.Decay), theta);
        TensorPrimitives.MultiplyAdd(update, -AdamWNumbers.Rate * AdamWNumbers.FirstCorrection, theta, theta);
        ArrayPool<float>.Shared.Return(rented);
    }
}
