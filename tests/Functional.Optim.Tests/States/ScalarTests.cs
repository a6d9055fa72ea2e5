using System.Collections.Immutable;
using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.States;

/// <summary>The named scalars of a state.</summary>
public class ScalarTests
{
    private static readonly ParameterTree<float> Start = ParameterTree.Of(Leaf.Of("w", [2], [1f, 2f]));

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    public void One_that_is_not_finite_is_named_and_nothing_is_changed(double value, string text)
    {
        Optimizer optimizer = new Weighted(value, At: 2).Then(Sgd.Of(0.1, momentum: 0.9));
        (ParameterTree<float> parameters, OptimizerState<float> state) =
            optimizer.Step(Start, Start, optimizer.Init(Start));
        (ParameterTree<float> before, OptimizerState<float> kept) = (parameters.Copy(), state.Copy());
        foreach (bool donate in (bool[])[false, true])
        {
            string message = Assert.Throws<ArithmeticException>(() => donate
                ? optimizer.StepDonating(parameters, Start.Copy(), state)
                : optimizer.Step(parameters, Start, state)).Message;
            Assert.Equal(
                $"The scalar 'weight' of the state is {text} after step 2; allowed is a finite number.", message);
            Assert.Equal((before, kept), (parameters, state));
        }
    }

    [Fact]
    public void A_state_with_one_from_elsewhere_is_rejected_by_the_step()
    {
        Optimizer optimizer = new Weighted(1, At: 2);
        OptimizerState<float> state = optimizer.Init(Start);
        OptimizerState<float> spoilt = new(0, [], state.Identity, [], [new("weight", double.NaN)]);
        Assert.Contains(
            "'weight' of the state is NaN",
            Assert.ThrowsAny<ArgumentException>(() => optimizer.Step(Start, Start, spoilt)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_optimizer_from_a_function_leaves_none_either()
    {
        Counting optimizer = new();
        OptimizerState<float> state = ((Optimizer)optimizer).Init(Start);
        ValueAndGradient<float> loss = at => (double.NaN, at);
        Assert.Contains(
            "'loss' of the state is NaN after step 1",
            Assert.Throws<ArithmeticException>(() => optimizer.Step(loss, Start, state)).Message,
            StringComparison.Ordinal);
        (_, state, _) = optimizer.Step(at => (3, at), Start, state);
        Assert.Equal(3, state.Scalar("loss"));
    }

    [Fact]
    public void States_that_differ_in_a_scalar_differ()
    {
        OptimizerState<float> Of(double weight) => new(0, [], "", [], [new("weight", weight)]);
        Assert.NotEqual(Of(1), Of(2));
        Assert.Equal(Of(1), Of(1));
    }

    /// <summary>Adds one to its scalar in each step except one.</summary>
    private sealed record Weighted(double Value, long At) : Transform
    {
        protected internal override ImmutableArray<string> ScalarNames => ["weight"];

        protected internal override void UpdateScalars(long step, Span<double> scalars) =>
            scalars[0] = step == At ? Value : scalars[0] + 1;

        protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            pass.Add(first, new ScaleRule<T>(T.CreateTruncating(pass.Scalars[0])));
    }

    /// <summary>Stores the loss.</summary>
    private sealed record Counting : FunctionOptimizer
    {
        protected override ImmutableArray<string> ScalarNames => ["loss"];

        protected override (
            ParameterTree<T> Parameters, OptimizerState<T> State, double Loss) Minimize<T>(in FunctionStep<T> step)
        {
            double loss = step.Evaluate(step.Parameters).Loss;
            return step.Next(step.Parameters, loss, scalars: [loss]);
        }
    }
}
