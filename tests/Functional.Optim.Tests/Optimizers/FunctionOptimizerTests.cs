using Functional.Optim.Laws;

namespace Functional.Optim.Tests.Optimizers;

public class FunctionOptimizerTests
{
    private static readonly ParameterTree<double> Start =
        ParameterTree.Of(Leaf.Of("w", [2, 2], [1.0, -2, 3, -4]), Leaf.Of("b", [3], [0.5, 0, 2]));

    private static FunctionOptimizer[] Each =>
    [
        Sam.Around(Adam.Of(0.1)), Sam.Around(Sgd.Of(0.1, momentum: 0.9), 0.5, adaptive: true, eta: 0.01),
        Sam.Around(Accumulate.Of(2, Lion.Of(0.1))),
        Sam.Around(ApplyIfFinite.Around(Sgd.Of(0.1))), Sam.Around(Lbfgs.Of(maximumIterations: 3)),
        Asam.Around(Sgd.Of(0.1)), Polyak.Around(Sgd.Of(1)), Polyak.Around(Adam.Of(0.1), maxRate: 0.5, onlyDown: true),
        Polyak.Around(Sam.Around(Sgd.Of(1))),
        Lbfgs.Of(maximumIterations: 4),
        Lbfgs.Of(maximumIterations: 4, historySize: 2, lineSearch: LineSearch.StrongWolfe), new Backtracking(),
    ];

    public static TheoryData<int> Indices => [.. Enumerable.Range(0, Each.Length)];

    [Theory]
    [MemberData(nameof(Indices))]
    public void The_laws_that_say_something_of_functions_hold(int index) => OptimizerLaws.All(Each[index]);

