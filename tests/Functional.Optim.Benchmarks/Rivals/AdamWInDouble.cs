using BenchmarkDotNet.Attributes;
using Functional.Optim.Kernels;

namespace Functional.Optim.Benchmarks.Rivals;

/// <summary>AdamW in place with numbers in double against a loop that only moves its bytes.</summary>
[MemoryDiagnoser]
public class AdamWInDouble
{
    private const int RangeLength = 16_384;

    private AdamWMemory<double> memory = null!;

    public static IEnumerable<AdamWRivals.AdamWSize> Sizes => AdamWRivals.Sizes;

    [ParamsSource(nameof(Sizes))]
    public AdamWRivals.AdamWSize Size { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Threads.Limit = Size.Threads;
        memory = new(Size.Parameters);
    }

    [Benchmark(Baseline = true, Description = "the same bytes read and written")]
    public void Roofline() => memory.Step<Roofline<double>>(RangeLength);

    [Benchmark(Description = "Functional.Optim, in place")]
    public void Library() => memory.Step();
}
