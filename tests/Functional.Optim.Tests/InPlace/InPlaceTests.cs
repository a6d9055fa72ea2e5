using System.Numerics;
using System.Runtime.InteropServices;
using Functional.Optim.Kernels;
using Functional.Optim.Laws;
using Functional.Optim.Tests.Contracts;
using Functional.Optim.Tests.Kernels;
using Functional.Optim.Tests.Laws;
using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;

namespace Functional.Optim.Tests.InPlace;

using Catalogue = Functional.Optim.Tests.Laws.Catalogue;
using Trees = Functional.Optim.Tests.Laws.Trees;

/// <summary>Steps over foreign memory. Allocation is measured, so these tests run alone.</summary>
[Collection(ThreadLimit.Name)]
public class InPlaceTests
{
    private const int Steps = 4;

    private static readonly (string Name, Optimizer Optimizer)[] All =
    [
        .. Catalogue.All.Concat(Compositions.All).Where(entry => entry.Optimizer is not Wrapper),
        .. Fused.Places.Select(
            place => ($"a custom transform: {place}", Fused.Of(new Fuse(place)).Then(AdamW.Of(0.1)))),
    ];

    public static TheoryData<string> Names => [.. All.Select(entry => entry.Name)];

    public static TheoryData<string> Steady =>
        [.. All.Where(entry => Catalogue.IsSteady(entry.Optimizer)).Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_steps_have_the_bits_of_steps_over_a_tree(string name)
    {
        foreach (bool isNative in (bool[])[false, true])
        {
            AreTheSame<float>(Get(name), isNative);
            AreTheSame<double>(Get(name), isNative);
        }
    }

    [Theory]
    [MemberData(nameof(Steady))]
    public void Its_steps_allocate_nothing(string name)
    {
        using Foreign<float> memory = new(Trees.Random<float>(0), isNative: false);
        InPlaceOptimizer<float> optimizer = Get(name).InPlace<float>(memory.Bindings);
        memory.SetGradients(Trees.Random<float>(1));
        Assert.Equal(0, SteadyAllocation.Of(_ => optimizer.Step()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_state_continues_from_a_file_and_in_steps_over_a_tree(string name)
    {
        using TemporaryFolder folder = new();
        Optimizer optimizer = Get(name);
        using Foreign<double> memory = new(Trees.Random<double>(0), isNative: true);
        InPlaceOptimizer<double> bound = optimizer.InPlace<double>(memory.Bindings);
        memory.SetGradients(Trees.Random<double>(1));
        bound.Step();
        bound.Step();
        string path = folder.At("state");
        CheckpointFile.Save<double>(new(new(bound.ToTree(), bound.State)), path);
        TrainState<double> loaded = CheckpointFile.Load<double>(path, optimizer).ThrowIfFail().State;
        using Foreign<double> other = new(loaded.Parameters, isNative: false);
        InPlaceOptimizer<double> resumed = optimizer.InPlace<double>(other.Bindings);
        resumed.State = loaded.Optimizer.Copy();
        other.SetGradients(Trees.Random<double>(2));
        memory.SetGradients(Trees.Random<double>(2));
        resumed.Step();
        bound.Step();
        (ParameterTree<double> parameters, OptimizerState<double> state) = optimizer.Step(
            loaded.Parameters, Trees.Random<double>(2), loaded.Optimizer);
        Assert.Equal((bound.ToTree(), bound.State), (resumed.ToTree(), resumed.State));
        Assert.Equal((bound.ToTree(), bound.State), (parameters, state));
    }

    [Fact]
    public void Norms_of_every_kind_and_size_have_the_bits_of_a_tree()
    {
        foreach (double scale in (double[])[1, 1e-30, 1e25])
        {
            foreach (int length in (int[])[1, 4095, 4096, 4097, 70_001])
            {
                ParameterTree<float> parameters = ParameterTree.Of(
                    Leaf.Of("a", [3], [1f, 2f, 3f]),
                    Leaf.Of("b", [length], new float[length]),
                    Leaf.Of("c", [5], new float[5]));
                foreach (NormKind kind in Enum.GetValues<NormKind>())
                {
                    Optimizer optimizer = Clip.ByGlobalNorm(0.5, kind)
                        .Then(Momentum.Of(0.9))
                        .Then(Clip.ByGlobalNorm(0.3, kind))
                        .Then(Scale.By(scale));
                    AreTheSame(
                        optimizer,
                        parameters,
                        seed => Trees.Random<float>(parameters.Layout, seed, scale),
                        isNative: true);
                }
            }
        }
    }

    [Fact]
    public void A_failing_step_changes_nothing()
    {
        foreach (Optimizer optimizer in (Optimizer[])[
            Clip.ByGlobalNorm(1).Then(AdamW.Of(0.1)),
            Adam.Scaling().Then(Clip.ByGlobalNorm(0.5)).Then(LearningRate.Of(0.1)),
            Partition.Masked(_ => true, Momentum.Of(0.9).Then(Clip.ByGlobalNorm(0.5)))])
        {
            using Foreign<float> memory = new(Trees.Random<float>(0), isNative: true);
            InPlaceOptimizer<float> bound = optimizer.InPlace<float>(memory.Bindings);
            memory.SetGradients(Trees.Random<float>(1));
            bound.Step();
            ParameterTree<float> bad = Trees.Random<float>(2);
            ParameterTree<float> spoilt = bad.Layout.Leaves.Aggregate(
                bad, (tree, leaf) => leaf.Name == "leaf5" ? With(tree, leaf, float.NaN) : tree);
            memory.SetGradients(spoilt);
            RequireUnchanged(memory, bound, () => Assert.Throws<NonFiniteGradientException>(bound.Step));
        }

        foreach (string place in Fused.Places)
        {
            Fuse fuse = new(place);
            using Foreign<float> memory = new(Trees.Random<float>(0), isNative: false);
            InPlaceOptimizer<float> bound = Momentum.Of(0.9)
                .Then(Fused.Of(fuse))
                .Then(AdamW.Of(0.1))
                .InPlace<float>(memory.Bindings);
            memory.SetGradients(Trees.Random<float>(1));
            if (place is not ("PerLeafFactor" or "leaf predicate")) bound.Step();
            fuse.Lit = true;
            if (place is "PerLeafFactor" or "leaf predicate" && Record.Exception(bound.Step) is null) continue;
            RequireUnchanged(memory, bound, () => Record.Exception(bound.Step));
        }
    }

    [Fact]
    public unsafe void Memory_that_cannot_be_bound_is_named()
    {
        float[] one = new float[20], other = new float[20];
        fixed (float* pinned = one, gradient = other)
        {
            float* address = pinned;
            float* slope = gradient;
            Fails(
                "the parameter of w[3] has 2 elements; its shape has 3",
                new LeafBinding<float>("w", [3], one.AsMemory(0, 2), other.AsMemory(0, 3)));
            Fails(
                "the gradient of w[3] has 4 elements; its shape has 3",
                new LeafBinding<float>("w", [3], one.AsMemory(0, 3), other.AsMemory(0, 4)));
            Fails("the gradient of w[3] is null", new LeafBinding<float>("w", [3], address, null));
            Fails("the parameter of w[3] is null", new LeafBinding<float>("w", [3], (float*)null, slope));
            Fails(
                "is not a multiple of 4 bytes", new LeafBinding<float>("w", [3], (float*)((byte*)address + 2), slope));
            Fails(
                "the parameter of w[3] and that of the gradient of w[3] overlap",
                new LeafBinding<float>("w", [3], address, address));
            Fails(
                "the parameter of w[3] and that of the gradient of v[3] overlap",
                new LeafBinding<float>("w", [3], address, slope),
                new LeafBinding<float>("v", [3], slope + 3, address + 2));
            Fails(
                "the parameter of w[9] and that of the parameter of v[2] overlap",
                new LeafBinding<float>("w", [9], address, slope),
                new LeafBinding<float>("v", [2], address + 3, slope + 9));
            Fails("ends beyond the last address", new LeafBinding<float>("w", [3], address, (float*)-4));
            Fails(
                "appears twice",
                new LeafBinding<float>("w", [3], address, slope),
                new LeafBinding<float>("w", [3], address + 3, slope + 3));
            Fails("", new LeafBinding<float>("", [3], address, slope));
            Fails("", default(LeafBinding<float>));

            // Gradients are only read, so they may share memory.
            InPlaceOptimizer<float> shared = Sgd.Of(1).InPlace<float>(
                new LeafBinding<float>("w", [3], address, slope), new LeafBinding<float>("v", [3], address + 3, slope));
            (slope[0], slope[2]) = (1, 2);
            shared.Step();
            Assert.Equal([-1, 0, -2, -1, 0, -2, 0], one[..7]);
        }

        Assert.Throws<ArgumentNullException>(() => new LeafBinding<float>(null!, [3], one, other));
        Assert.Throws<NotSupportedException>(() => new LeafBinding<Half>("w", [3], new Half[3], new Half[3]));
        foreach (Optimizer wrapper in (Optimizer[])[Accumulate.Of(2, Sgd.Of(1)), ApplyIfFinite.Around(Sgd.Of(1))])
            Assert.StartsWith(
                $"{wrapper} decides",
                Assert.ThrowsAny<ArgumentException>(() => wrapper.InPlace<float>()).Message,
                StringComparison.Ordinal);

        static void Fails(string message, params LeafBinding<float>[] bindings) =>
            Assert.Contains(
                message,
                Assert.ThrowsAny<ArgumentException>(() => AdamW.Of(1).InPlace<float>(bindings)).Message,
                StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_that_cannot_be_pinned_leaves_no_other_pinned()
    {
        using CountsPins first = new(), second = new();
        LeafBinding<float>[] bindings =
            [new("a", [4], first.Memory, new float[4]), new("b", [4], second.Memory, new float[4])];
        InPlaceOptimizer<float> bound = Sgd.Of(0.1).InPlace<float>(bindings);
        second.Refuses = true;
        Assert.Throws<InvalidOperationException>(bound.Step);
        Assert.Throws<InvalidOperationException>(() => bound.ToTree());
        Assert.Throws<InvalidOperationException>(() => Sgd.Of(0.1).InPlace<float>(bindings));
        Assert.Equal((0, 0), (first.Pinned, second.Pinned));
        second.Refuses = false;
        bound.Step();
        Assert.Equal((1, 0, 0), (bound.State.Step, first.Pinned, second.Pinned));
    }

    [Fact]
    public void A_state_of_another_optimizer_or_of_other_leaves_is_rejected()
    {
        using Foreign<float> memory = new(Trees.Random<float>(0), isNative: false);
        InPlaceOptimizer<float> bound = AdamW.Of(0.1).InPlace<float>(memory.Bindings);
        OptimizerState<float> before = bound.State.Copy();
        Assert.ThrowsAny<ArgumentException>(() => bound.State = Lion.Of(0.1).Init(Trees.Random<float>(0)).ToState());
        Assert.ThrowsAny<ArgumentException>(
            () => bound.State = AdamW.Of(0.1).Init(ParameterTree.Of(Leaf.Of("w", [1], [1f]))).ToState());
        OptimizerState<float> released = before.Copy();
        released.Release();
        Assert.Throws<ObjectDisposedException>(() => bound.State = released);
        Assert.Equal(before, bound.State);
    }

    [Fact]
    public void Without_leaves_it_counts_its_steps()
    {
        InPlaceOptimizer<float> bound = Clip.ByGlobalNorm(1).Then(AdamW.Of(0.1)).InPlace<float>();
        bound.Step();
        bound.Step();
        Assert.Equal((2, 0), (bound.State.Step, bound.ToTree().Layout.Leaves.Length));
    }

    private static Optimizer Get(string name) => All.Single(entry => entry.Name == name).Optimizer;

    private static ParameterTree<float> With(ParameterTree<float> tree, Leaf changed, float value)
    {
        return ParameterTree.Of(
            [.. tree.Layout.Leaves.Select(leaf => Leaf.Of(leaf.Name, [.. leaf.Shape], Elements(leaf)))]);

        float[] Elements(Leaf leaf) =>
            leaf == changed ? [.. tree.AsSpan(leaf)[..^1], value] : tree.AsSpan(leaf).ToArray();
    }

    private static void AreTheSame<T>(Optimizer optimizer, bool isNative)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AreTheSame(
            optimizer, Trees.Random<T>(0), seed => Trees.Random<T>(seed), isNative);

    private static void AreTheSame<T>(
        Optimizer optimizer, ParameterTree<T> parameters, Func<int, ParameterTree<T>> gradients, bool isNative)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using Foreign<T> memory = new(parameters, isNative);
        InPlaceOptimizer<T> bound = optimizer.InPlace<T>(memory.Bindings);
        OptimizerState<T> state = optimizer.Init(parameters);
        Assert.Equal((parameters, state), (bound.ToTree(), bound.State));
        for (int step = 1; step <= Steps; step++)
        {
            memory.SetGradients(gradients(step));
            bound.Step();
            (parameters, state) = optimizer.Step(parameters, gradients(step), state);
            Assert.Equal((parameters, state), (bound.ToTree(), bound.State));
        }

        // Neither the gradients nor the gaps between the leaves were written.
        using Foreign<T> expected = new(parameters, isNative);
        expected.SetGradients(gradients(Steps));
        Assert.True(MemoryMarshal.AsBytes(expected.All).SequenceEqual(MemoryMarshal.AsBytes(memory.All)));
    }

    private static void RequireUnchanged(Foreign<float> memory, InPlaceOptimizer<float> bound, Func<Exception?> fail)
    {
        float[] before = memory.All.ToArray();
        OptimizerState<float> state = bound.State.Copy();
        Assert.NotNull(fail());
        Assert.True(MemoryMarshal.AsBytes<float>(before).SequenceEqual(MemoryMarshal.AsBytes(memory.All)));
        Assert.Equal(state, bound.State);
    }
}
