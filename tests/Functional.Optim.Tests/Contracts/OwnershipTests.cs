using System.Runtime.InteropServices;
using Functional.Optim.Laws;
using Functional.Optim.Tests.Kernels;
using Functional.Optim.Training;

namespace Functional.Optim.Tests.Contracts;

using Catalogue = Functional.Optim.Tests.Laws.Catalogue;
using Trees = Functional.Optim.Tests.Laws.Trees;

/// <summary>The caller owns the result of a pure function: releasing or donating an input does not affect it.</summary>
[Collection(ThreadLimit.Name)]
public class OwnershipTests
{
    public static TheoryData<string> Optimizers => Catalogue.Names;

    public static TheoryData<string> Steady => Catalogue.Steady;

    /// <summary>
    /// The numbers of the steps. The third gradient is NaN, which some optimizers skip and some reject.
    /// </summary>
    private static readonly double[] Scales = [1, 1, double.NaN, 1];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void The_result_of_a_step_outlives_the_release_of_its_inputs(string name)
    {
        Optimizer optimizer = Catalogue.Get(name);
        ParameterTree<float> parameters = Trees.Random<float>(0);
        OptimizerState<float> state = optimizer.Init(parameters);
        for (int step = 0; step < Scales.Length; step++)
        {
            ParameterTree<float> gradients = Trees.Random<float>(step + 1, Scales[step]);
            (ParameterTree<float> Output, OptimizerState<float> State) updated, moved;
            try
            {
                updated = optimizer.Update(parameters, gradients, state);
                moved = optimizer.Step(parameters, gradients, state);
            }
            catch (NonFiniteGradientException)
            {
                continue;
            }

            float[][] before = [.. Bits(updated), .. Bits(moved)];
            Release((parameters, state));
            gradients.Release();
            Scribble(moved.Output.Layout);
            AssertSame(before, [.. Bits(updated), .. Bits(moved)]);
            Release(updated);
            AssertSame(before[^(1 + moved.State.SlotCount)..], Bits(moved));
            (parameters, state) = moved;
        }
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Branches_of_one_state_do_not_touch_each_other(string name)
    {
        Optimizer optimizer = Catalogue.Get(name);
        ParameterTree<float> start = Trees.Random<float>(0);
        (ParameterTree<float> Parameters, OptimizerState<float> State) parent =
            optimizer.Step(start, Trees.Random<float>(1), optimizer.Init(start));
        float[][] before = Bits(parent);
        (ParameterTree<float> Parameters, OptimizerState<float> State)[] branches =
        [
            .. Enumerable.Range(0, 3)
                .Select(_ => optimizer.Step(parent.Parameters, Trees.Random<float>(2), parent.State)),
        ];
        float[][] child = Bits(branches[0]);
        for (int branch = 0; branch < branches.Length; branch++)
        {
            AssertSame(child, Bits(branches[branch]));
            branches[branch] = optimizer.StepDonating(
                branches[branch].Parameters, Trees.Random<float>(3), branches[branch].State);
        }

        foreach (var branch in branches) AssertSame(Bits(branches[0]), Bits(branch));
        AssertSame(before, Bits(parent));
    }

    [Theory]
    [MemberData(nameof(Steady))]
    public void A_pure_step_whose_inputs_are_released_allocates_nothing(string name)
    {
        Optimizer optimizer = Catalogue.Get(name);
        ParameterTree<float> parameters = Trees.Random<float>(0), gradients = Trees.Random<float>(1);
        OptimizerState<float> state = optimizer.Init(parameters);
        Assert.Equal(0, SteadyAllocation.Of(_ =>
        {
            (ParameterTree<float> Parameters, OptimizerState<float> State) next =
                optimizer.Step(parameters, gradients, state);
            parameters.Release();
            state.Release();
            (parameters, state) = next;
        }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_skipped_train_step_returns_a_separate_state(bool donate)
    {
        Optimizer optimizer = Adam.Of(0.1);
        TrainState<float> state = TrainState.Init(optimizer, Trees.Random<float>(0));
        float[][] before = Bits((state.Parameters, state.Optimizer));
        GradientSource<float, int> broken = (_, _, _) => (0, Trees.Random<float>(1, double.NaN));
        (TrainState<float> next, StepOutcome outcome) = donate
            ? TrainStep.RunDonating(optimizer, broken, state, 0, NonFinitePolicy.Skip)
            : TrainStep.Run(optimizer, broken, state, 0, NonFinitePolicy.Skip);
        Assert.True(outcome.Skipped);
        if (donate) Assert.Throws<ObjectDisposedException>(() => state.Parameters.Layout);
        else Release((state.Parameters, state.Optimizer));
        Scribble(next.Parameters.Layout);
        AssertSame(before, Bits((next.Parameters, next.Optimizer)));
        Assert.Equal("m, v", string.Join(", ", next.Optimizer.SlotNames));
    }

    [Fact]
    public void At_a_minimum_lbfgs_returns_separate_parameters_even_if_the_gradient_is_its_argument()
    {
        ParameterTree<double> zeros = Trees.Random<double>(0).Layout.Zeros<double>(), start = Trees.Random<double>(0);
        Lbfgs lbfgs = Lbfgs.Of(maximumIterations: 1);
        (ParameterTree<double> reached, _, LbfgsReport report) = lbfgs.Step(at => (0, at), zeros, lbfgs.Init(zeros));
        Assert.Equal(LbfgsStop.GradientTolerance, report.Stop);
        zeros.Release();
        Assert.Equal(start.Layout.Zeros<double>(), reached);

        (ParameterTree<double> moved, LbfgsState<double> state, _) = lbfgs.Step(
            at => (0.5 * Math.Pow(at.GlobalNorm(), 2), at), start, lbfgs.Init(start));
        double[] expected = start.AsSpan().ToArray();
        start.Release();
        Assert.Equal(expected, state.Gradients.AsSpan().ToArray());
        Assert.NotEqual(expected, moved.AsSpan().ToArray());
    }

    [Fact]
    public void A_gradient_of_weight_zero_gives_a_separate_accumulator()
    {
        ParameterTree<float> gradients = Trees.Random<float>(1);
        GradientAccumulator<float> one = GradientAccumulator<float>.Of(gradients.Layout).Add(gradients);
        GradientAccumulator<float> same = one.Add(gradients, weight: 0);
        one.Sum.Release();
        Assert.Equal(gradients, same.Mean());
    }

    [Fact]
    public void A_transfer_keeps_the_memory_and_consumes_the_old_handle()
    {
        ParameterTree<float> tree = Trees.Random<float>(0), copy = tree.Copy(), next = tree.Transfer("a test");
        Assert.Contains(
            "consumed by a test",
            Assert.Throws<ObjectDisposedException>(() => tree.Layout).Message,
            StringComparison.Ordinal);
        Assert.Equal(copy, next);
        Assert.Throws<ObjectDisposedException>(() => tree.Transfer("another"));
        Assert.Throws<ObjectDisposedException>(() => tree.Copy());
    }

    private static void Release((ParameterTree<float> Parameters, OptimizerState<float> State) trees)
    {
        trees.Parameters.Release();
        for (int slot = 0; slot < trees.State.SlotCount; slot++) trees.State[slot].Release();
    }

    /// <summary>Writes into all memory that the layout hands out, to detect memory that is still in use.</summary>
    private static void Scribble(TreeLayout layout)
    {
        for (int buffer = 0; buffer < 24; buffer++) layout.Rent<float>().AsSpan().Fill(float.NaN);
    }

    private static float[][] Bits((ParameterTree<float> Tree, OptimizerState<float> State) trees) =>
        [
            .. Enumerable.Range(0, trees.State.SlotCount).Select(slot => trees.State[slot].AsSpan().ToArray()),
            trees.Tree.AsSpan().ToArray(),
        ];

    private static void AssertSame(float[][] expected, float[][] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        foreach ((float[] each, float[] other) in expected.Zip(actual))
            Assert.True(MemoryMarshal.AsBytes<float>(each).SequenceEqual(MemoryMarshal.AsBytes<float>(other)));
    }
}
