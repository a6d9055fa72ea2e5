namespace Functional.Optim.Tests.Contracts;

using Trees = Functional.Optim.Tests.Laws.Trees;

/// <summary>
/// A step that throws has changed and consumed nothing and keeps no memory, wherever the exception comes from.
/// </summary>
public class FailingStepTests
{
    private static readonly Dictionary<string, Func<Optimizer, Optimizer>> Around = new()
    {
        ["alone"] = transform => transform,
        ["in the first pass"] = transform =>
            transform.Then(Momentum.Of(0.9)).Then(Clip.ByGlobalNorm(1)).Then(LearningRate.Of(0.1)),
        ["in the second pass"] = transform =>
            Momentum.Of(0.9).Then(Centralize.By()).Then(transform).Then(Clip.ByLeafNorm(1)).Then(Adam.Of(0.1)),
        ["in the last pass"] = transform => Adam.Scaling().Then(Adam.Scaling()).Then(Momentum.Of(0.9)).Then(transform),
        ["after a momentum"] = transform => Momentum.Of(0.9).Then(transform),
        ["after a norm in the middle"] = transform =>
            Momentum.Of(0.9).Then(Clip.ByGlobalNorm(1)).Then(transform).Then(Momentum.Of(0.5)),
        ["in the first rule"] = transform => Partition.Of(
            new("odd", IsOdd, Momentum.Of(0.9).Then(transform)), new("even", _ => true, Adam.Of(0.1))),
        ["in the second rule"] = transform => Partition.Of(
            new("odd", IsOdd, Adam.Of(0.1)), new("even", _ => true, transform.Then(Momentum.Of(0.9)))),
        ["in the second rule, late"] = transform => Clip.ByGlobalNorm(1).Then(
            Partition.Of(new("odd", IsOdd, Adam.Of(0.1)), new("even", _ => true, Momentum.Of(0.9).Then(transform)))),
        ["inside an accumulation"] = transform => Accumulate.Of(2, Momentum.Of(0.9).Then(transform)),
        ["inside a watch"] = transform => ApplyIfFinite.Around(Momentum.Of(0.9).Then(transform)),
        ["inside both"] = transform => ApplyIfFinite.Around(Accumulate.Of(2, Adam.Scaling().Then(transform))),
    };

