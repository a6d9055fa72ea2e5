using System.Reflection;
using Functional.Optim.Laws;

namespace Functional.Optim.Tests.States;

public class TypedStateTests
{
    private static readonly ParameterTree<float> Parameters = ParameterTree.Of(Leaf.Of("w", [2], [1f, 2f]));
    private static readonly ParameterTree<float> Gradients = ParameterTree.Of(Leaf.Of("w", [2], [0.5f, -0.25f]));

    private static readonly ParameterTree<float> Matrix = ParameterTree.Of(Leaf.Of("w", [2, 2], [0.5f, -0.25f, 1, 2]));

    private static readonly MethodInfo CheckNames =
        typeof(TypedStateTests).GetMethod(nameof(Check), BindingFlags.NonPublic | BindingFlags.Static)!;

    private static readonly (string Name, Optimizer Optimizer)[] TypedOptimizers =
    [
        .. Laws.Catalogue.Entries
            .Select(entry => (entry.Name, Optimizer: Laws.Catalogue.CaseOf(entry).Build(entry, 0.1)))
            .Concat(Laws.Catalogue.Cases.SelectMany(one => one.Variants).Select(one => (one.Name, one.Optimizer)))
            .Where(one => StateTypeOf(one.Optimizer) is not null),
    ];

    [Fact]
    public void A_transform_of_a_composition_has_the_state_it_has_alone()
    {
        Optimizer optimizer = Clip.ByGlobalNorm(1).Then(Momentum.Of(0)).Then(AdamW.Of(0.01));
        OptimizerState<float> state = After(optimizer, optimizer.Init(Parameters));
        AdamState<float> adam = After(AdamW.Of(0.01), AdamW.Of(0.01).Init(Parameters));
        Assert.Equal("momentum, m, v", string.Join(", ", state.SlotNames));
        Assert.Equal(adam, AdamState<float>.From(state));
        Assert.Equal(new SgdState<float>(1, Gradients), SgdState<float>.From(state));
        Assert.Equal((Gradients, adam.M, adam.V), (state["momentum"], state["m"], state["v"]));
        Assert.Equal($"Step 1, momentum: {Gradients}, m: {adam.M}, v: {adam.V}", state.ToString());
    }

    [Fact]
    public void A_composition_with_one_stateful_transform_can_be_stepped_with_the_type_of_its_state()
    {
        Optimizer optimizer = Clip.ByGlobalNorm(1).Then(AdamW.Of(0.01));
        AdamState<float> state = AdamState<float>.From(optimizer.Init(Parameters));
        Assert.Equal(After(optimizer, optimizer.Init(Parameters)), After(optimizer, state).ToState());
    }

    [Fact]
    public void A_slot_of_another_layout_is_rejected_before_anything_is_read()
    {
        AdamW optimizer = AdamW.Of(0.1);
        AdamState<float> state = optimizer.Init(Parameters) with { M = ParameterTree.Of(Leaf.Of("w", [1], [1f])) };
        Assert.ThrowsAny<ArgumentException>(() => optimizer.Step(Parameters, Gradients, state));
        Assert.ThrowsAny<ArgumentException>(() => optimizer.StepDonating(Parameters.Copy(), Gradients.Copy(), state));
        AdamState<float> other = optimizer.Init(Parameters) with { M = Gradients };
        Assert.Equal(
            optimizer.Step(Parameters, Gradients, new AdamState<float>(0, Gradients, other.V)),
            optimizer.Step(Parameters, Gradients, other));
    }

    /// <summary>The optimizers of every case whose <c>Init</c> returns a state with a type of its own.</summary>
    public static TheoryData<string> Typed => [.. TypedOptimizers.Select(typed => typed.Name)];

    [Theory]
    [MemberData(nameof(Typed))]
    public void A_typed_state_is_the_untyped_one_with_its_names(string name)
    {
        Optimizer optimizer = TypedOptimizers.Single(typed => typed.Name == name).Optimizer;
        CheckNames.MakeGenericMethod(StateTypeOf(optimizer)!).Invoke(null, [optimizer]);
    }

