using FsCheck.Xunit;
using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Laws;

public class OptimizerLaws
{
    public static TheoryData<string> Optimizers => Catalogue.Names;

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Purity_inputs_stay_and_equal_inputs_give_equal_bits(string name)
    {
        Optimizer optimizer = Catalogue.Get(name);
        (ParameterTree<float> parameters, OptimizerState<float> state) = After(optimizer, 3);
        ParameterTree<float> gradients = Trees.Random<float>(99);
        int hash = HashCode.Combine(parameters, gradients, state);
        var first = optimizer.Step(parameters, gradients, state);
        var second = optimizer.Step(parameters, gradients, state);
        Assert.Equal(first, second);
        Assert.NotEqual(parameters, first.Parameters);
        Assert.Equal(hash, HashCode.Combine(parameters, gradients, state));
        Assert.Equal(Trees.Random<float>(99), gradients);
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Donating_is_pure_in_bits_and_consumes_its_inputs(string name)
    {
        Optimizer optimizer = Catalogue.Get(name);
        (ParameterTree<float> parameters, OptimizerState<float> state) = After(optimizer, 3);
        (ParameterTree<float> copy, OptimizerState<float> copiedState) = After(optimizer, 3);
        ParameterTree<float> gradients = Trees.Random<float>(99);
        var pure = optimizer.Step(copy, gradients, copiedState);
        var donated = optimizer.StepDonating(parameters, gradients, state);
        Assert.Equal(pure, donated);
        Assert.Throws<ObjectDisposedException>(() => parameters.AsSpan().Length);
        Assert.Throws<ObjectDisposedException>(() => gradients.AsSpan().Length);
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Resume_n_steps_are_k_then_the_rest_from_copied_arrays(string name)
    {
        Optimizer optimizer = Catalogue.Get(name);
        (ParameterTree<float> parameters, OptimizerState<float> state) = After(optimizer, 4);
        ParameterTree<float>[] slots = [.. Enumerable.Range(0, state.SlotCount).Select(slot => Copy(state[slot]))];
        var resumed = optimizer.Step(Copy(parameters), Trees.Random<float>(5), new OptimizerState<float>(state.Step, slots));
        Assert.Equal(After(optimizer, 5), resumed);
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Update_is_what_the_step_adds(string name)
    {
        Optimizer optimizer = Catalogue.Get(name);
        (ParameterTree<double> parameters, OptimizerState<double> state) = (Trees.Random<double>(1), optimizer.Init(Trees.Random<double>(1)));
        ParameterTree<double> gradients = Trees.Random<double>(2);
        (ParameterTree<double> deltas, OptimizerState<double> next) = optimizer.Update(parameters, gradients, state);
        var (moved, nextOfStep) = optimizer.Step(parameters, gradients, state);
        Assert.Equal(nextOfStep, next);
        for (int index = 0; index < moved.AsSpan().Length; index++)
            Assert.Equal(moved.AsSpan()[index], parameters.AsSpan()[index] + deltas.AsSpan()[index]);
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
                Assert.Equal(-1, state[slot].AsSpan(leaf).IndexOfAnyExcept(0f));
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

    [Property]
    public void A_learning_rate_of_zero_changes_no_value(int seed)
    {
        foreach (Optimizer optimizer in (Optimizer[])[Sgd.Of(0, momentum: 0.9), Adam.Of(0), AdamW.Of(0)])
        {
            ParameterTree<float> parameters = Trees.Random<float>(seed);
            var (moved, _) = optimizer.Step(parameters, Trees.Random<float>(seed + 1), optimizer.Init(parameters));
            Assert.True(moved.AsSpan().SequenceEqual(parameters.AsSpan()));
        }
    }

    [Property]
    public void With_a_constant_gradient_the_corrected_moments_are_that_gradient(int seed)
    {
        ParameterTree<double> parameters = Trees.Random<double>(seed);
        ParameterTree<double> gradients = Trees.Random<double>(seed + 1);
        Adam adam = Adam.Of(0.01, epsilon: 1e-300);
        AdamState<double> state = adam.Init(parameters);
        for (int step = 1; step <= 20; step++)
        {
            ParameterTree<double> before = parameters;
            (parameters, state) = adam.Step(parameters, gradients, state);
            for (int index = 0; index < gradients.AsSpan().Length; index++)
            {
                double g = gradients.AsSpan()[index];
                Assert.Equal(g, state.M.AsSpan()[index] / BiasCorrection.Factor(0.9, step), 1e-12);
                Assert.Equal(g * g, state.V.AsSpan()[index] / BiasCorrection.Factor(0.999, step), 1e-11);
                Assert.Equal(0.01 * Math.Sign(g), before.AsSpan()[index] - parameters.AsSpan()[index], 1e-12);
            }
        }
    }

    [Property]
    public void A_parameter_without_gradient_shrinks_by_one_minus_rate_times_decay(int seed)
    {
        ParameterTree<double> parameters = Trees.Random<double>(seed);
        ParameterTree<double> zeros = parameters.Layout.Zeros<double>();
        AdamW adamW = AdamW.Of(0.01, weightDecay: 0.1);
        Adam penalized = Adam.Of(0.01, weightDecay: 0.1, epsilon: 1e-300);
        var (decayed, _) = adamW.Step(parameters, zeros, adamW.Init(parameters));
        var (moved, _) = penalized.Step(parameters, zeros, penalized.Init(parameters));
        for (int index = 0; index < zeros.AsSpan().Length; index++)
        {
            double theta = parameters.AsSpan()[index];
            Assert.Equal(theta * (1 - (0.01 * 0.1)), decayed.AsSpan()[index], Math.Abs(theta) * 3e-16);
            Assert.Equal(theta - (0.01 * Math.Sign(theta)), moved.AsSpan()[index], 1e-12);
        }
    }

    [Property]
    public void After_clipping_the_norm_is_at_most_the_maximum_and_a_small_gradient_is_untouched(int seed)
    {
        ParameterTree<float> gradients = Trees.Random<float>(seed, scale: 100);
        Optimizer clip = Clip.ByGlobalNorm(1);
        var (deltas, _) = clip.Update(gradients, gradients, clip.Init(gradients));
        Assert.InRange(deltas.GlobalNorm(), 1 - 1e-6, 1 + 1e-6);
        Optimizer loose = Clip.ByGlobalNorm(gradients.GlobalNorm());
        var (same, _) = loose.Update(gradients, gradients, loose.Init(gradients));
        for (int index = 0; index < same.AsSpan().Length; index++) Assert.Equal(gradients.AsSpan()[index], -same.AsSpan()[index]);
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
}
