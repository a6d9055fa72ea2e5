using BenchmarkDotNet.Attributes;
using Functional.Optim.Kernels;

namespace Functional.Optim.Benchmarks;

/// <summary>AdamW in place with its moments in each format, and with parameters in 16 bits, against floats.</summary>
[MemoryDiagnoser]
public unsafe class StateFormats
{
    private AlignedBuffer<float> theta = null!;
    private AlignedBuffer<float> gradient = null!;
    private InPlaceOptimizer<float>[] optimizers = null!;
    private InPlaceOptimizer<float>[] roundings = null!;

    [Params(65_536, 33_554_432)]
    public int Parameters { get; set; }

    [ParamsSource(typeof(ThreadCount), nameof(ThreadCount.OneAndAll))]
    public ThreadCount UsedThreads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Threads.Limit = UsedThreads.Count;
        (theta, gradient) = (new(Parameters), new(Parameters));
        for (int index = 0; index < Parameters; index++) gradient.Span[index] = MathF.Sin(index);
        LeafBinding<float> binding = new("theta", [Parameters], theta.Pointer, gradient.Pointer);
        optimizers =
        [
            .. Enum.GetValues<StateFormat>().Select(format =>
                AdamW.Of(1e-3, weightDecay: 0.1).WithState(format).InPlace(binding)),
        ];
        roundings =
        [
            .. Enum.GetValues<ParameterRounding>().Select(rounding =>
                AdamW.Of(1e-3, weightDecay: 0.1).Then(BFloat16Parameters.Of(rounding)).InPlace(binding)),
        ];
    }

    [Benchmark(Baseline = true)]
    public void Full() => Step(StateFormat.Full);

    [Benchmark]
    public void BFloat16() => Step(StateFormat.BFloat16);

    [Benchmark]
    public void Float8() => Step(StateFormat.Float8);

    [Benchmark]
    public void Int8() => Step(StateFormat.Int8);

    [Benchmark]
    public void StochasticParameters() => roundings[(int)ParameterRounding.Stochastic].Step();

    [Benchmark]
    public void KahanParameters() => roundings[(int)ParameterRounding.Kahan].Step();

    private void Step(StateFormat format) => optimizers[(int)format].Step();
}
