using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Functional.Optim.Tests.Kernels;
using Functional.Optim.Tests.Processes;

namespace Functional.Optim.Tests.Contracts;

using Trees = Functional.Optim.Tests.Laws.Trees;

/// <summary>Compositions of many transforms and rules, and many optimizers and layouts.</summary>
[Collection(ThreadLimit.Name)]
public class LongCompositionTests
{
    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(25)]
    [InlineData(1000)]
    public void A_chain_has_the_bits_of_its_transforms_in_turn_on_a_small_stack(int count)
    {
        Optimizer chain = Enumerable.Range(0, count).Aggregate(
            Composition.Identity, (chain, place) => chain.Then(Scale.By(place % 2 == 0 ? 0.7 : 1.4)));
        ParameterTree<float> parameters = Trees.Random<float>(0), gradients = Trees.Random<float>(1);
        float[] expected = gradients.AsSpan().ToArray();
        for (int place = 0; place < count; place++)
        {
            for (int index = 0; index < expected.Length; index++) expected[index] *= place % 2 == 0 ? 0.7f : 1.4f;
        }

        float[]? deltas = null;
        SmallStack.Run(
            () => deltas = chain.Update(parameters, gradients, chain.Init(parameters)).Deltas.AsSpan().ToArray(),
            kibibytes: 1536);
        Assert.Equal(expected.Select(value => -value), deltas);
        Optimizer other = Enumerable.Range(0, count).Aggregate(
            Composition.Identity, (chain, place) => chain.Then(Scale.By(place % 2 == 0 ? 0.7 : 1.4)));
        Assert.Equal((chain, chain.GetHashCode()), (other, other.GetHashCode()));
        Assert.Equal(count, chain.ToString().Split(" then ").Length);
    }

    [Fact]
    public void A_partition_reads_slot_names_once_for_each_rule_and_leaf()
    {
        const int rules = 200, leaves = 2000;
        long asked = 0;
        Counting counting = new(() => asked++);
        Optimizer optimizer = Partition.Of(
        [
            .. Enumerable.Range(0, rules)
                .Select(rule => new Partition.Rule($"{rule}", leaf => leaf.Index % rules == rule, counting)),
        ]);
        ParameterTree<float> parameters = ParameterTree.Of(
            [.. Enumerable.Range(0, leaves).Select(leaf => Leaf.Of($"{leaf}", [1], [1f]))]);
        optimizer.Step(parameters, parameters, optimizer.Init(parameters));
        Assert.InRange(asked, 1, 20 * (rules + leaves));
    }

    [Fact]
    public void Unreferenced_optimizers_are_collected_while_their_layout_lives()
    {
        ParameterTree<float> parameters = Trees.Random<float>(0);
        WeakReference[] used = [.. Enumerable.Range(1, 50).SelectMany(every => Use(every, parameters))];
        Assert.InRange(Living(used), 0, 5);
        GC.KeepAlive(parameters.Layout);
    }

    [Fact]
    public void Unreferenced_layouts_are_collected_while_their_optimizer_lives()
    {
        Optimizer optimizer = AdamW.Of(0.1);
        (WeakReference Layout, WeakReference Leaf)[] used =
            [.. Enumerable.Range(0, 1000).Select(_ => UseLayout(optimizer))];
        Assert.InRange(Living(used.Select(pair => pair.Layout)), 0, 5);

        // Their plans refer to the leaves; they are dropped when the next plan is added.
        UseLayout(optimizer);
        Assert.InRange(Living(used.Select(pair => pair.Leaf)), 0, 5);
        GC.KeepAlive(optimizer);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference[] Use(long every, ParameterTree<float> parameters)
    {
        Optimizer[] optimizers =
        [
            Scale.By(every),
            LearningRate.Of(every),
            Clip.ByGlobalNorm(every),
            Momentum.Of(0.9),
            Partition.Masked(_ => true, Sgd.Of(every)),
            Accumulate.Of(every, Sgd.Of(0.1)),
            ApplyIfFinite.Around(Sgd.Of(0.1)),
            AdamW.Of(every),
            Scale.By(every).Then(Momentum.Of(0.9)),
        ];
        foreach (Optimizer optimizer in optimizers) optimizer.Step(parameters, parameters, optimizer.Init(parameters));
        return [.. optimizers.Select(optimizer => new WeakReference(optimizer))];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (WeakReference Layout, WeakReference Leaf) UseLayout(Optimizer optimizer)
    {
        ParameterTree<float> parameters = ParameterTree.Of(Leaf.Of("w", [3], [1f, 2f, 3f]));
        optimizer.Step(parameters, parameters, optimizer.Init(parameters));
        return (new WeakReference(parameters.Layout), new WeakReference(parameters.Layout.Leaves[0]));
    }

    private static int Living(IEnumerable<WeakReference> references)
    {
        for (int round = 0; round < 4; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return references.Count(reference => reference.IsAlive);
    }

    private sealed record Counting(Action Asked) : Transform
    {
        protected internal override ImmutableArray<string> SlotNames
        {
            get
            {
                Asked();
                return [];
            }
        }
    }
}
