using BenchmarkDotNet.Attributes;
using Functional.Optim.Benchmarks.Rivals;
using Functional.Optim.Kernels;

namespace Functional.Optim.Benchmarks;

/// <summary>
/// AdamW composed with Then, in place and to other buffers, against the same formula written by hand in place; one
/// thread.
/// </summary>
[MemoryDiagnoser]
public unsafe class ComposedAdamW
{
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
    public void ByHand() => HandWrittenLoop.Step(theta.Span, gradient.Span, m.Span, v.Span);

    [Benchmark]
    public void WithThen() => AdamWNumbers.Optimizer.Step<float>(
        AdamWNumbers.Step, theta.Span, gradient.Span, new(m.Span, v.Span), theta.Span, new(m.Span, v.Span));

    [Benchmark]
    public void WithThenToOtherBuffers() => AdamWNumbers.Optimizer.Step<float>(
        AdamWNumbers.Step, theta.Span, gradient.Span, new(m.Span, v.Span), newTheta.Span, new(newM.Span, newV.Span));

    /// <summary>The fastest loop to other buffers: non-temporal stores, with vectors of 512 bits.</summary>
    [Benchmark]
    public void ByHandToOtherBuffers() => HandWrittenLoop.Run512<HandWrittenLoop.NonTemporalStore>(
        theta.Pointer, gradient.Pointer, m.Pointer, v.Pointer, newTheta.Pointer, newM.Pointer, newV.Pointer,
        Parameters);
}
