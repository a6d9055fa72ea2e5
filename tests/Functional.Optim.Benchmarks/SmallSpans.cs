using BenchmarkDotNet.Attributes;
using Functional.Optim.Benchmarks.Rivals;
using Functional.Optim.Kernels;

namespace Functional.Optim.Benchmarks;

/// <summary>
/// A step of AdamW over short spans against the formula by hand, whose constants are computed before; one thread.
/// </summary>
[MemoryDiagnoser]
public class SmallSpans
{
    private AdamWMemory<float> memory = null!;

    [Params(16, 256)]
    public int Parameters { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Threads.Limit = 1;
        memory = new(Parameters);
    }

    [Benchmark(Baseline = true)]
    public void ByHand() => HandWrittenLoop.Step(memory.Theta, memory.Gradient, memory.M, memory.V);

    [Benchmark]
    public void SpanStep() => memory.Step();
}
