using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using Functional.Optim.Benchmarks.Quick;
using Functional.Optim.Kernels;

namespace Functional.Optim.Benchmarks;

/// <summary>
/// The pure step of each elementwise optimizer over 33.5 million parameters on all cores, and beside each, as clouds
/// change their pace, that of AdamW. What is compared is the time for a byte of memory traffic with AdamW's: an
/// optimizer with the same time per byte runs at the limit of the memory too.
/// </summary>
[SimpleJob(RunStrategy.Throughput, warmupCount: 3, iterationCount: 20, invocationCount: 4)]
[MemoryDiagnoser]
[TimePerByte]
public class CatalogueTraffic : ICountsBytes
{
    /// <summary>The optimizer that the others are compared with.</summary>
    internal const string Reference = "adamW(learningRate=0.001)";

    private const int Parameters = 33_554_432;

    private Training reference = null!;
    private Training training = null!;

    public static IEnumerable<string> Names =>
    [
        .. from entry in Catalogue.Optimizers
           let text = $"{entry.Name}(learningRate=0.001)"
           where entry.Options.All(option => option.Default is not null || option.Name == "learningRate")
               && Build(text) is ElementwiseOptimizer
           select text,
        "sgd(learningRate=0.001, momentum=0.9)",
        "adam(learningRate=0.001, amsGrad=ofMoment)",
        "rmsProp(learningRate=0.001, centered=true, momentum=0.9)",
    ];

    [ParamsSource(nameof(Names))]
    public string Name { get; set; } = "";

    double ICountsBytes.RelativeBytes => BytesMoved(Name) / BytesMoved(Reference);

    /// <summary>
    /// The memory traffic for each parameter: it reads parameter, gradient and slots, and writes parameter and slots.
    /// </summary>
    public static double BytesMoved(string name) =>
        (3 * sizeof(float)) + (2 * Build(name).StateBytesPerParameter<float>());

    [GlobalSetup]
    public void Setup()
    {
        Threads.Limit = Environment.ProcessorCount;
        ParameterTree<float> gradients = Training.Waves(TreeLayout.Of(("theta", [Parameters])));
        (reference, training) = (new(Build(Reference), gradients), new(Build(Name), gradients));
    }

    [Benchmark(Baseline = true)]
    public void AdamW() => reference.Step();

    [Benchmark]
    public void Step() => training.Step();

    private static Optimizer Build(string text) => Catalogue.Optimizers.Build(text).Match(
        Succ: optimizer => optimizer, Fail: errors => throw new InvalidOperationException(errors[0].Message));
}
