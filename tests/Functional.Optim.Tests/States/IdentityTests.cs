using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;

namespace Functional.Optim.Tests.States;

public sealed class IdentityTests : IDisposable
{
    private static readonly ParameterTree<float> Parameters = ParameterTree.Of(
        Leaf.Of("w", [2, 2], [1f, 2f, 3f, 4f]), Leaf.Of("b", [2], [1f, 2f]));
    private static readonly ParameterTree<float> Gradients = ParameterTree.Of(
        Leaf.Of("w", [2, 2], [0.5f, -1f, 2f, 0.1f]), Leaf.Of("b", [2], [1f, -1f]));

    private static readonly (string Name, Optimizer Optimizer, OptimizerState<float> State)[] Own =
        [.. Laws.Catalogue.All.Select(each => (each.Name, each.Optimizer, each.Optimizer.Init(Parameters)))];

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Optimizers => Laws.Catalogue.Names;

    public void Dispose() => folder.Dispose();

    /// <summary>Files outlive the names of types: a change of one of these strings makes files unreadable.</summary>
    [Theory]
    [InlineData("", "sgd(learningRate=0.1)")]
    [InlineData("momentum(momentum)", "sgd(learningRate=0.1, momentum=0.9)")]
    [InlineData("momentum(momentum)", "sgd(learningRate=0.1, momentum=0.9, nesterov=true, weightDecay=0.1)")]
    [InlineData("momentumOfSteps(momentum)", "lars(learningRate=0.1)")]
    [InlineData("adam(m, v)", "adam(learningRate=0.1)")]
    [InlineData("adam(m, v)", "adamW(learningRate=0.1)")]
    [InlineData("adam(m, v)", "lamb(learningRate=0.1)")]
    [InlineData("adam(m, v, maximum v)", "adamW(learningRate=0.1, amsGrad=OfMoment)")]
    [InlineData("adam of corrected moments(m, v, maximum v)", "adamW(learningRate=0.1, amsGrad=OfCorrectedMoment)")]
    [InlineData("nAdam(m, v)", "nAdam(learningRate=0.1)")]
    [InlineData("rAdam(m, v)", "rAdam(learningRate=0.1)")]
    [InlineData("yogi(m, v)", "yogi(learningRate=0.1)")]
    [InlineData("adaBelief(m, s)", "adaBelief(learningRate=0.1)")]
    [InlineData("adagrad(sum)", "adagrad(learningRate=0.1)")]
    [InlineData("adadelta(v, delta)", "adadelta(learningRate=0.1)")]
    [InlineData("adamax(m, norm)", "adamax(learningRate=0.1)")]
    [InlineData("rmsProp(v)", "rmsProp(learningRate=0.1)")]
    [InlineData("rmsProp(v, mean, momentum)", "rmsProp(learningRate=0.1, centered=true, momentum=0.5)")]
    [InlineData("rprop(previous gradient, step size)", "rprop()")]
    [InlineData("asgd(average)", "asgd(learningRate=0.1)")]
    [InlineData("lion(m)", "lion(learningRate=0.1)")]
    [InlineData("rmsProp(v), scheduleFree(z)", "scheduleFree(base=adamW(learningRate=0.1))")]
    [InlineData("adam(m, v), scheduleFree(z)", "scheduleFree(base=adamW(learningRate=0.1), innerMomentum=0.5)")]
    [InlineData("scheduleFree(z)", "scheduleFree(base=sgd(learningRate=0.1, momentum=0.5))")]
    public void The_identity_of_a_state_is_what_its_optimizer_keeps(string identity, string optimizer) =>
        Assert.Equal(identity, Catalogue.Optimizers.Build(optimizer).OrThrow(optimizer).Init(Parameters).Identity);

