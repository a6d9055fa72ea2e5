using System.Numerics;
using System.Runtime.InteropServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Laws;

public class OptimizerLaws
{
    public static TheoryData<string> Optimizers => Catalogue.Names;

    public static TheoryData<string> Elementwise =>
        [.. Catalogue.All.Where(entry => !entry.Optimizer.Parts.Any(part => part.Measures || part.Rewrites || part is Partition)).Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Purity_inputs_stay_and_equal_inputs_give_equal_bits(string name)
    {
        Optimizer optimizer = Catalogue.Get(name);
        Law.Holds(Check<float>);
        Law.Holds(Check<double>);

        void Check<T>(Problem problem)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            (ParameterTree<T> parameters, OptimizerState<T> state) = problem.After<T>(optimizer, updates: 2);
            ParameterTree<T> gradients = problem.Gradients<T>(3);
            var first = optimizer.Step(parameters, gradients, state);
            Assert.Equal(problem.Gradients<T>(3), gradients);
            Assert.Equal(problem.After<T>(optimizer, updates: 2), (parameters, state));
            Assert.Equal(first, optimizer.Step(parameters, gradients, state));
        }
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Donating_is_pure_in_bits_and_consumes_its_inputs(string name)
    {
        Optimizer optimizer = Catalogue.Get(name);
        Law.Holds(problem =>
        {
            (ParameterTree<float> parameters, OptimizerState<float> state) = problem.After<float>(optimizer, updates: 2);
            ParameterTree<float> gradients = problem.Gradients<float>(3);
            Assert.Equal(problem.After<float>(optimizer), optimizer.StepDonating(parameters, gradients, state));
            Assert.Throws<ObjectDisposedException>(() => parameters.AsSpan().Length);
            Assert.Throws<ObjectDisposedException>(() => gradients.AsSpan().Length);
            for (int slot = 0; slot < state.SlotCount; slot++) Assert.Throws<ObjectDisposedException>(() => state[slot].AsSpan().Length);
        });
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Resume_n_steps_are_k_then_the_rest_from_copied_arrays(string name)
    {
        Optimizer optimizer = Catalogue.Get(name);
        Law.Holds(problem =>
        {
            (ParameterTree<float> parameters, OptimizerState<float> state) = problem.After<float>(optimizer, updates: 2);
            ParameterTree<float>[] slots = [.. Enumerable.Range(0, state.SlotCount).Select(slot => Copy(state[slot]))];
            Assert.Equal(
                problem.After<float>(optimizer),
                optimizer.Step(Copy(parameters), problem.Gradients<float>(3), new OptimizerState<float>(state.Step, slots)));
        });
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Update_is_what_the_step_adds(string name)
    {
        Optimizer optimizer = Catalogue.Get(name);
        Law.Holds(problem =>
        {
            (ParameterTree<double> parameters, OptimizerState<double> state) = problem.After<double>(optimizer, updates: 2);
            ParameterTree<double> gradients = problem.Gradients<double>(3);
            (ParameterTree<double> deltas, OptimizerState<double> next) = optimizer.Update(parameters, gradients, state);
            (ParameterTree<double> moved, OptimizerState<double> nextOfStep) = optimizer.Step(parameters, gradients, state);
            Assert.Equal(nextOfStep, next);
            Assert.Equal(moved, Zip(parameters, deltas, (parameter, delta) => parameter + delta));
        });
    }

    [Theory]
    [MemberData(nameof(Elementwise))]
    public void Split_stepping_a_tree_is_stepping_its_leaves_one_by_one_in_any_order(string name)
    {
        Optimizer optimizer = Catalogue.Get(name);
        Law.Holds(Check<float>);
        Law.Holds(Check<double>);

        void Check<T>(Problem problem)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var whole = problem.After<T>(optimizer);
            var reversed = new Problem([.. problem.Leaves.Reverse()]).After<T>(optimizer);
            foreach (Problem.Numbers leaf in problem.Leaves)
            {
                AssertSame(leaf.Name, whole, reversed);
                AssertSame(leaf.Name, whole, new Problem([leaf]).After<T>(optimizer));
            }
        }

        static void AssertSame<T>(
            string leaf,
            (ParameterTree<T> Parameters, OptimizerState<T> State) whole,
            (ParameterTree<T> Parameters, OptimizerState<T> State) part)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            Assert.Equal(Bits(whole.Parameters), Bits(part.Parameters));
            for (int slot = 0; slot < whole.State.SlotCount; slot++) Assert.Equal(Bits(whole.State[slot]), Bits(part.State[slot]));
            byte[] Bits(ParameterTree<T> tree) => MemoryMarshal.AsBytes(tree.AsSpan(leaf)).ToArray();
        }
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Then_is_its_parts_one_after_the_other(string name)
    {
        Optimizer optimizer = Catalogue.Get(name);
        Law.Holds(Check<float>);
        Law.Holds(Check<double>);

        void Check<T>(Problem problem)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            (ParameterTree<T> parameters, OptimizerState<T> state) = problem.After<T>(optimizer, updates: 2);
            ParameterTree<T> update = problem.Gradients<T>(3);
            List<ParameterTree<T>> slots = [];
            foreach (Transform part in optimizer.Parts)
            {
                (ParameterTree<T> deltas, OptimizerState<T> next) =
                    part.Update(parameters, update, state[slots.Count..(slots.Count + part.SlotNames.Length)]);
                update = Zip(deltas, deltas, static (delta, _) => -delta);
                for (int slot = 0; slot < next.SlotCount; slot++) slots.Add(next[slot]);
            }

            Assert.Equal(
                optimizer.Step(parameters, problem.Gradients<T>(3), state),
                (Zip(parameters, update, static (parameter, all) => parameter - all), new OptimizerState<T>(3, slots.ToArray())));
        }
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void A_learning_rate_of_zero_changes_no_value(string name)
    {
        Optimizer optimizer = Catalogue.Get(name);
        Assert.Contains(optimizer.Parts, part => part is LearningRate or Partition);
        LeafGroup all = LeafGroup.Of("still", _ => true, learningRateMultiplier: 0);
        Optimizer[] still = [optimizer.Then(LearningRate.Of(0)), optimizer.WithGroups(all)];
        Law.Holds(problem =>
        {
            ParameterTree<float> start = problem.Parameters<float>();
            foreach (Optimizer one in still) Assert.True(problem.After<float>(one).Parameters.AsSpan().SequenceEqual(start.AsSpan()));
        });
    }

    /// <summary>Behind the rate nothing has slots: what a momentum or slow parameters remember has the rates of before (LARS, lookahead).</summary>
    public static TheoryData<string> RateOutside =>
    [
        .. Catalogue.All.Where(entry => entry.Optimizer.Parts
            .SkipWhile(part => part is not (LearningRate or Partition)).All(part => part is Partition || part.SlotNames.IsEmpty))
            .Select(entry => entry.Name),
    ];

    [Theory]
    [MemberData(nameof(RateOutside))]
    public void The_learning_rate_multiplier_of_a_group_multiplies_the_update(string name)
    {
        Optimizer optimizer = Catalogue.Get(name);
        Optimizer halved = optimizer.WithGroups(LeafGroup.Of("half", _ => true, learningRateMultiplier: 0.5));
        Law.Holds(
            problem =>
            {
                (ParameterTree<double> parameters, OptimizerState<double> state) = problem.After<double>(optimizer, updates: 2);
                var whole = optimizer.Update(parameters, problem.Gradients<double>(3), state);
                var half = halved.Update(parameters, problem.Gradients<double>(3), state);
                Assert.Equal(whole.Deltas, Zip(half.Deltas, half.Deltas, (one, other) => one + other));
            },
            Problem.Ordinary());
    }

    [Theory]
    [MemberData(nameof(Elementwise))]
    public void A_gradient_that_is_not_a_number_spoils_its_own_parameter_and_no_other(string name)
    {
        Optimizer optimizer = Catalogue.Get(name);
        Law.Holds(
            problem =>
            {
                Problem spoiled = new([.. problem.Leaves.Select(leaf => leaf.Select((which, values) =>
                    which == 1 ? [.. values.Select((value, index) => index % 3 == 1 ? double.NaN : value)] : values))]);
                ParameterTree<float> expected = problem.After<float>(optimizer).Parameters;
                ParameterTree<float> actual = spoiled.After<float>(optimizer).Parameters;
                foreach (Leaf leaf in expected.Layout.Leaves)
                {
                    for (int index = 0; index < leaf.Length; index++)
                        Assert.Equal(index % 3 == 1 ? float.NaN : expected.AsSpan(leaf)[index], actual.AsSpan(leaf)[index]);
                }
            });
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void A_frozen_leaf_stays_even_where_its_gradient_is_not_a_number(string name)
    {
        Optimizer optimizer = Catalogue.Get(name).WithGroups(LeafGroup.Frozen("frozen", leaf => leaf.Name == "leaf1"));
        Law.Holds(problem =>
        {
            Problem spoiled = new([.. problem.Leaves.Select(leaf =>
                leaf.Name == "leaf1" ? leaf.Select((which, values) => which == 0 ? values : [.. values.Select(_ => double.NaN)]) : leaf)]);
            Problem without = new([.. problem.Leaves.Where(leaf => leaf.Name != "leaf1")]);
            var actual = spoiled.After<float>(optimizer, updates: 2);
            var donated = spoiled.After<float>(optimizer, updates: 2);
            donated = optimizer.StepDonating(donated.Parameters, spoiled.Gradients<float>(3), donated.State);
            actual = optimizer.Step(actual.Parameters, spoiled.Gradients<float>(3), actual.State);
            Assert.Equal(actual, donated);
            ParameterTree<float> start = problem.Parameters<float>(), rest = without.After<float>(optimizer).Parameters;
            foreach (Leaf leaf in start.Layout.Leaves)
            {
                ParameterTree<float> expected = leaf.Name == "leaf1" ? start : rest;
                Assert.True(expected.AsSpan(leaf.Name).SequenceEqual(actual.Parameters.AsSpan(leaf)), leaf.ToString());
                for (int slot = 0; slot < actual.State.SlotCount && leaf.Name == "leaf1"; slot++)
                    Assert.True(optimizer.Init(start)[slot].AsSpan(leaf).SequenceEqual(actual.State[slot].AsSpan(leaf)));
            }
        });
    }

    [Fact]
    public void The_update_that_makes_the_step_k_has_the_rate_of_k()
    {
        Schedule schedule = Schedule.WarmupPolynomial(peak: 1, warmupSteps: 4, totalSteps: 12, power: 1);
        ParameterTree<double> zero = ParameterTree.Of(Leaf.Of("w", [1], [0.0])), one = ParameterTree.Of(Leaf.Of("w", [1], [1.0]));
        foreach (Optimizer optimizer in (Optimizer[])[Sgd.Of(schedule), Adam.Of(schedule, epsilon: 0), LearningRate.Of(schedule)])
        {
            OptimizerState<double> state = optimizer.Init(zero);
            for (int step = 1; step <= 14; step++)
            {
                (ParameterTree<double> deltas, state) = optimizer.Update(zero, one, state);
                Assert.Equal(-schedule.At(step), deltas.AsSpan("w")[0], 1e-14);
                Assert.Equal(schedule.At(step), optimizer.LearningRateAt(step));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void The_last_step_that_a_long_can_count_is_like_any_other(string name)
    {
        Optimizer optimizer = Catalogue.Get(name);
        (ParameterTree<float> parameters, OptimizerState<float> state) = After(optimizer, 3);
        ParameterTree<float>[] slots = [.. Enumerable.Range(0, state.SlotCount).Select(slot => state[slot])];
        state = new(long.MaxValue - 2, slots);
        for (int step = 0; step < 2; step++)
        {
            ParameterTree<float> before = parameters;
            (parameters, state) = optimizer.Step(parameters, Trees.Random<float>(step), state);
            Assert.Null(parameters.FirstNonFiniteLeaf());
            if (optimizer.LearningRateAt(state.Step) > 1e-6) Assert.NotEqual(before, parameters);
        }

        Assert.Equal(long.MaxValue, state.Step);
        ParameterTree<float> gradients = Trees.Random<float>(3);
        Assert.Throws<OverflowException>(() => { optimizer.StepDonating(parameters, gradients, state); });
        Assert.Equal(Trees.Random<float>(3), gradients);
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Frozen_leaves_and_their_state_stay_bit_for_bit(string name)
    {
        Optimizer optimizer = Catalogue.Get(name).WithGroups(LeafGroup.Frozen("frozen", leaf => leaf.Index % 3 == 0));
        ParameterTree<float> start = Trees.Random<float>(0);
        (ParameterTree<float> parameters, OptimizerState<float> state) = After(optimizer, 3);
        foreach (Leaf leaf in start.Layout.Leaves)
        {
            bool same = start.AsSpan(leaf).SequenceEqual(parameters.AsSpan(leaf));
            Assert.Equal(leaf.Index % 3 == 0 || leaf.Length == 0, same);
            for (int slot = 0; slot < state.SlotCount && leaf.Index % 3 == 0; slot++)
                Assert.True(optimizer.Init(start)[slot].AsSpan(leaf).SequenceEqual(state[slot].AsSpan(leaf)));
        }
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Threads_do_not_change_a_bit(string name)
    {
        Optimizer optimizer = Catalogue.Get(name);
        float[] data = [.. Enumerable.Range(0, 200_003).Select(index => MathF.Sin(index))];
        ParameterTree<float> parameters = ParameterTree.Of(Leaf.Of("large", [data.Length], data), Leaf.Of("small", [3, 1], [1f, 2f, 3f]));
        OptimizerState<float> state = optimizer.Init(parameters);
        int limit = Threads.Limit;
        Threads.Limit = 1;
        var one = optimizer.Step(parameters, Copy(parameters), state);
        Threads.Limit = 4;
        var four = optimizer.Step(parameters, Copy(parameters), state);
        Threads.Limit = limit;
        Assert.Equal(one, four);
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void The_donating_step_allocates_nothing(string name)
    {
        Optimizer optimizer = Catalogue.Get(name);
        (ParameterTree<float> parameters, OptimizerState<float> state) = After(optimizer, 3);
        TreeLayout layout = parameters.Layout;
        int allocating = 0;
        for (int step = 0; step < 40; step++)
        {
            ParameterTree<float> gradients = layout.Zeros<float>();
            long start = GC.GetAllocatedBytesForCurrentThread();
            (parameters, state) = optimizer.StepDonating(parameters, gradients, state);
            if (step >= 10 && GC.GetAllocatedBytesForCurrentThread() != start) allocating++;
        }

        // The runtime's tables of casts and generic calls grow now and then, when tests beside this one bring new types.
        Assert.InRange(allocating, 0, 2);
    }

    [Fact]
    public void A_donating_step_that_fails_behind_its_first_pass_changes_nothing()
    {
        Optimizer optimizer = Sgd.Of(1, momentum: 0.9).Then(Clip.ByGlobalNorm(1));
        ParameterTree<float> parameters = ParameterTree.Of(Leaf.Of("w", [1], [1f]));
        OptimizerState<float> state = optimizer.Init(parameters);
        ParameterTree<float> Huge() => ParameterTree.Of(Leaf.Of("w", [1], [3e38f]));
        (parameters, state) = optimizer.StepDonating(parameters, Huge(), state);
        var expected = optimizer.Step(parameters, parameters, state);
        ParameterTree<float> gradients = Huge();
        Assert.Equal("w", Assert.Throws<NonFiniteGradientException>(() => { optimizer.StepDonating(parameters, gradients, state); }).Leaf);
        Assert.Equal(Huge(), gradients);
        Assert.Equal(expected, optimizer.Step(parameters, parameters, state));
    }

    [Fact]
    public void A_tree_cannot_be_donated_in_two_roles()
    {
        Adam adam = Adam.Of(0.1);
        ParameterTree<float> parameters = Trees.Random<float>(1), gradients = Trees.Random<float>(2), zeros = parameters.Layout.Zeros<float>();
        AdamState<float> state = adam.Init(parameters);
        Assert.Throws<ArgumentException>(() => { adam.StepDonating(parameters, parameters, state); });
        Assert.Throws<ArgumentException>(() => { adam.StepDonating(parameters, gradients, new AdamState<float>(0, zeros, zeros)); });
        Assert.Throws<ArgumentException>(() => { adam.StepDonating(parameters, gradients, state with { M = gradients }); });
        Assert.Equal(adam.Step(parameters, gradients, state), adam.StepDonating(parameters, gradients, state));
    }

    [Fact]
    public void Then_is_associative_and_identity_is_neutral()
    {
        Optimizer a = Clip.ByGlobalNorm(1), b = Adam.Scaling(), c = LearningRate.Of(0.1);
        Assert.Equal(a.Then(b).Then(c), a.Then(b.Then(c)));
        Assert.Equal(a.Then(b), Composition.Identity.Then(a).Then(b).Then(Composition.Identity));
        Assert.Equal(After(a.Then(b).Then(c), 5), After(a.Then(b.Then(c)), 5));
        Assert.Equal(After(AdamW.Of(0.01, weightDecay: 0.1), 5),
            After(Adam.Scaling().Then(WeightDecay.Decoupled(0.1)).Then(LearningRate.Of(0.01)), 5));
    }

    private static ParameterTree<float> Copy(ParameterTree<float> tree) =>
        ParameterTree.Of([.. tree.Layout.Leaves.Select(leaf => Leaf.Of(leaf.Name, leaf.Shape.AsSpan(), tree.AsSpan(leaf).ToArray()))]);

    private static (ParameterTree<float> Parameters, OptimizerState<float> State) After(Optimizer optimizer, int steps)
    {
        ParameterTree<float> parameters = Trees.Random<float>(0);
        OptimizerState<float> state = optimizer.Init(parameters);
        for (int step = 1; step <= steps; step++) (parameters, state) = optimizer.Step(parameters, Trees.Random<float>(step), state);
        return (parameters, state);
    }

    private static ParameterTree<T> Zip<T>(ParameterTree<T> left, ParameterTree<T> right, Func<T, T, T> combine)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        ParameterTree.Of([.. left.Layout.Leaves.Select(leaf => Leaf.Of(
            leaf.Name, leaf.Shape.AsSpan(), [.. left.AsSpan(leaf).ToArray().Zip(right.AsSpan(leaf).ToArray(), combine)]))]);
}
