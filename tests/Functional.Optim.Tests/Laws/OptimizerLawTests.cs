using Functional.Optim.Laws;

namespace Functional.Optim.Tests.Laws;

/// <summary>Every law over every optimizer of the catalogue.</summary>
public class OptimizerLawTests
{
    public static TheoryData<string, string> Obeyed => Catalogue.Pairs(Catalogue.HasToKeep);

    [Theory]
    [MemberData(nameof(Obeyed))]
    public void It_holds(string law, string optimizer) => Catalogue.Law(law).Check(Catalogue.Get(optimizer));

    [Fact]
    public void A_wrapper_obeys_the_laws_of_steps_and_is_exempt_from_those_of_updates()
    {
        Optimizer inner = Clip.ByGlobalNorm(1).Then(AdamW.Of(0.01));
        foreach (Optimizer wrapper in (Optimizer[])[Accumulate.Of(2, inner), ApplyIfFinite.Around(inner)])
        {
            OptimizerLaws.All(wrapper);
            Assert.Equal(
                [
                    "Purity", "Donation", "Lanes", "Threads", "Resume", "FailedStep", "Release", "NestedStep",
                    "Shards", "StateOwner", "Evaluation", "Descent",
                ],
                OptimizerLaws.OfEvery.Where(law => law.Exemption(wrapper) is null).Select(law => law.Name));
        }
    }

    /// <summary>What passes on a tree that it was given, where there is nothing to do, is found.</summary>
    [Fact]
    public void A_step_that_returns_what_it_was_given_breaks_the_law_of_release()
    {
        Optimizer sgd = Sgd.Of(0.1, momentum: 0.9);
        Assert.Throws<BrokenClaimException>(() => OptimizerLaws.Survives<float>(
            "of a step that skips", Problem.Sample, sgd.Init, (parameters, _, state) => (parameters, state),
            (parameters, gradients, state) => sgd.StepDonating(parameters, gradients, state)));
    }

    [Fact]
    public void The_update_that_makes_the_step_k_has_the_rate_of_k()
    {
        Schedule schedule = Schedule.WarmupPolynomial(peak: 1, warmupSteps: 4, totalSteps: 12, power: 1);
        ParameterTree<double> zero = ParameterTree.Of(Leaf.Of("w", [1], [0.0])),
            one = ParameterTree.Of(Leaf.Of("w", [1], [1.0]));
        foreach (Optimizer optimizer in (Optimizer[])[Sgd.Of(schedule), Adam.Of(schedule, epsilon: 0),
            LearningRate.Of(schedule)])
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
        Assert.Equal("w", Assert.Throws<NonFiniteGradientException>(
            () => { optimizer.StepDonating(parameters, gradients, state); }).Leaf);
        Assert.Equal(Huge(), gradients);
        Assert.Equal(expected, optimizer.Step(parameters, parameters, state));
    }

    [Fact]
    public void A_tree_cannot_be_donated_in_two_roles()
    {
        Adam adam = Adam.Of(0.1);
        ParameterTree<float> parameters = Trees.Random<float>(1), gradients = Trees.Random<float>(2),
            zeros = parameters.Layout.Zeros<float>();
        AdamState<float> state = adam.Init(parameters);
        AssertSays("parameters and the gradients", () => adam.StepDonating(parameters, parameters, state));
        AssertSays("slot m and the slot v", () =>
            adam.StepDonating(parameters, gradients, new AdamState<float>(0, zeros, zeros)));
        AssertSays("gradients and the slot m", () =>
            adam.StepDonating(parameters, gradients, state with { M = gradients }));
        foreach (Optimizer wrapper in (Optimizer[])[Accumulate.Of(1, adam), Accumulate.Of(2, adam),
            ApplyIfFinite.Around(adam)])
        {
            AssertSays("parameters and the gradients", () =>
                wrapper.StepDonating(parameters, parameters, wrapper.Init(parameters)));
            AssertSays("gradients and the slot v", () =>
                wrapper.StepDonating(parameters, gradients, WithSlot(wrapper.Init(parameters), 1, gradients)));
        }

        Assert.Equal(adam.Step(parameters, gradients, state), adam.StepDonating(parameters, gradients, state));

        static void AssertSays(string roles, Action step) => Assert.Contains(
            $"the {roles} given are one; donate a copy.", Assert.ThrowsAny<ArgumentException>(step).Message,
            StringComparison.Ordinal);
        static OptimizerState<float> WithSlot(OptimizerState<float> state, int slot, ParameterTree<float> tree) => new(
            state.Step, state.SlotNames,
            [.. Enumerable.Range(0, state.SlotCount).Select(each => each == slot ? tree : state[each])]);
    }

    [Fact]
    public void Then_is_associative_and_identity_is_neutral()
    {
        Optimizer a = Clip.ByGlobalNorm(1), b = Adam.Scaling(), c = LearningRate.Of(0.1);
        Assert.Equal(a.Then(b).Then(c), a.Then(b.Then(c)));
        Assert.Equal(a.Then(b), Composition.Identity.Then(a).Then(b).Then(Composition.Identity));
        Assert.Equal(Trees.After(a.Then(b).Then(c), 5), Trees.After(a.Then(b.Then(c)), 5));
        Assert.Equal(Trees.After(AdamW.Of(0.01, weightDecay: 0.1), 5),
            Trees.After(Adam.Scaling().Then(WeightDecay.Decoupled(0.1)).Then(LearningRate.Of(0.01)), 5));
    }
}
