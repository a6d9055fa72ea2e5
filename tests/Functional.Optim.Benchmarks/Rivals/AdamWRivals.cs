using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using Functional.Optim.Benchmarks.Quick;
using Functional.Optim.Kernels;

namespace Functional.Optim.Benchmarks.Rivals;

/// <summary>
/// AdamW in place against a loop that only moves its bytes, beside other ways to write it. Those in this program run on
/// the threads of the library.
/// </summary>
[MemoryDiagnoser]
public class AdamWRivals
{
    private const int Small = 65_536, RangeLength = 32_768, BlockLength = 2048;

    private AdamWMemory<float> memory = null!;
    private ImmutableArrays arrays = null!;
    private ImmutableArray<float> gradient;
    private TorchAdamW? torch;

    public static IEnumerable<AdamWSize> Sizes =>
        ((AdamWSize[])[new(Small, 1), new(33_554_432, 1), new(33_554_432, Environment.ProcessorCount)]).Distinct();

    [ParamsSource(nameof(Sizes))]
    public AdamWSize Size { get; set; }

    private bool IsSmall => Size.Parameters == Small;

    [GlobalSetup]
    public void Setup()
    {
        Threads.Limit = Size.Threads;
        memory = new(Size.Parameters);
        if (!IsSmall) return;
        gradient = [.. memory.Gradient];
        arrays = new([.. memory.Theta], [.. memory.M], [.. memory.V]);
    }

    [GlobalCleanup]
    public void CleanUp() => torch?.Dispose();

    [Benchmark(Baseline = true, Description = "the same bytes read and written")]
    public void Roofline() => memory.Step<Roofline<float>>(RangeLength);

    [Benchmark(Description = "Functional.Optim, in place")]
    public void Library() => memory.Step();

    [Benchmark(Description = "a loop of vectors, by hand")]
    public void HandWritten() => memory.Step<HandWrittenLoop>(RangeLength);

    [Benchmark(Description = "TensorPrimitives, in blocks of 2,048")]
    public void TensorPrimitivesInBlocks() => memory.Step<TensorPrimitiveCalls>(BlockLength);

    [Benchmark(Description = "TensorPrimitives")]
    public void TensorPrimitives() =>
        memory.Step<TensorPrimitiveCalls>((Size.Parameters + Size.Threads - 1) / Size.Threads);

    [Benchmark(Description = "a loop of numbers")]
    public void Scalar() => memory.Step<ScalarLoop>(RangeLength);

    [Benchmark(Description = "LINQ over immutable arrays")]
    public void Linq()
    {
        if (!IsSmall) throw new NotSupportedException("It is measured with 65,536 parameters only.");
        arrays = arrays.Step(gradient);
    }

    [Benchmark(Description = "TorchSharp")]
    [RestAfter(TorchProduct.SpinMilliseconds)]
    public void Torch() => (torch ??= new(Size.Parameters, Size.Threads)).Step();

    /// <summary>How much is measured, and on how many threads.</summary>
    /// <param name="Parameters">The number of parameters.</param>
    /// <param name="Threads">The number of threads.</param>
    public readonly record struct AdamWSize(int Parameters, int Threads)
    {
        public override string ToString() => FormattableString.Invariant(
            $"{Parameters:N0} parameters, {new ThreadCount(Threads)}");
    }
}
