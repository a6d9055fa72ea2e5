using System.Runtime.CompilerServices;
using Functional.Optim.Autodiff;
using Functional.Optim.Tests.Kernels;

namespace Functional.Optim.Tests.Autodiff;

/// <summary>The memory of computations is freed. The tests run alone, because they look at the whole heap.</summary>
[Collection(ThreadLimit.Name)]
public class TapeMemoryTests
{
    private const long Megabyte = 1 << 20;

    private static readonly ParameterTree<float> Point = ParameterTree.Of(Leaf.Of("x", [1024], new float[1024]));

    [Fact]
    public void Trim_drops_all_idle_tapes()
    {
        long before = Heap();
        Compute(16 * 1024);
        Differentiate.Trim();
        Assert.True(Heap() - before < 16 * Megabyte, $"{(Heap() - before) / Megabyte} MiB are kept.");
    }

    [Fact]
    public void Tapes_that_are_idle_between_two_full_collections_are_dropped()
    {
        Differentiate.Trim();
        long before = Heap();
        Compute(16 * 1024);
        for (int turn = 0; turn < 3; turn++) Heap();
        Assert.True(Heap() - before < 16 * Megabyte, $"{(Heap() - before) / Megabyte} MiB are kept.");
    }

    [Fact]
    public void One_large_computation_does_not_keep_its_memory_while_small_ones_continue()
    {
        Differentiate.Trim();
        long before = Heap();
        Compute(16 * 1024);
        for (int turn = 0; turn < 4; turn++)
        {
            Compute(4);
            GC.Collect();
        }

        Assert.True(Heap() - before < 16 * Megabyte, $"{(Heap() - before) / Megabyte} MiB are kept.");
    }

    [Fact]
    public void A_loss_that_throws_releases_its_gradient()
    {
        ParameterTree<float> parameters = TreeLayout.Of(("x", [1 << 20])).Zeros<float>();
        LossFunction<float> failing = _ => throw new NotSupportedException();
        void Fail() => Assert.Throws<NotSupportedException>(() => Differentiate.ValueAndGradient(failing, parameters));
        Fail();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int turn = 0; turn < 8; turn++) Fail();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Megabyte);
    }

    [Fact]
    public void Many_leaves_are_each_found_and_each_get_their_gradient()
    {
        const int Count = 20_000;
        string[] names = [.. Enumerable.Range(0, Count).Select(index => $"p{index}")];
        ParameterTree<float> tree = ParameterTree.Of<float>(
            [.. names.Select((name, index) => Leaf.Of(name, [], [(float)index]))]);
        LossFunction<float> loss = x =>
        {
            Variable<float>[] doubled = [.. names.Select(name => x[name] + x[name])];
            return doubled.Aggregate((sum, next) => sum + next);
        };
        for (int turn = 0; turn < 2; turn++)
        {
            ParameterTree<float> gradients = Differentiate.ValueAndGradient(loss, tree).Gradients;
            foreach (string name in names) Assert.Equal(2, gradients.AsSpan(name)[0]);
        }
    }

    /// <summary>Several arrays with this many rows of 4 KiB.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Compute(int rows) => Differentiate.ValueAndGradient(
        x => (x["x"].Repeated(rows) * x["x"]).Gelu().Mean(), Point).Gradients.Release();

    private static long Heap()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}

/// <summary>A repeated row.</summary>
internal static class Repetition
{
    internal static Variable<float> Repeated(this Variable<float> row, int rows) =>
        row.Reshape(new Shape(1, row.Shape.Length)).Embed(new int[rows]);
}