    [Fact]
    public void A_composition_has_the_identities_of_its_transforms_and_a_wrapper_that_of_its_inner_optimizer()
    {
        Optimizer matrices = Sgd.Of(0.1, momentum: 0.9), rest = AdamW.Of(0.01);
        Optimizer modern = Partition.Of(
            new("frozen", leaf => leaf.Rank == 0, Composition.Identity),
            new("matrices", leaf => leaf.Rank == 2, matrices),
            new("rest", _ => true, rest)).Then(Lookahead.Of());
        Assert.Equal("matrices/momentum(momentum), rest/adam(m, v), lookahead(slow)", modern.Init(Parameters).Identity);
        Assert.Equal(
            "ema(mean), adam(m, v)", Clip.ByGlobalNorm(1).Then(Ema.Of(0.9)).Then(rest).Init(Parameters).Identity);
        Assert.Equal("adam(m, v)", ApplyIfFinite.Around(rest).Init(Parameters).Identity);
        Assert.Equal("adam(m, v), accumulate(gathered)", Accumulate.Of(2, rest).Init(Parameters).Identity);
        Assert.Equal(
            "accumulate(gathered)", ApplyIfFinite.Around(Accumulate.Of(2, Sgd.Of(1))).Init(Parameters).Identity);
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void A_state_continues_only_in_an_optimizer_of_its_identity_in_memory_and_from_a_file(string name)
    {
        Optimizer optimizer = Laws.Catalogue.Get(name);
        (_, OptimizerState<float> state) = optimizer.Step(Parameters, Gradients, optimizer.Init(Parameters));
        string path = folder.At("state");
        CheckpointFile.Save<float>(new(new(Parameters, state)), path);
        OptimizerState<float> loaded = CheckpointFile.Load<float>(path).ThrowIfFail().State.Optimizer;
        Assert.Equal(
            (state.Identity, string.Join('|', state.SlotNames)), (loaded.Identity, string.Join('|', loaded.SlotNames)));
        // To all of its identity; by the first of them to the first of each other one too.
        bool isFirst = Own.First(each => each.State.Identity == state.Identity).Name == name;
        foreach ((string otherName, Optimizer other, OptimizerState<float> own) in Own
            .GroupBy(each => each.State.Identity)
            .SelectMany(each => each.Key == state.Identity ? each : each.Take(isFirst ? 1 : 0)))
        {
            // It has the same identity, but a frozen leaf, which has no slots.
            bool same = own.Identity == state.Identity
                && Enumerable.Range(0, own.SlotCount).All(
                    slot => own.FormatOf(slot) == state.FormatOf(slot) && own[slot].Layout.Equals(state[slot].Layout));
            foreach (OptimizerState<float> given in (OptimizerState<float>[])[state, loaded])
            {
                string? error = Record.Exception(() => other.Step(Parameters, Gradients, given))?.Message;
                Assert.True(same == error is null, $"{name} into {otherName}: {error ?? "taken"}");
                if (error is not null && state.SlotCount > 0 && own.Identity != state.Identity)
                {
                    string kept = state.Identity;
                    Assert.StartsWith(
                        $"The state was made by an optimizer that keeps {kept}; this is {other}, which keeps ",
                        error,
                        StringComparison.Ordinal);
                }
            }

            Assert.Equal(same, CheckpointFile.Load<float>(path, other).IsSucc);
        }
    }

    [Fact]
    public void Every_kind_of_step_rejects_and_changes_nothing()
    {
        OptimizerState<float> adam = Adam.Of(0.1).Init(Parameters).ToState();
        Optimizer yogi = Yogi.Of(0.1);
        ParameterTree<float> parameters = Parameters.Plus(Gradients), gradients = Gradients.Plus(Gradients);
        AdamState<float> typed = Adam.Of(0.1).Init(Parameters);
        foreach (Action step in (Action[])[
            () => yogi.Step(parameters, gradients, adam), () => yogi.StepDonating(parameters, gradients, adam),
            () => yogi.Update(parameters, gradients, adam), () => yogi.Step(parameters, gradients, typed),
            () => yogi.StepDonating(parameters, gradients, typed)])
            Assert.Contains(
                "keeps adam(m, v); this is yogi(", Assert.ThrowsAny<ArgumentException>(step).Message,
                StringComparison.Ordinal);
        Assert.Equal((Parameters.Plus(Gradients), Gradients.Plus(Gradients)), (parameters, gradients));
        Assert.Equal(Adam.Of(0.1).Init(Parameters), typed);
    }

    [Fact]
    public void Settings_groups_and_transforms_without_slots_do_not_change_the_identity()
    {
        AdamW adamw = AdamW.Of(0.01);
        (_, AdamState<float> state) = adamw.Step(Parameters, Gradients, adamw.Init(Parameters));
        foreach (Optimizer other in (Optimizer[])[
            adamw with { LearningRate = 0.5, Beta1 = 0.5 }, Adam.Of(1), Lamb.Of(1), Clip.ByGlobalNorm(1).Then(adamw),
            adamw.WithGroups(LeafGroup.Of("half", _ => true, 0.5))])
            Assert.Equal(2, other.Step(Parameters, Gradients, state).State.Step);
        Assert.Equal(2, ApplyIfFinite.Around(adamw).Step(Parameters, Gradients, state.ToState()).State.Step);
    }

    [Fact]
    public void A_state_made_by_hand_is_accepted_if_its_slots_fit_and_typed_states_are_equal_whatever_their_origin()
    {
        AdamState<float> adam = Adam.Of(0.1).Init(Parameters);
        AdamState<float> yogi = Yogi.Of(0.1, initialAccumulator: 0).Init(Parameters);
        AdamState<float> byHand = new(0, adam.M, adam.V);
        Assert.Equal((adam, adam.GetHashCode()), (yogi, yogi.GetHashCode()));
        Assert.Equal(adam, byHand);
        Assert.Equal("", byHand.ToState().Identity);
        Assert.Equal("adam(m, v)", (adam with { Step = 3 }).ToState().Identity);
        Assert.Equal(1, Yogi.Of(0.1).Step(Parameters, Gradients, byHand).State.Step);
        Assert.Equal("yogi(m, v)", Yogi.Of(0.1).Step(Parameters, Gradients, byHand).State.ToState().Identity);
    }

    [Fact]
    public void Accumulated_gradients_are_not_left_in_the_state_of_an_optimizer_that_does_not_accumulate()
    {
        Optimizer inner = AdamW.Of(0.01), gathers = Accumulate.Of(3, inner);
        (_, OptimizerState<float> state) = gathers.Step(Parameters, Gradients, gathers.Init(Parameters));
        Assert.StartsWith(
            "The state was made by",
            Assert.ThrowsAny<ArgumentException>(() => inner.Step(Parameters, Gradients, state)).Message,
            StringComparison.Ordinal);
        Assert.StartsWith(
            "The state holds 1 gathered gradients, and adamW(",
            Assert.ThrowsAny<ArgumentException>(() => inner.Step(Parameters, Gradients, state[..2])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_an_identity_is_accepted_only_without_an_optimizer()
    {
        AdamState<float> adam = Adam.Of(0.1).Init(Parameters);
        string path = folder.At("by hand");
        TrainState<float> byHand = new(Parameters, new OptimizerState<float>(0, adam.M, adam.V));
        CheckpointFile.Save<float>(new(byHand), path);
        Assert.Empty(CheckpointFile.Load<float>(path).ThrowIfFail().State.Optimizer.SlotNames);
        Assert.Contains(
            "does not say to which optimizer",
            CheckpointFile.Load<float>(path, Adam.Of(0.1)).Match(Succ: _ => "", Fail: error => error.Message),
            StringComparison.Ordinal);
    }
}