    /// <summary>Those of every optimizer that steps by a gradient.</summary>
    [Fact]
    public void The_state_of_every_optimizer_is_tested()
    {
        IEnumerable<Type> states = typeof(Optimizer).Assembly.GetExportedTypes().Where(type =>
            type.IsValueType && type != typeof(OptimizerState<>) && type != typeof(LbfgsState<>)
            && type.GetInterfaces().Any(one => one.Name.StartsWith("IOptimizerState`", StringComparison.Ordinal)));
        Assert.Equal(
            states.Select(type => type.Name).Order(StringComparer.Ordinal),
            TypedOptimizers.Select(typed => StateTypeOf(typed.Optimizer)!.Name)
                .Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_slot_that_the_settings_do_not_keep_is_default()
    {
        Assert.Equal(new SgdState<float>(0), Sgd.Of(0.1).Init(Parameters));
        Assert.True(Sgd.Of(0.1).Init(Parameters).Momentum.IsDefault);
        foreach (bool centered in (bool[])[false, true])
        {
            foreach (double momentum in (double[])[0, 0.9])
            {
                RmsProp rmsprop = RmsProp.Of(0.1, centered: centered, momentum: momentum);
                RmsPropState<float> state = After(rmsprop, rmsprop.Init(Parameters));
                Assert.Equal((!centered, momentum == 0), (state.Mean.IsDefault, state.Momentum.IsDefault));
            }
        }
    }

    [Fact]
    public void A_state_of_RMSprop_without_names_is_read_by_position_unless_that_is_ambiguous()
    {
        RmsProp rmsprop = RmsProp.Of(0.1, centered: true, momentum: 0.9);
        OptimizerState<float> both = After(rmsprop, rmsprop.Init(Parameters)).ToState();
        RmsPropState<float> state = RmsPropState<float>.From(new OptimizerState<float>(1, both[0], both[1], both[2]));
        Assert.Equal((both[0], both[1], both[2]), (state.V, state.Mean, state.Momentum));
        Assert.StartsWith(
            "The state has 2 slots without names; the second can be the mean or the momentum.",
            ErrorOf(() => RmsPropState<float>.From(new OptimizerState<float>(1, both[0], both[1]))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_keep_the_types_of_an_optimizer_and_its_state()
    {
        AdamW grouped = AdamW.Of(0.01)
            .WithGroups(LeafGroup.Frozen("frozen", _ => true))
            .WithGroups(LeafGroup.Of("half", _ => true, 0.5));
        AdamState<float> state = grouped.Init(Parameters);
        Assert.Equal(["half", "frozen"], grouped.Groups.Select(group => group.Name));
        Assert.Equal((Parameters.Layout.Zeros<float>(), Parameters.Layout.Zeros<float>()), (state.M, state.V));
    }

    [Fact]
    public void Two_transforms_with_the_same_slots_are_distinguished_by_their_range()
    {
        Optimizer optimizer = Adam.Scaling(0.5).Then(Momentum.Of(0.9)).Then(Adam.Scaling(0.25));
        OptimizerState<float> state = After(optimizer, optimizer.Init(Parameters));
        AdamState<float> first = AdamState<float>.From(state[..2]), second = AdamState<float>.From(state[3..]);
        Assert.Equal((state[0], state[1], state[3], state[4]), (first.M, first.V, second.M, second.V));
        Assert.Equal(0.25f, first.M.AsSpan("w")[0]);
        Assert.Equal(0.75f, second.M.AsSpan("w")[0], 1e-6);
        Assert.Equal(1, state[2..3].Step);
        Assert.Equal("momentum", Assert.Single(state[2..3].SlotNames));
        Assert.Equal(
            "The state has the slots m, v, momentum, m, v; 2 parts of it are named m, v: take one by its range, "
            + "such as state[3..5].",
            ErrorOf(() => AdamState<float>.From(state)));
        AssertSays("2 parts of it are named v", () => state["v"].AsSpan());
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = state[2..6]; });
    }

    [Fact]
    public void An_unknown_slot_name_is_rejected_with_the_known_names()
    {
        OptimizerState<float> momentum = Momentum.Of(0.9).Init(Parameters);
        OptimizerState<float> moments = Adam.Scaling().Init(Parameters);
        OptimizerState<float> none = new(0);
        Assert.Equal("The state has the slots momentum; none are named m.", ErrorOf(() => momentum["m"].AsSpan()));
        Assert.Equal(
            "The state has the slots momentum; none are named m, v.", ErrorOf(() => AdamState<float>.From(momentum)));
        Assert.Equal("The state has no slots; none are named m, v.", ErrorOf(() => AdamState<float>.From(none)));
        Assert.Equal(
            "The state has the slots m, v; none are named momentum.", ErrorOf(() => SgdState<float>.From(moments)));
    }

    [Fact]
    public void The_state_of_another_optimizer_is_rejected_with_both_names()
    {
        Adam adam = Adam.Of(0.1);
        AdamState<float> state = adam.Init(Parameters);
        string message = ErrorOf(
            () => adam.Step(Parameters, Gradients, Momentum.Of(0.5).Then(Momentum.Of(0.9)).Init(Parameters)));
        Assert.StartsWith(
            "The state was made by an optimizer that keeps momentum(momentum), momentum(momentum); "
            + "this is adam(learningRate=0.1",
            message, StringComparison.Ordinal);
        Assert.EndsWith(
            ", which keeps adam(m, v). Use a state that this optimizer made.", message, StringComparison.Ordinal);
        AssertSays(
            ", which keeps no slots.",
            () => Sgd.Of(0.1).Update(Parameters, Gradients, state));
        OptimizerState<float> unnamed = new(1, Parameters.Layout.Zeros<float>());
        AssertSays(
            "keeps the slots m, v; the state given has 1 slot without names.",
            () => adam.StepDonating(Parameters, Gradients, unnamed));
        AssertSays(
            "keeps the slots m, v; the state given has the slots v, m.",
            () => adam.Step(Parameters, Gradients, new OptimizerState<float>(1, ["v", "m"], [state.M, state.V])));
        AssertSays(
            "which keeps momentum(momentum), adam(m, v).",
            () => Momentum.Of(0.9).Then(adam).Step(Parameters, Gradients, state));
    }

    [Fact]
    public void A_typed_state_carries_the_counters_of_a_wrapper_without_slots_and_is_rejected_by_one_with_slots()
    {
        Adam adam = Adam.Of(0.1);
        AdamState<float> state = adam.Init(Parameters);
        ParameterTree<float> wrong = ParameterTree.Of(Leaf.Of("w", [2], [float.NaN, 0f]));
        (_, AdamState<float> skipped) = ApplyIfFinite.Around(adam).Step(Parameters, wrong, state);
        Assert.Equal(new UpdateCounters(SkippedUpdates: 1, ConsecutiveSkips: 1), skipped.ToState().Counters);
        AssertSays(
            "which keeps adam(m, v), accumulate(gathered).",
            () => Accumulate.Of(2, adam).Update(Parameters, Gradients, state));
        Assert.Equal((1.0f, 0.5f), (Parameters.AsSpan("w")[0], Gradients.AsSpan("w")[0]));
    }

    [Fact]
    public void A_state_without_names_is_read_by_position_and_gets_its_names_with_the_next_step()
    {
        Adam adam = Adam.Of(0.1);
        AdamState<float> state = After(adam, adam.Init(Parameters));
        OptimizerState<float> loaded = new(state.Step, state.M, state.V);
        Assert.Empty(loaded.SlotNames);
        Assert.Equal(state.ToState(), loaded);
        Assert.Equal(state, AdamState<float>.From(loaded));
        Assert.Equal("m, v", string.Join(", ", After(adam, loaded).SlotNames));
        Assert.Equal("The state has 2 slots without names; none are named m.", ErrorOf(() => loaded["m"].AsSpan()));
        Assert.StartsWith("Step 1, slot 0: ", loaded.ToString(), StringComparison.Ordinal);
        AssertSays(
            "There are 2 slots, but names for 1: m.",
            () => _ = new OptimizerState<float>(1, ["m"], [state.M, state.V]));
    }

    [Fact]
    public void Typed_states_of_a_composition_cost_no_memory_in_the_donating_step()
    {
        Optimizer optimizer = Clip.ByGlobalNorm(1).Then(AdamW.Of(0.01));
        ParameterTree<float> parameters = Laws.Trees.Random<float>(1);
        AdamState<float> state = AdamState<float>.From(optimizer.Init(parameters));
        Assert.Equal(0, SteadyAllocation.Of(
            _ => (parameters, state) = optimizer.StepDonating(parameters, parameters.Layout.Zeros<float>(), state)));
    }

    private static void Check<TState>(Optimizer optimizer)
        where TState : struct, IOptimizerState<float, TState>
    {
        OptimizerState<float> untyped = AfterMatrix(optimizer, optimizer.Init(Matrix));
        TState start = (TState)InitOf(optimizer)!.Invoke(optimizer, [Matrix])!;
        OptimizerState<float> typed = AfterMatrix(optimizer, start).ToState();
        Assert.Equal(untyped, typed);
        Assert.Equal(untyped.SlotNames.AsEnumerable(), typed.SlotNames);
        Assert.Equal(untyped, TState.From(untyped).ToState());
    }

    private static TState AfterMatrix<TState>(Optimizer optimizer, TState state)
        where TState : struct, IOptimizerState<float, TState> => optimizer.Step(Matrix, Matrix, state).State;

    /// <summary>The <c>Init</c> of its own type, for float.</summary>
    private static MethodInfo? InitOf(Optimizer optimizer) => optimizer.GetType().GetMethods()
        .Where(method => method.Name == "Init" && method.DeclaringType != typeof(Optimizer))
        .Select(method => method.IsGenericMethodDefinition ? method.MakeGenericMethod(typeof(float)) : method)
        .SingleOrDefault(method => method.ReturnType != typeof(OptimizerState<float>));

    private static Type? StateTypeOf(Optimizer optimizer) => InitOf(optimizer)?.ReturnType;

    private static TState After<TState>(Optimizer optimizer, TState state)
        where TState : struct, IOptimizerState<float, TState> => optimizer.Step(Parameters, Gradients, state).State;

    private static void AssertSays(string expected, Action action) =>
        Assert.Contains(expected, ErrorOf(action), StringComparison.Ordinal);

    private static string ErrorOf(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;
}
