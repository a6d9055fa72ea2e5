using Functional.Optim.Training;

namespace Functional.Optim.Tests.Training;

public class TrainStepTests
{
    private static readonly Optimizer Chain = Clip.ByGlobalNorm(1)
        .Then(AdamW.Of(Schedule.WarmupCosine(0.1, 2, 10), weightDecay: 0.1));

    [Fact]
    public void A_step_is_pure_and_the_donating_one_has_its_bits()
    {
        TrainState<float> state = TrainState.Init(Chain, Quadratic.Start());
        int hash = state.GetHashCode();
        var pure = TrainStep.Run(Chain, Quadratic.Gradient, state, 0.5f);
        Assert.Equal(pure, TrainStep.Run(Chain, Quadratic.Gradient, state, 0.5f));
        Assert.Equal(hash, state.GetHashCode());
        Assert.Equal(Quadratic.Start(), state.Parameters);
        var donated = TrainStep.RunDonating(Chain, Quadratic.Gradient, state, 0.5f);
        Assert.Equal(pure, donated);
        Assert.Throws<ObjectDisposedException>(() => state.Parameters.Layout);

        ParameterTree<float> gradients = Quadratic.Gradient(Quadratic.Start(), 0.5f, 1).Gradients;
        Assert.Equal(
            new StepOutcome(Quadratic.Loss(Quadratic.Start(), 0.5f), gradients.GlobalNorm(), 0.05, Skipped: false),
            pure.Outcome);
        Assert.Equal((1, 0), (pure.State.Step, pure.State.SkippedSteps));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Throw_names_the_step_and_the_leaf_and_leaves_the_state(float batch)
    {
        TrainState<float> state = TrainStep.Run(
            Chain, Quadratic.Gradient, TrainState.Init(Chain, Quadratic.Start()), 0.5f).State;
        var expected = TrainStep.Run(Chain, Quadratic.Gradient, state, 0.5f);
        foreach (bool donate in (bool[])[false, true])
        {
            var exception = Assert.Throws<NonFiniteGradientException>(
                () => Step(donate, state, batch, NonFinitePolicy.Throw));
            Assert.Equal(("bias", 2), (exception.Leaf, exception.Step));
        }

        Assert.Equal(expected, TrainStep.Run(Chain, Quadratic.Gradient, state, 0.5f));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Skip_counts_the_step_and_changes_nothing_else(bool donate)
    {
        TrainState<float> state = TrainState.Init(Chain, Quadratic.Start());
        TrainState<float> start = TrainState.Init(Chain, Quadratic.Start());
        (TrainState<float> next, StepOutcome outcome) = Step(donate, state, float.NaN, NonFinitePolicy.Skip);
        OptimizerState<float> skipped =
            start.Optimizer.With(new UpdateCounters(SkippedUpdates: 1, ConsecutiveSkips: 1));
        Assert.Equal(new TrainState<float>(start.Parameters, skipped, SkippedSteps: 1), next);
        Assert.Equal((1, true, double.NaN), (next.Step, outcome.Skipped, outcome.GradientNorm));
        (TrainState<float> after, outcome) = Step(donate, next, 0.5f, NonFinitePolicy.Skip);
        Assert.Equal((2, 1, 0.05), (after.Step, after.Optimizer.Step, outcome.LearningRate));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Zero_keeps_the_finite_elements(bool donate)
    {
        Optimizer sgd = Sgd.Of(0.5);
        TrainState<float> state = TrainState.Init(sgd, Quadratic.Start());
        (TrainState<float> next, StepOutcome outcome) = donate
            ? TrainStep.RunDonating(sgd, Quadratic.Gradient, state, float.NaN, NonFinitePolicy.Zero)
            : TrainStep.Run(sgd, Quadratic.Gradient, state, float.NaN, NonFinitePolicy.Zero);
        Assert.Equal([0.5f, 2f, 3f], next.Parameters.AsSpan("bias").ToArray());
        Assert.Equal(
            Quadratic.Start().AsSpan("weight").ToArray().Select(value => value / 2),
            next.Parameters.AsSpan("weight").ToArray());
        Assert.Equal(
            (1, 0, double.NaN, double.NaN),
            (next.Optimizer.Step, next.SkippedSteps, outcome.Loss, outcome.GradientNorm));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Skip_is_ApplyIfFinite_around_the_optimizer_with_its_counter_and_its_limit(bool donate)
    {
        Optimizer watched = ApplyIfFinite.Around(Chain);
        TrainState<float> skipping = TrainState.Init(Chain, Quadratic.Start());
        TrainState<float> watching = TrainState.Init(watched, Quadratic.Start());
        foreach (float batch in (float[])[0.5f, float.NaN, float.NaN, 0.25f, .. Enumerable.Repeat(float.NaN, 10)])
        {
            (skipping, StepOutcome skipped) = Step(donate, skipping, batch, NonFinitePolicy.Skip);
            foreach (NonFinitePolicy policy in (NonFinitePolicy[])[NonFinitePolicy.Zero, NonFinitePolicy.Skip])
                Assert.Equal(skipping, TrainStep.Run(watched, Quadratic.Gradient, watching, batch, policy).State);
            (watching, StepOutcome left) = TrainStep.Run(watched, Quadratic.Gradient, watching, batch);
            Assert.Equal((skipping, skipped), (watching, left));
            Assert.Equal(float.IsNaN(batch), left.Skipped);
        }

        long inARow = skipping.Optimizer.Counters.ConsecutiveSkips;
        Assert.Equal((14, 12, 2, 10), (skipping.Step, skipping.SkippedSteps, skipping.Optimizer.Step, inARow));
        Assert.Throws<NonFiniteGradientException>(() => Step(donate, skipping, float.NaN, NonFinitePolicy.Skip));
        Assert.Throws<NonFiniteGradientException>(
            () => TrainStep.Run(watched, Quadratic.Gradient, watching, float.NaN));
        Assert.Equal(
            0, TrainStep.Run(Chain, Quadratic.Gradient, skipping, 0.5f).State.Optimizer.Counters.ConsecutiveSkips);
    }

    [Theory]
    [InlineData(NonFinitePolicy.Throw)]
    [InlineData(NonFinitePolicy.Skip)]
    [InlineData(NonFinitePolicy.Zero)]
    public void A_source_that_returns_the_parameters_does_not_consume_the_state(NonFinitePolicy policy)
    {
        foreach (float value in (float[])[1, float.NaN])
        {
            ParameterTree<float> parameters = ParameterTree.Of(Leaf.Of("w", [2], [1, value]));
            TrainState<float> state = TrainState.Init(Chain, parameters);
            Assert.ThrowsAny<Exception>(() => TrainStep.RunDonating(Chain, (at, _, _) => (1, at), state, 0, policy));
            Assert.Equal(ParameterTree.Of(Leaf.Of("w", [2], [1, value])), state.Parameters);
            Assert.Equal(Chain.Init(parameters), state.Optimizer);
        }
    }

    [Fact]
    public void A_copy_of_parameters_that_are_not_finite_is_not_the_parameters()
    {
        Optimizer optimizer = Sgd.Of(0.5).WithGroups(LeafGroup.Frozen("still", leaf => leaf.Name == "still"));
        foreach (Optimizer each in (Optimizer[])[optimizer, Sam.Around(optimizer)])
        {
            TrainState<float> state = TrainState.Init(
                each, ParameterTree.Of(Leaf.Of("w", [1], [1f]), Leaf.Of("still", [1], [float.PositiveInfinity])));
            ParameterTree<float> given = default;
            TrainState<float> next = TrainStep.RunDonating(
                each, (at, _, _) => (1, given = at.Copy()), state, 0, NonFinitePolicy.Zero).State;
            Assert.Equal(0.5f, next.Parameters.AsSpan("w")[0], 0.05f);
            Assert.Throws<ObjectDisposedException>(() => given.Layout);
        }
    }

    [Fact]
    public void An_unknown_policy_is_rejected()
    {
        TrainState<float> state = TrainState.Init(Chain, Quadratic.Start());
        foreach (bool donate in (bool[])[false, true])
        {
            string message = Assert.ThrowsAny<ArgumentException>(
                () => Step(donate, state, 0.5f, (NonFinitePolicy)7)).Message;
            Assert.StartsWith("The policy is 7; allowed are Throw, Skip and Zero.", message, StringComparison.Ordinal);
        }

        Assert.Equal(Quadratic.Start(), state.Parameters);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_loss_that_is_not_finite_follows_the_policy(double loss)
    {
        GradientSource<float, float> lossless = (at, batch, step) => (
            loss, Quadratic.Gradient(at, batch, step).Gradients);
        TrainState<float> start = TrainState.Init(Chain, Quadratic.Start());
        TrainState<float> updated = TrainStep.Run(Chain, Quadratic.Gradient, start, 0.5f).State;
        foreach (bool donate in (bool[])[false, true])
        {
            TrainState<float> state = TrainState.Init(Chain, Quadratic.Start());
            var exception = Assert.Throws<NonFiniteGradientException>(() => Make(state, NonFinitePolicy.Throw));
            Assert.Equal(("", 1), (exception.Leaf, exception.Step));
            (TrainState<float> skipped, StepOutcome outcome) = Make(state, NonFinitePolicy.Skip);
            Assert.Equal(start.Parameters, skipped.Parameters);
            Assert.Equal((1, 1, true, loss), (skipped.Step, skipped.SkippedSteps, outcome.Skipped, outcome.Loss));
            (skipped, _) = Make(skipped, NonFinitePolicy.Skip, maxConsecutiveSkips: 2);
            Assert.Throws<NonFiniteGradientException>(
                () => Make(skipped, NonFinitePolicy.Skip, maxConsecutiveSkips: 2));
            Assert.Equal(
                updated, Make(TrainState.Init(Chain, Quadratic.Start()), NonFinitePolicy.Zero).State);

            (TrainState<float> State, StepOutcome Outcome) Make(
                TrainState<float> from, NonFinitePolicy policy, long maxConsecutiveSkips = 10) => donate
                ? TrainStep.RunDonating(Chain, lossless, from, 0.5f, policy, maxConsecutiveSkips)
                : TrainStep.Run(Chain, lossless, from, 0.5f, policy, maxConsecutiveSkips);
        }
    }

    [Fact]
    public void A_loss_that_is_not_finite_is_only_reported_where_the_optimizer_skips_itself()
    {
        Optimizer watched = ApplyIfFinite.Around(Chain);
        TrainState<float> state = TrainState.Init(watched, Quadratic.Start());
        GradientSource<float, float> lossless = (at, batch, step) => (
            double.NaN, Quadratic.Gradient(at, batch, step).Gradients);
        var (next, outcome) = TrainStep.Run(watched, lossless, state, 0.5f);
        Assert.Equal(TrainStep.Run(watched, Quadratic.Gradient, state, 0.5f).State, next);
        Assert.Equal((double.NaN, false), (outcome.Loss, outcome.Skipped));
    }

    private static (TrainState<float> State, StepOutcome Outcome) Step(
        bool donate, TrainState<float> state, float batch, NonFinitePolicy policy) =>
        donate
            ? TrainStep.RunDonating(Chain, Quadratic.Gradient, state, batch, policy)
            : TrainStep.Run(Chain, Quadratic.Gradient, state, batch, policy);
}
