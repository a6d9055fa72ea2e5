using BenchmarkDotNet.Attributes;
using Functional.Optim.Kernels;

namespace Functional.Optim.Benchmarks;

/// <summary>
/// AdamW in place after a clip by the global norm, after transforms of whole leaves, and with the ratios of LAMB,
/// against AdamW alone; one large matrix.
/// </summary>
[MemoryDiagnoser]
public unsafe class TransformsBeforeAdamW
{
    private const int Rows = 4096, Columns = 8192;

    private readonly List<AlignedBuffer<float>> buffers = [];
    private InPlaceOptimizer<float> alone = null!;
    private InPlaceOptimizer<float> clippedByNorm = null!;
    private InPlaceOptimizer<float> centralized = null!;
    private InPlaceOptimizer<float> centralizedByColumn = null!;
    private InPlaceOptimizer<float> clipped = null!;
    private InPlaceOptimizer<float> clippedByColumn = null!;
    private InPlaceOptimizer<float> noisy = null!;
    private InPlaceOptimizer<float> lamb = null!;

    [ParamsSource(typeof(ThreadCount), nameof(ThreadCount.OneAndAll))]
    public ThreadCount UsedThreads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Threads.Limit = UsedThreads.Count;
        (AlignedBuffer<float> theta, AlignedBuffer<float> gradient) = (new(Rows * Columns), new(Rows * Columns));
        buffers.AddRange([theta, gradient]);
        for (int index = 0; index < gradient.Span.Length; index++)
            (theta.Span[index], gradient.Span[index]) = (MathF.Cos(index), MathF.Sin(index));
        LeafBinding<float> binding = new("theta", [Rows, Columns], theta.Pointer, gradient.Pointer);
        Optimizer adamW = AdamW.Of(1e-3, weightDecay: 0.1);
        alone = adamW.InPlace(binding);
        clippedByNorm = Clip.ByGlobalNorm(1).Then(adamW).InPlace(binding);
        centralized = Centralize.By().Then(adamW).InPlace(binding);
        centralizedByColumn = Centralize.By(OutputAxis.Last).Then(adamW).InPlace(binding);
        clipped = Clip.Adaptively().Then(adamW).InPlace(binding);
        clippedByColumn = Clip.Adaptively(outputAxis: OutputAxis.Last).Then(adamW).InPlace(binding);
        noisy = Noise.Of(variance: 1e-4, seed: 1).Then(adamW).InPlace(binding);
        lamb = Lamb.Of(1e-3, weightDecay: 0.1).InPlace(binding);
    }

    [Benchmark(Baseline = true)]
    public void Alone() => alone.Step();

    [Benchmark]
    public void ClippedByGlobalNorm() => clippedByNorm.Step();

    [Benchmark]
    public void CentralizedRows() => centralized.Step();

    [Benchmark]
    public void CentralizedColumns() => centralizedByColumn.Step();

    [Benchmark]
    public void ClippedRows() => clipped.Step();

    [Benchmark]
    public void ClippedColumns() => clippedByColumn.Step();

    [Benchmark]
    public void Noisy() => noisy.Step();

    [Benchmark]
    public void WithRatiosOfLamb() => lamb.Step();
}
