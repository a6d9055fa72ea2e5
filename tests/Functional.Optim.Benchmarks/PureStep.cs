using BenchmarkDotNet.Attributes;
using Functional.Optim.Kernels;

namespace Functional.Optim.Benchmarks;

/// <summary>
/// AdamW in place and as a pure step, after which what it replaces goes back to the pool; one thread.
/// </summary>
[MemoryDiagnoser]
public unsafe class PureStep
{
    private static readonly AdamW Optimizer = AdamW.Of(1e-3, weightDecay: 0.1);

    private AlignedBuffer<float> theta = null!;
    private AlignedBuffer<float> gradient = null!;
    private InPlaceOptimizer<float> inPlace = null!;
    private Training training = null!;

    [Params(65_536, 1_048_576, 33_554_432)]
    public int Parameters { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Threads.Limit = 1;
        ParameterTree<float> gradients = Training.Waves(TreeLayout.Of(("theta", [Parameters])));
        (theta, gradient) = (new(Parameters), new(Parameters));
        gradients.AsSpan().CopyTo(gradient.Span);
        inPlace = Optimizer.InPlace<float>(
            new LeafBinding<float>("theta", [Parameters], theta.Pointer, gradient.Pointer));
        training = new(Optimizer, gradients);
    }

    [Benchmark(Baseline = true)]
    public void InPlace() => inPlace.Step();

    [Benchmark]
    public void Pure() => training.Step();
}
