using BenchmarkDotNet.Attributes;
using Functional.Optim.Kernels;

namespace Functional.Optim.Benchmarks.Rivals;

/// <summary>The global norm against a loop that only reads.</summary>
[MemoryDiagnoser]
public class NormRivals
{
    private const int Elements = 33_554_432;

    private AlignedBuffer<float> values = null!;
    private ReadLoop read = null!;

    [ParamsSource(typeof(ThreadCount), nameof(ThreadCount.OneAndAll))]
    public ThreadCount UsedThreads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Threads.Limit = UsedThreads.Count;
        values = new(Elements);
        for (int index = 0; index < values.Length; index++) values.Span[index] = MathF.Sin(index);
        read = new(values);
    }

    [Benchmark(Baseline = true, Description = "the same bytes read")]
    public void Read() => read.Sum();

    [Benchmark(Description = "Functional.Optim")]
    public void Library() => BlockReduction.Norm<float>(values.Span);
}
