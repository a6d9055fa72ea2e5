using BenchmarkDotNet.Attributes;
using Functional.Optim.Benchmarks.Quick;
using Functional.Optim.Kernels;

namespace Functional.Optim.Benchmarks.Rivals;

/// <summary>
/// A step of training with the nano preset of MiniGpt, here and with torch: the same model from the same parameters on
/// the same tokens, its gradient, clip by the global norm and AdamW.
/// </summary>
[MemoryDiagnoser]
public class NanoRivals
{
    private NanoStep nano = null!;
    private TorchGpt? torch;
    private long step;

    [ParamsSource(typeof(ThreadCount), nameof(ThreadCount.OneAndAll))]
    public ThreadCount UsedThreads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Threads.Limit = UsedThreads.Count;
        nano = new(NanoStep.Nano);
    }

    [GlobalCleanup]
    public void CleanUp() => torch?.Dispose();

    [Benchmark(Baseline = true, Description = "Functional.Optim")]
    public void Library() => nano.Run();

    [Benchmark(Description = "libtorch")]
    [RestAfter(TorchProduct.SpinMilliseconds)]
    public void Torch() =>
        (torch ??= new(nano.Preset, nano.Model.Init(), UsedThreads.Count)).Step(nano.BatchOf(++step));
}
