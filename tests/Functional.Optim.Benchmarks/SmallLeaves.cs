using BenchmarkDotNet.Attributes;
using Functional.Optim.Kernels;

namespace Functional.Optim.Benchmarks;

/// <summary>
/// AdamW with a clip before it over a thousand leaves, some without decay, against one leaf of the same size; one
/// thread.
/// </summary>
[MemoryDiagnoser]
public class SmallLeaves
{
    private const int Leaves = 1000;

    private static readonly LeafFilter Decayed = LeafFilter.Custom(
        "not biases", static leaf => !leaf.Name.EndsWith(".bias", StringComparison.Ordinal));

    private static readonly Optimizer Optimizer =
        Clip.ByGlobalNorm(1).Then(AdamW.Of(1e-3, weightDecay: 0.1, decay: Decayed));

    private Training one = null!;
    private Training many = null!;
    private Training mixed = null!;

    /// <summary>The number of elements of a leaf.</summary>
    [Params(64, 1024)]
    public int Elements { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Threads.Limit = 1;
        one = Over([("all", [Leaves * Elements])]);
        many = Over(_ => "weight");
        mixed = Over(leaf => leaf % 2 == 0 ? "weight" : "bias");
    }

    [Benchmark(Baseline = true)]
    public void OneLeaf() => one.Step();

    [Benchmark]
    public void ThousandLeaves() => many.Step();

    /// <summary>Every other leaf without weight decay.</summary>
    [Benchmark]
    public void ThousandLeavesOfTwoKinds() => mixed.Step();

    private Training Over(Func<int, string> nameOf) =>
        Over([.. Enumerable.Range(0, Leaves).Select(leaf => ($"{leaf}.{nameOf(leaf)}", new int[] { Elements }))]);

    private static Training Over((string Name, int[] Shape)[] leaves) =>
        new(Optimizer, Training.Waves(TreeLayout.Of(leaves)));
}
