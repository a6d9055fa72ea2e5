using System.Runtime.Intrinsics;
using BenchmarkDotNet.Attributes;
using Functional.Optim.Kernels;

namespace Functional.Optim.Benchmarks;

/// <summary>
/// AdamW composed with Then, in place and to other buffers, against the same formula written by hand in place; one
/// thread.
/// </summary>
[MemoryDiagnoser]
public unsafe class ComposedAdamW
{
    private static readonly AdamW AdamW = AdamW.Of(1e-3, weightDecay: 0.1);

    private AlignedBuffer<float> theta = null!;
    private AlignedBuffer<float> gradient = null!;
    private AlignedBuffer<float> m = null!;
    private AlignedBuffer<float> v = null!;
    private AlignedBuffer<float> newTheta = null!;
    private AlignedBuffer<float> newM = null!;
    private AlignedBuffer<float> newV = null!;

    [Params(65_536, 33_554_432)]
    public int Parameters { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Threads.Limit = 1;
        (theta, gradient, m, v) = (new(Parameters), new(Parameters), new(Parameters), new(Parameters));
        (newTheta, newM, newV) = (new(Parameters), new(Parameters), new(Parameters));
        for (int index = 0; index < Parameters; index++) gradient.Span[index] = MathF.Sin(index);
    }

    [Benchmark(Baseline = true)]
    public void ByHand()
    {
        if (Vector512.IsHardwareAccelerated) ByHand512();
        else ByHand256();
    }

    [Benchmark]
    public void WithThen() => AdamW.Step<float>(
        7, theta.Span, gradient.Span, new(m.Span, v.Span), theta.Span, new(m.Span, v.Span));

    [Benchmark]
    public void WithThenToOtherBuffers() => AdamW.Step<float>(
        7, theta.Span, gradient.Span, new(m.Span, v.Span), newTheta.Span, new(newM.Span, newV.Span));

    /// <summary>The best that a loop to other buffers can do: it writes past the cache, with 512-bit vectors.</summary>
    [Benchmark]
    public void ByHandToOtherBuffers()
    {
        Vector512<float> beta1 = Vector512.Create(0.9f), oneMinusBeta1 = Vector512.Create(0.1f),
            beta2 = Vector512.Create(0.999f), oneMinusBeta2 = Vector512.Create(0.001f);
        Vector512<float> first = Vector512.Create(1.2f), second = Vector512.Create(1.5f),
            epsilon = Vector512.Create(1e-8f);
        Vector512<float> decay = Vector512.Create(0.1f), rate = Vector512.Create(1e-3f);
        float* at = theta.Pointer, g = gradient.Pointer, mean = m.Pointer, square = v.Pointer;
        float* newAt = newTheta.Pointer, nextMean = newM.Pointer, nextSquare = newV.Pointer;
        for (long index = 0; index < Parameters; index += 16)
        {
            Vector512<float> u = Vector512.Load(g + index), parameter = Vector512.Load(at + index);
            Vector512<float> newMean =
                Vector512.FusedMultiplyAdd(beta1, Vector512.Load(mean + index), oneMinusBeta1 * u);
            Vector512<float> newSquare =
                Vector512.FusedMultiplyAdd(beta2, Vector512.Load(square + index), oneMinusBeta2 * u * u);
            Vector512<float> root = Vector512.FusedMultiplyAdd(Vector512.Sqrt(newSquare), second, epsilon);
            Vector512<float> update = Vector512.FusedMultiplyAdd(decay, parameter, newMean * first / root);
            (parameter - (update * rate)).StoreAlignedNonTemporal(newAt + index);
            newMean.StoreAlignedNonTemporal(nextMean + index);
            newSquare.StoreAlignedNonTemporal(nextSquare + index);
        }
    }

    private void ByHand512()
    {
        Vector512<float> beta1 = Vector512.Create(0.9f), oneMinusBeta1 = Vector512.Create(0.1f),
            beta2 = Vector512.Create(0.999f), oneMinusBeta2 = Vector512.Create(0.001f);
        Vector512<float> first = Vector512.Create(1.2f), second = Vector512.Create(1.5f),
            epsilon = Vector512.Create(1e-8f);
        Vector512<float> decay = Vector512.Create(0.1f), rate = Vector512.Create(1e-3f);
        float* at = theta.Pointer, g = gradient.Pointer, mean = m.Pointer, square = v.Pointer;
        for (long index = 0; index < Parameters; index += 16)
        {
            Vector512<float> u = Vector512.Load(g + index), parameter = Vector512.Load(at + index);
            Vector512<float> newMean =
                Vector512.FusedMultiplyAdd(beta1, Vector512.Load(mean + index), oneMinusBeta1 * u);
            Vector512<float> newSquare =
                Vector512.FusedMultiplyAdd(beta2, Vector512.Load(square + index), oneMinusBeta2 * u * u);
            Vector512<float> root = Vector512.FusedMultiplyAdd(Vector512.Sqrt(newSquare), second, epsilon);
            Vector512<float> update = Vector512.FusedMultiplyAdd(decay, parameter, newMean * first / root);
            (parameter - (update * rate)).Store(at + index);
            newMean.Store(mean + index);
            newSquare.Store(square + index);
        }
    }

    private void ByHand256()
    {
        Vector256<float> beta1 = Vector256.Create(0.9f), oneMinusBeta1 = Vector256.Create(0.1f),
            beta2 = Vector256.Create(0.999f), oneMinusBeta2 = Vector256.Create(0.001f);
        Vector256<float> first = Vector256.Create(1.2f), second = Vector256.Create(1.5f),
            epsilon = Vector256.Create(1e-8f);
        Vector256<float> decay = Vector256.Create(0.1f), rate = Vector256.Create(1e-3f);
        float* at = theta.Pointer, g = gradient.Pointer, mean = m.Pointer, square = v.Pointer;
        for (long index = 0; index < Parameters; index += 8)
        {
            Vector256<float> u = Vector256.Load(g + index), parameter = Vector256.Load(at + index);
            Vector256<float> newMean =
                Vector256.FusedMultiplyAdd(beta1, Vector256.Load(mean + index), oneMinusBeta1 * u);
            Vector256<float> newSquare =
                Vector256.FusedMultiplyAdd(beta2, Vector256.Load(square + index), oneMinusBeta2 * u * u);
            Vector256<float> root = Vector256.FusedMultiplyAdd(Vector256.Sqrt(newSquare), second, epsilon);
            Vector256<float> update = Vector256.FusedMultiplyAdd(decay, parameter, newMean * first / root);
            (parameter - (update * rate)).Store(at + index);
            newMean.Store(mean + index);
            newSquare.Store(square + index);
        }
    }
}
