using Functional.Optim.Laws;
using Functional.Optim.Tests.Contracts;
using Functional.Optim.Tests.Kernels;
using Functional.Optim.Tests.Laws;
using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;

namespace Functional.Optim.Tests.InPlace;

using Catalogue = Functional.Optim.Tests.Laws.Catalogue;
using Trees = Functional.Optim.Tests.Laws.Trees;

/// <summary>Leaves without a gradient. Allocation is measured, so these tests run alone.</summary>
[Collection(ThreadLimit.Name)]
public unsafe class AbsentGradientTests
{
    private static readonly (string Name, Optimizer Optimizer)[] All =
        [.. Catalogue.All.Concat(Compositions.All).Where(entry => entry.Optimizer is not Wrapper)];

    public static TheoryData<string> Names => [.. All.Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_leaf_without_a_gradient_stays_and_its_state_does(string name)
    {
        Optimizer optimizer = All.Single(entry => entry.Name == name).Optimizer;
        using Foreign<float> memory = new(Trees.Random<float>(0), isNative: true);
        InPlaceOptimizer<float> bound = optimizer.InPlace<float>(memory.Bindings);
        memory.SetGradients(Trees.Random<float>(1));
        bound.Step();
        foreach (int absent in (int[])[1, 4])
        {
            Leaf leaf = bound.Layout.Leaves[absent];
            ParameterTree<float> before = bound.ToTree();
            float[][] slots = SlotsOf(bound.State, leaf);
            bound.Rebind(absent, memory.ParameterAddress(leaf), null);
            bound.Step();
            bound.Step();
            ParameterTree<float> after = bound.ToTree();
            Assert.Equal(before.AsSpan(leaf), after.AsSpan(leaf));
            Assert.Equal(slots, SlotsOf(bound.State, leaf));
            bound.Rebind(absent, memory.ParameterAddress(leaf), memory.GradientAddress(leaf));
            bound.Step();
        }

        Assert.Equal(7, bound.State.Step);
    }

    [Fact]
    public void What_a_leaf_misses_was_never_there_for_it()
    {
        foreach (Optimizer optimizer in (Optimizer[])[
            Sgd.Of(0.1, momentum: 0.9), AdamW.Of(0.1), Adam.Of(0.1, amsGrad: AmsGrad.OfMoment), Lion.Of(0.1),
            RAdam.Of(0.1),
            Partition.Of((LeafFilter.HiddenMatrices, Muon.Of(0.1)), (LeafFilter.All, AdamW.Of(0.1))),
            Adam.Scaling().Then(LearningRate.Of(0.1))])
        {
            using Foreign<double> memory = new(Trees.Random<double>(0), isNative: true);
            InPlaceOptimizer<double> bound = optimizer.InPlace<double>(memory.Bindings);
            ParameterTree<double> parameters = Trees.Random<double>(0);
            OptimizerState<double> state = optimizer.Init(parameters);
            Leaf leaf = bound.Layout.Leaves[2];
            for (int step = 1; step <= 9; step++)
            {
                memory.SetGradients(Trees.Random<double>(step));
                bool misses = step is 1 or 4 or 5 or 7;
                bound.Rebind(2, memory.ParameterAddress(leaf), misses ? null : memory.GradientAddress(leaf));
                bound.Step();
                if (!misses)
                    (parameters, state) = optimizer.Step(parameters, Trees.Random<double>(step), state);
            }

            Assert.Equal(parameters.AsSpan(leaf), bound.ToTree().AsSpan(leaf));
            Assert.Equal(9, bound.State.Step);
        }
    }

    [Fact]
    public void Its_state_continues_from_a_file()
    {
        using TemporaryFolder folder = new();
        Optimizer optimizer = Clip.ByGlobalNorm(0.5).Then(AdamW.Of(0.1)).WithState(StateFormat.BFloat16);
        using Foreign<float> memory = new(Trees.Random<float>(0), isNative: true);
        InPlaceOptimizer<float> bound = optimizer.InPlace<float>(memory.Bindings);
        memory.SetGradients(Trees.Random<float>(1));
        Leaf leaf = bound.Layout.Leaves[1];
        bound.Rebind(1, memory.ParameterAddress(leaf), null);
        bound.Step();
        bound.Step();
        CheckpointFile.Save<float>(new(new(bound.ToTree(), bound.State)), folder.At("state"));
        TrainState<float> loaded = CheckpointFile.Load<float>(folder.At("state"), optimizer).ThrowIfFail().State;
        using Foreign<float> other = new(loaded.Parameters, isNative: true);
        InPlaceOptimizer<float> resumed = optimizer.InPlace<float>(other.Bindings);
        resumed.State = loaded.Optimizer;
        bound.Rebind(1, memory.ParameterAddress(leaf), memory.GradientAddress(leaf));
        memory.SetGradients(Trees.Random<float>(2));
        other.SetGradients(Trees.Random<float>(2));
        bound.Step();
        resumed.Step();
        Assert.Equal((bound.ToTree(), bound.State), (resumed.ToTree(), resumed.State));
        Assert.Contains(2, bound.State.SlotStarts[0]);
    }

    [Fact]
    public void A_norm_is_that_of_the_leaves_with_a_gradient()
    {
        float* numbers = stackalloc float[8];
        (numbers[4], numbers[5], numbers[6], numbers[7]) = (3, 4, 5000, float.NaN);
        InPlaceOptimizer<float> bound = Clip.ByGlobalNorm(1).Then(LearningRate.Of(1)).InPlace<float>(
            new LeafBinding<float>("a", [2], numbers, numbers + 4), new LeafBinding<float>("b", [2], numbers + 2));
        bound.Step();
        Assert.Equal((-0.6, -0.8, 0, 0), (Rounded(0), Rounded(1), Rounded(2), Rounded(3)));
        bound.Rebind(1, numbers + 2, numbers + 6);
        Assert.Throws<NonFiniteGradientException>(bound.Step);
        Assert.Equal(1, bound.State.Step);

        double Rounded(int index) => Math.Round(numbers[index], 6);
    }

    [Fact]
    public void Without_any_gradient_nothing_changes()
    {
        float* numbers = stackalloc float[2];
        InPlaceOptimizer<float> bound = AdamW.Of(0.1).InPlace<float>(new LeafBinding<float>("a", [2], numbers));
        bound.Step();
        Assert.Equal(0, bound.State.Step);
    }

    [Fact]
    public void Its_steps_allocate_nothing()
    {
        using Foreign<float> memory = new(Trees.Random<float>(0), isNative: true);
        InPlaceOptimizer<float> bound = AdamW.Of(0.1).InPlace<float>(memory.Bindings);
        Leaf first = bound.Layout.Leaves[0], second = bound.Layout.Leaves[1];
        bound.Rebind(1, memory.ParameterAddress(second), null);
        Assert.Equal(0, SteadyAllocation.Of(_ =>
        {
            bound.Rebind(0, memory.ParameterAddress(first), memory.GradientAddress(first));
            bound.Step();
        }));
    }

    [Fact]
    public void A_binding_that_cannot_be_moved_is_named()
    {
        float* numbers = stackalloc float[2];
        InPlaceOptimizer<float> bound = AdamW.Of(0.1).InPlace<float>(
            new LeafBinding<float>("a", [2], numbers), new LeafBinding<float>("b", [1], new float[1], new float[1]));
        Fails("The address of the parameter of a[2] is null", 0, null, null);
        Fails("is not a multiple of 4 bytes", 0, (float*)1, null);
        Fails("is not a multiple of 4 bytes", 0, numbers, (float*)1);
        Fails("b[1] is bound to managed memory", 1, numbers, numbers);
        Fails("leaf", 2, numbers, numbers);
        Fails("leaf", -1, numbers, numbers);

        void Fails(string message, int leaf, float* parameters, float* gradients)
        {
            (nint first, nint second) = ((nint)parameters, (nint)gradients);
            Assert.Contains(
                message,
                Assert.ThrowsAny<ArgumentException>(() => bound.Rebind(leaf, (float*)first, (float*)second)).Message,
                StringComparison.Ordinal);
        }
    }

    /// <summary>What each slot that the leaf has holds for it.</summary>
    private static float[][] SlotsOf(OptimizerState<float> state, Leaf leaf) =>
    [
        .. Enumerable.Range(0, state.SlotCount)
            .Select(slot => state[slot])
            .Where(slot => slot.Layout.Leaves.Any(own => own.Name == leaf.Name))
            .Select(slot => slot.AsSpan(leaf.Name).ToArray()),
    ];
}