    [Theory]
    [MemberData(nameof(Indices))]
    public void A_gradient_alone_is_refused_in_one_sentence(int index)
    {
        FunctionOptimizer optimizer = Each[index];
        OptimizerState<double> state = ((Optimizer)optimizer).Init(Start);
        string expected = $"{optimizer.GetType().Name} asks for loss and gradient itself: call Step(valueAndGradient, "
            + $"parameters, state), not a step with gradients.";
        Assert.Equal(expected, Assert.Throws<NotSupportedException>(() => optimizer.Step(Start, Start.Copy(), state))
            .Message);
        Assert.Equal(expected, Assert.Throws<NotSupportedException>(() => optimizer.Update(Start, Start.Copy(), state))
            .Message);
        Assert.ThrowsAny<ArgumentException>(() => optimizer.Then(Sgd.Of(1)));
        Assert.ThrowsAny<ArgumentException>(() => Sgd.Of(1).Then(optimizer));
        Assert.ThrowsAny<ArgumentException>(() => Accumulate.Of(2, optimizer));
        Assert.ThrowsAny<ArgumentException>(() => ApplyIfFinite.Around(optimizer));
        Assert.ThrowsAny<ArgumentException>(() => Partition.Masked(_ => true, optimizer));
        Assert.ThrowsAny<ArgumentException>(() => optimizer.InPlace<double>());
        Assert.Throws<ArgumentNullException>(
            () => ((Optimizer)optimizer).Step((ValueAndGradient<double>)null!, Start, state));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_optimizer_of_gradients_asks_once_and_has_the_bits_of_its_own_step(bool donate)
    {
        foreach (Optimizer optimizer in (Optimizer[])[AdamW.Of(0.1), Clip.ByGlobalNorm(1).Then(Sgd.Of(0.1)),
            Accumulate.Of(2, Adam.Of(0.1))])
        {
            int calls = 0;
            ParameterTree<double> parameters = Start.Copy();
            var expected = optimizer.Step(parameters, parameters.Copy(), optimizer.Init(parameters));
            ValueAndGradient<double> half = at =>
            {
                calls++;
                return (at.GlobalNorm(), at);
            };
            var (moved, state, loss) = donate
                ? optimizer.StepDonating(half, parameters, optimizer.Init(parameters))
                : optimizer.Step(half, parameters, optimizer.Init(parameters));
            Assert.Equal((1, Start.GlobalNorm()), (calls, loss));
            Assert.Equal(expected, (moved, state));
            if (donate) Assert.Throws<ObjectDisposedException>(() => parameters.Layout);
            else Assert.Equal(Start, parameters);
        }
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void A_function_that_fails_changes_nothing_donated_or_not(int index)
    {
        FunctionOptimizer optimizer = Each[index];
        ParameterTree<double> parameters = Start.Copy();
        OptimizerState<double> state = ((Optimizer)optimizer).Init(parameters);
        (ParameterTree<double> parametersBefore, OptimizerState<double> stateBefore) =
            (parameters.Copy(), state.Copy());
        var expected = ((Optimizer)optimizer).Step(Quadratic, parameters, state);
        foreach (bool donate in (bool[])[false, true])
        {
            int asked = optimizer is Polyak { Inner: not FunctionOptimizer } ? 1 : 2;
            for (int failing = 1; failing <= asked; failing++)
            {
                Refuses<ArithmeticException>(_ => throw new DivideByZeroException());
                Refuses<ArgumentException>(_ => (0, ParameterTree.Of(Leaf.Of("other", [1], [1.0]))));
                Refuses<InvalidOperationException>(_ => (0, default));

                void Refuses<TException>(ValueAndGradient<double> failure)
                    where TException : Exception
                {
                    int calls = 0;
                    ValueAndGradient<double> function = at => ++calls == failing ? failure(at) : Quadratic(at);
                    Assert.ThrowsAny<TException>(() => donate
                        ? ((Optimizer)optimizer).StepDonating(function, parameters, state)
                        : ((Optimizer)optimizer).Step(function, parameters, state));
                    Assert.Equal(failing, calls);
                    Assert.Equal((parametersBefore, stateBefore), (parameters, state));
                }
            }
        }

        Assert.Equal(expected, ((Optimizer)optimizer).StepDonating(Quadratic, parameters, state));
        Assert.Throws<ObjectDisposedException>(() => parameters.Layout);
        Assert.Throws<ObjectDisposedException>(() => state.Step);
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void No_state_shares_memory_with_one_before_it_or_with_what_the_function_returned(int index)
    {
        FunctionOptimizer optimizer = Each[index];
        ParameterTree<double> parameters = Start.Copy();
        OptimizerState<double> state = ((Optimizer)optimizer).Init(parameters);
        (ParameterTree<double> expected, OptimizerState<double> expectedState) = (parameters, state);
        for (int step = 0; step < 4; step++)
            (expected, expectedState, _) = ((Optimizer)optimizer).Step(Quadratic, expected, expectedState);
        for (int step = 0; step < 4; step++)
        {
            List<ParameterTree<double>> returned = [];
            (ParameterTree<double> moved, OptimizerState<double> next, _) = ((Optimizer)optimizer).Step(
                at =>
                {
                    (double loss, ParameterTree<double> gradients) = Quadratic(at);
                    returned.Add(gradients);
                    return (loss, gradients);
                },
                parameters, state);
            parameters.Release();
            state.Release();
            foreach (ParameterTree<double> tree in returned) tree.Release();
            (parameters, state) = (moved, next);
        }

        Assert.Equal((expected, expectedState), (parameters, state));
    }

    [Fact]
    public void A_loss_that_is_not_finite_stops_lbfgs_and_is_only_reported_by_sam()
    {
        ValueAndGradient<double> lost = at => (double.NaN, Quadratic(at).Gradients);
        Optimizer lbfgs = Lbfgs.Of(), sam = Sam.Around(Sgd.Of(0.1));
        Assert.Throws<NonFiniteGradientException>(() => lbfgs.StepDonating(lost, Start, lbfgs.Init(Start)));
        var (moved, _, loss) = sam.Step(lost, Start, sam.Init(Start));
        Assert.Equal((double.NaN, sam.Step(Quadratic, Start, sam.Init(Start)).Parameters), (loss, moved));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_gradient_that_is_not_finite_stops_sam_unless_the_optimizer_inside_leaves_it_out(int broken)
    {
        int calls = 0;
        ValueAndGradient<double> function = at =>
            ++calls == broken
            ? (1, ParameterTree.Of(Leaf.Of("w", [2, 2], [1.0, 1, 1, 1]), Leaf.Of("b", [3], [1, double.NaN, 1])))
            : Quadratic(at);
        Sam sam = Sam.Around(Sgd.Of(0.1)), watched = Sam.Around(ApplyIfFinite.Around(Sgd.Of(0.1)));
        Assert.Equal("b", Assert.Throws<NonFiniteGradientException>(
            () => sam.StepDonating(function, Start, sam.Init(Start))).Leaf);
        calls = 0;
        (ParameterTree<double> same, OptimizerState<double> state, _) =
            watched.Step(function, Start, watched.Init(Start));
        Assert.Equal((Start, 1), (same, state.Counters.ConsecutiveSkips));
        calls = 0;
        Sam freezing = sam.WithGroups(LeafGroup.Frozen("frozen", leaf => leaf.Name == "b"));
        ParameterTree<double> moved = freezing.Step(function, Start, freezing.Init(Start)).Parameters;
        Assert.Equal(Start.AsSpan("b").ToArray(), moved.AsSpan("b").ToArray());
        Assert.Null(moved.FirstNonFiniteLeaf());
    }

    [Fact]
    public void Without_a_climb_sam_is_the_optimizer_inside()
    {
        Optimizer adam = Adam.Of(0.1), sam = Sam.Around(adam, rho: 0);
        Assert.Equal(adam.Step(Quadratic, Start, adam.Init(Start)), sam.Step(Quadratic, Start, sam.Init(Start)));
        Assert.Equal(0.1, sam.LearningRateAt(1));
        Assert.Equal(adam.Init(Start).Identity, sam.Init(Start).Identity);
    }

    [Fact]
    public void Sam_climbs_by_rho_along_the_gradient()
    {
        List<ParameterTree<double>> asked = [];
        Optimizer sam = Sam.Around(Sgd.Of(0.1), rho: 0.5);
        sam.Step(
            at =>
            {
                asked.Add(at.Copy());
                return Quadratic(at);
            },
            Start, sam.Init(Start));
        double norm = Start.GlobalNorm();
        Assert.Equal(Start, asked[0]);
        for (int index = 0; index < Start.AsSpan().Length; index++)
            Assert.Equal(Start.AsSpan()[index] * (1 + (0.5 / norm)), asked[1].AsSpan()[index], 1e-12);
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        string message = Assert.ThrowsAny<ArgumentException>(() => Sam.Around(null!, rho: -1, eta: double.NaN)).Message;
        Assert.Equal(
            "Sam: inner is null; allowed is an optimizer; rho is -1; allowed is finite and not negative; eta is NaN; "
            + "allowed is finite and not negative.", message);
        Assert.ThrowsAny<ArgumentException>(() => Sam.Around(Sgd.Of(1)) with { Rho = double.PositiveInfinity });
    }

    [Fact]
    public void A_state_of_another_optimizer_is_refused_and_continue_starts_anew()
    {
        Optimizer lbfgs = Lbfgs.Of(maximumIterations: 3), adam = Adam.Of(0.1);
        OptimizerState<double> ofAdam = adam.Step(Quadratic, Start, adam.Init(Start)).State;
        OptimizerState<double> ofLbfgs = lbfgs.Step(Quadratic, Start, lbfgs.Init(Start)).State;
        Assert.ThrowsAny<ArgumentException>(() => lbfgs.Step(Quadratic, Start, ofAdam));
        Assert.ThrowsAny<ArgumentException>(() => adam.Step(Quadratic, Start, ofLbfgs));
        Assert.ThrowsAny<ArgumentException>(() => LbfgsState<double>.From(ofAdam));
        Assert.Equal(ofLbfgs, lbfgs.Continue(ofLbfgs, Start).State);
        (OptimizerState<double> anew, ContinuationReport report) = lbfgs.Continue(ofAdam, Start);
        Assert.Equal((1, 0), (anew.Step, anew.SlotCount));
        Assert.Equal("m v", string.Join(' ', report.Dropped));
        Assert.Equal((1, 2), (adam.Continue(ofLbfgs, Start).State.Step, adam.Continue(ofLbfgs, Start).State.SlotCount));
    }

    [Fact]
    public void Groups_freeze_leaves_of_lbfgs_and_can_do_no_more()
    {
        Lbfgs lbfgs = Lbfgs.Of(maximumIterations: 3);
        Optimizer frozen = lbfgs.WithGroups(LeafGroup.Frozen("frozen", leaf => leaf.Name == "w"));
        ParameterTree<double> moved = frozen.Step(Quadratic, Start, frozen.Init(Start)).Parameters;
        Assert.Equal(Start.AsSpan("w").ToArray(), moved.AsSpan("w").ToArray());
        Assert.NotEqual(Start.AsSpan("b").ToArray(), moved.AsSpan("b").ToArray());
        Assert.ThrowsAny<ArgumentException>(() => lbfgs.WithGroups(LeafGroup.Of("slow", _ => true, 0.5)).Init(Start));
    }

    private static (double Loss, ParameterTree<double> Gradients) Quadratic(ParameterTree<double> at) =>
        (at.GlobalNorm() * at.GlobalNorm() / 2, at.Copy());
}