    public static TheoryData<string, string> Cases
    {
        get
        {
            TheoryData<string, string> cases = [];
            foreach (string place in Fused.Places)
            {
                foreach (string around in Around.Keys) cases.Add(place, around);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_changes_nothing(string place, string around)
    {
        Fuse fuse = new(place);
        Optimizer made = Around[around](Fused.Of(fuse));
        ParameterTree<float> parameters = Trees.Random<float>(0);
        OptimizerState<float> state = made.Init(parameters);
        (parameters, state) = made.Step(parameters, Trees.Random<float>(1), state);

        foreach (bool donate in (bool[])[false, true])
        {
            // An optimizer that has made steps has its plan, so nothing that depends on the leaf alone is called again.
            foreach (bool isNew in (bool[])(place is "leaf predicate" or "PerLeafFactor" ? [true] : [true, false]))
            {
                Optimizer optimizer = isNew ? Around[around](Fused.Of(fuse)) : made;
                ParameterTree<float> gradients = Trees.Random<float>(2);
                var before = (parameters.Copy(), gradients.Copy(), state.Copy());
                (double, double) norms = (parameters.GlobalNorm(), gradients.GlobalNorm());
                fuse.Lit = true;
                Exception? thrown = Record.Exception(() => Step(optimizer, donate, parameters, gradients, state));
                fuse.Lit = false;
                Assert.Equal($"the fuse in {place}", thrown?.Message);
                Assert.Equal(before, (parameters, gradients, state));
                Assert.Equal(norms, (parameters.GlobalNorm(), gradients.GlobalNorm()));
                (ParameterTree<float>, OptimizerState<float>) expected =
                    made.Step(before.Item1, before.Item2, before.Item3);
                Assert.Equal(expected, Step(optimizer, donate, parameters, gradients, state));
                if (donate) (parameters, state) = (before.Item1, before.Item3);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_releases_what_it_rented(bool donate)
    {
        const int elements = 100_000;
        foreach (string place in Fused.Places.Except(["leaf predicate", "PerLeafFactor"]))
        {
            foreach ((string around, Func<Optimizer, Optimizer> make) in Around)
            {
                Fuse fuse = new(place);
                Optimizer optimizer = make(Fused.Of(fuse));
                ParameterTree<float> parameters = ParameterTree.Of(
                    Leaf.Of("leaf0", [1], [1f]),
                    Leaf.Of("leaf1", [1], [1f]),
                    Leaf.Of("leaf2", [1], [1f]),
                    Leaf.Of("leaf3", [elements], new float[elements]));
                OptimizerState<float> state = optimizer.Init(parameters);
                (parameters, state) = optimizer.Step(parameters, parameters, state);
                ParameterTree<float> gradients = parameters.Layout.Zeros<float>();
                fuse.Lit = true;
                for (int attempt = 0; attempt < 4; attempt++)
                {
                    long start = GC.GetAllocatedBytesForCurrentThread();
                    Assert.Throws<InvalidOperationException>(
                        () => Step(optimizer, donate, parameters, gradients, state));
                    long allocated = GC.GetAllocatedBytesForCurrentThread() - start;
                    Assert.True(attempt == 0 || allocated < elements, $"{place} {around}: {allocated} bytes");
                }
            }
        }
    }

    [Fact]
    public void A_predicate_that_a_transform_of_whole_leaves_calls_in_the_step_may_throw()
    {
        bool isLit = false;
        LeafFilter broken = LeafFilter.Custom(
            "broken",
            leaf => isLit && leaf.Index == 5 ? throw new InvalidOperationException("the fuse in a predicate") : true);
        Optimizer optimizer = Adafactor.Of(0.1, weightDecay: 0.1, decay: broken);
        ParameterTree<float> parameters = Trees.Random<float>(0), gradients = Trees.Random<float>(1);
        OptimizerState<float> state = optimizer.Init(parameters);
        (ParameterTree<float>, OptimizerState<float>) expected = optimizer.Step(parameters, gradients, state);
        var before = (parameters.Copy(), gradients.Copy(), state.Copy());
        isLit = true;
        InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(
            () => optimizer.StepDonating(parameters, gradients, state));
        Assert.Equal("the fuse in a predicate", thrown.Message);
        isLit = false;
        Assert.Equal(before, (parameters, gradients, state));
        Assert.Equal(expected, optimizer.StepDonating(parameters, gradients, state));
    }

    [Fact]
    public void A_schedule_that_a_transform_of_whole_leaves_calls_in_the_step_may_throw()
    {
        int calls = 0, last = 0;
        Schedule custom = Schedule.Of(_ => Interlocked.Increment(ref calls) == last
            ? throw new InvalidOperationException("the fuse in a schedule")
            : 0.1);
        ParameterTree<float> parameters = Trees.Random<float>(0), gradients = Trees.Random<float>(1);
        foreach (Func<Schedule, Optimizer> make in (Func<Schedule, Optimizer>[])
                 [rate => Fromage.Of(rate, bound: 2), Hyperball.Of, rate => Adafactor.Of(rate)])
        {
            foreach (Schedule schedule in (Schedule[])[custom, Schedule.Chained(Schedule.Cosine(1, 10), custom)])
            {
                Optimizer optimizer = make(schedule);
                OptimizerState<float> state = optimizer.Init(parameters);
                (calls, last) = (0, 0);
                optimizer.StepDonating(parameters.Copy(), gradients.Copy(), state.Copy());
                var before = (parameters.Copy(), gradients.Copy(), state.Copy());
                (calls, last) = (0, calls);
                InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(
                    () => optimizer.StepDonating(parameters, gradients, state));
                Assert.Equal("the fuse in a schedule", thrown.Message);
                Assert.Equal(before, (parameters, gradients, state));
            }

            Assert.False(make(Schedule.Cosine(1, 10)).PlanFor(parameters.Layout, null).CanThrowLate);
        }
    }

    /// <summary>The gradient is finite, so a watch for such gradients has nothing to skip.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_rate_or_a_scalar_that_overflows_throws_and_is_not_skipped(bool donate)
    {
        ParameterTree<float> parameters = Trees.Random<float>(0), gradients = Trees.Random<float>(1);
        foreach (Optimizer large in (Optimizer[])
                 [
                     ScheduleFree.Of(Sgd.Of(1e30, momentum: 0.9), ratePower: 20), Sgd.Of(1e39), Hyperball.Of(1e39),
                     Fromage.Of(1e39),
                 ])
        {
            foreach (Optimizer optimizer in (Optimizer[])[large, ApplyIfFinite.Around(large)])
            {
                OptimizerState<float> state = optimizer.Init(parameters);
                var before = (parameters.Copy(), gradients.Copy(), state.Copy());
                Exception? thrown = Record.Exception(() => Step(optimizer, donate, parameters, gradients, state));
                Assert.True(thrown is ArithmeticException and not NonFiniteGradientException, $"{optimizer}: {thrown}");
                Assert.Equal(before, (parameters, gradients, state));
            }
        }
    }

    private static bool IsOdd(Leaf leaf) => leaf.Index % 2 == 1;

    private static (ParameterTree<float> Parameters, OptimizerState<float> State) Step(
        Optimizer optimizer,
        bool donate,
        ParameterTree<float> parameters,
        ParameterTree<float> gradients,
        OptimizerState<float> state) =>
        donate ? optimizer.StepDonating(parameters, gradients, state) : optimizer.Step(parameters, gradients, state);
}
