using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;

namespace Functional.Optim.Benchmarks;

/// <summary>
/// The pure step of each elementwise optimizer over 33.5 million parameters on all cores. The last column compares the time for a byte of
/// memory traffic with AdamW's: an optimizer with the same time per byte runs at the limit of the memory too.
/// </summary>
[SimpleJob(RunStrategy.Throughput, warmupCount: 5, iterationCount: 40, invocationCount: 4)]
[MemoryDiagnoser]
[TimePerByteColumn]
public class CatalogueTraffic
{
    /// <summary>The name of the one that the others are compared with.</summary>
    internal const string Reference = "adamW";

    private const int Parameters = 33_554_432;

    private static readonly Dictionary<string, Optimizer> Catalogue = new()
    {
        [Reference] = AdamW.Of(1e-3),
        ["sgd"] = Sgd.Of(1e-3),
        ["sgd with momentum"] = Sgd.Of(1e-3, momentum: 0.9, nesterov: true),
        ["adam"] = Adam.Of(1e-3),
        ["adam with AMSGrad"] = Adam.Of(1e-3, amsGrad: AmsGrad.OfMoment),
        ["nadam"] = NAdam.Of(1e-3),
        ["radam"] = RAdam.Of(1e-3),
        ["adamax"] = Adamax.Of(1e-3),
        ["adagrad"] = Adagrad.Of(1e-3),
        ["adadelta"] = Adadelta.Of(1),
        ["rmsprop"] = RmsProp.Of(1e-3),
        ["rmsprop, centered, with momentum"] = RmsProp.Of(1e-3, centered: true, momentum: 0.9),
        ["asgd"] = Asgd.Of(1e-3),
        ["rprop"] = Rprop.Of(),
        ["lion"] = Lion.Of(1e-3),
        ["adabelief"] = AdaBelief.Of(1e-3),
        ["yogi"] = Yogi.Of(1e-3),
    };

    private Optimizer optimizer = null!;
    private ParameterTree<float> parameters;
    private ParameterTree<float> gradients;
    private OptimizerState<float> state;

    public static IEnumerable<string> Names => Catalogue.Keys;

    [ParamsSource(nameof(Names))]
    public string Name { get; set; } = "";

    /// <summary>Parameters, gradient and slots are read, parameters and slots are written.</summary>
    public static double BytesMoved(string name) =>
        Parameters * (double)((3 * sizeof(float)) + (2 * Catalogue[name].StateBytesPerParameter<float>()));

    [GlobalSetup]
    public void Setup()
    {
        TreeBuffer<float> slopes = TreeLayout.Of(("theta", [Parameters])).Rent<float>(), start = slopes.Layout.Rent<float>();
        for (int index = 0; index < Parameters; index++) (slopes.AsSpan()[index], start.AsSpan()[index]) = (MathF.Sin(index), MathF.Cos(index));
        (gradients, parameters, optimizer) = (slopes.ToTree(), start.ToTree(), Catalogue[Name]);
        state = optimizer.Init(parameters);
    }

    [Benchmark]
    public void Step()
    {
        (ParameterTree<float> before, OptimizerState<float> old) = (parameters, state);
        (parameters, state) = optimizer.Step(before, gradients, old);
        before.Release();
        for (int slot = 0; slot < old.SlotCount; slot++) old[slot].Release();
    }
}
