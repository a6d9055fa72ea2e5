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

    private static readonly Optimizer Optimizer =
        Clip.ByGlobalNorm(1).Then(AdamW.Of(
            1e-3, weightDecay: 0.1, decay: static leaf => !leaf.Name.EndsWith(".bias", StringComparison.Ordinal)));

    private Training one = null!;
    private Training many = null!;
    private Training mixed = null!;

    /// <summary>The elements of a leaf.</summary>
    [Params(64, 1024)]
    public int Elements { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Threads.Limit = 1;
        one = Over([("all", [Leaves * Elements])]);
        many = Over([.. Enumerable.Range(0, Leaves).Select(leaf => ($"{leaf}.weight", new int[] { Elements }))]);
        mixed = Over([.. Enumerable.Range(0, Leaves).Select(
            leaf => (leaf % 2 == 0 ? $"{leaf}.weight" : $"{leaf}.bias", new int[] { Elements }))]);
    }

    [Benchmark(Baseline = true)]
    public void OneLeaf() => one.Step();

    [Benchmark]
    public void ThousandLeaves() => many.Step();

    /// <summary>Every other one without decay.</summary>
    [Benchmark]
    public void ThousandLeavesOfTwoKinds() => mixed.Step();

    private static Training Over((string Name, int[] Shape)[] leaves) =>
        new(Optimizer, Training.Waves(TreeLayout.Of(leaves)));
}
