using Functional.Optim.Laws;

namespace Functional.Optim.Tests.Laws;

/// <summary>Laws of the scaling parts, at the edges of the numbers.</summary>
public class ScalingLaws
{
    private static readonly Optimizer[] WithoutEpsilon = [.. Catalogue.Cases.SelectMany(one => one.WithoutEpsilon)];

    [Fact]
    public void Without_epsilon_what_never_had_a_gradient_does_not_move_and_all_else_does()
    {
        foreach (Optimizer optimizer in WithoutEpsilon)
        {
            ParameterTree<float> start =
                ParameterTree.Of(Leaf.Of("x", [20], [.. Enumerable.Range(1, 20).Select(index => (float)index)]));
            ParameterTree<float> parameters = start;
            OptimizerState<float> state = optimizer.Init(parameters);
            for (int step = 1; step <= 20; step++)
            {
                float[] gradient =
                    [.. Enumerable.Range(0, 20).Select(index => index % 2 == 0 ? 0 : MathF.Sin(step + index))];
                (parameters, state) = optimizer.Step(parameters, ParameterTree.Of(Leaf.Of("x", [20], gradient)), state);
            }

            Assert.Null(parameters.FirstNonFiniteLeaf());
            for (int index = 0; index < 20; index++)
                Assert.Equal(index % 2 == 0, start.AsSpan("x")[index] == parameters.AsSpan("x")[index]);
        }
    }

    [Fact]
    public void A_state_that_is_not_a_number_is_not_hidden()
    {
        ParameterTree<float> parameters = Trees.Random<float>(1);
        foreach (Optimizer optimizer in WithoutEpsilon)
        {
            OptimizerState<float> start = optimizer.Init(parameters);
            OptimizerState<float> state = new(
                10, [.. Enumerable.Range(0, start.SlotCount).Select(slot => Spoiled(start[slot].Layout))]);
            if (optimizer.Transforms.Any(part => part.NeedsStatistics))
            {
                Assert.Throws<NonFiniteGradientException>(() =>
                    optimizer.Step(parameters, Trees.Random<float>(2), state));
                continue;
            }

            var (after, _) = optimizer.Step(parameters, Trees.Random<float>(2), state);
            foreach (Leaf leaf in after.Layout.Leaves)
                Assert.All(after.AsSpan(leaf).ToArray(), value => Assert.Equal(float.NaN, value));
        }
    }

    private static ParameterTree<float> Spoiled(TreeLayout layout) => ParameterTree.Of([.. layout.Leaves.Select(leaf =>
        Leaf.Of(leaf.Name, leaf.Shape.AsSpan(), Enumerable.Repeat(float.NaN, leaf.Length).ToArray()))]);

    [Fact]
    public void No_step_of_Lion_is_longer_than_its_rate_times_one_plus_the_decay() =>
        OptimizerLaws.BoundedStep(Lion.Of(0.01, weightDecay: 0.1));

    [Fact]
    public void The_variance_of_a_gradient_that_no_longer_changes_does_not_round_below_zero()
    {
        Optimizer centered = RmsProp.Of(1e-9, centered: true);
        float[] constants = [.. Enumerable.Range(1, 64).Select(index => 1 / (float)index)];
        ParameterTree<float> parameters = ParameterTree.Of(Leaf.Of("x", [64], constants)), gradients = parameters;
        ParameterTree<float> doubled =
            ParameterTree.Of(Leaf.Of("x", [64], Array.ConvertAll(constants, value => 2 * value)));
        OptimizerState<float> state = centered.Init(parameters);
        for (int step = 1; step <= 3000; step++)
            (parameters, state) = centered.Step(parameters, step < 500 ? doubled : gradients, state);

        // Falling, both means stop a few roundings above the gradient, and the square of the one above the other.
        float[] squares = state["v"].AsSpan("x").ToArray(), means = state["mean"].AsSpan("x").ToArray();
        Assert.Contains(true, squares.Zip(means, (square, mean) => square < (double)mean * mean));
        Assert.Null(parameters.FirstNonFiniteLeaf());
    }

    [Fact]
    public void Gradients_too_small_to_multiply_still_have_signs_for_Rprop()
    {
        Rprop rprop = Rprop.Of(0.125, etaPlus: 1.5);
        ParameterTree<float> parameters = ParameterTree.Of(Leaf.Of("x", [2], [0f, 0f]));
        ParameterTree<float> tiny = ParameterTree.Of(Leaf.Of("x", [2], [1e-30f, -1e-44f]));
        RpropState<float> state = rprop.Init(parameters);
        for (int step = 0; step < 2; step++) (parameters, state) = rprop.Step(parameters, tiny, state);
        Assert.Equal([0.1875f, 0.1875f], state.StepSize.AsSpan("x").ToArray());
        Assert.Equal([-0.3125f, 0.3125f], parameters.AsSpan("x").ToArray());
    }

    [Fact]
    public void Averaged_descent_starts_from_the_parameters_and_then_has_the_mean_of_where_it_was()
    {
        Asgd asgd = Asgd.Of(0.1, averageAfter: 3);
        ParameterTree<double> parameters = Trees.Random<double>(1);
        AsgdState<double> state = asgd.Init(parameters);
        Assert.Equal(parameters, state.Average);
        double sum = 0;
        for (int step = 1; step <= 12; step++)
        {
            (parameters, state) = asgd.Step(parameters, Trees.Random<double>(step), state);
            if (step <= 5) Assert.Equal(parameters, state.Average);
            if (step >= 5) sum += parameters.AsSpan("leaf1")[0];
        }

        Assert.Equal(sum / 8, state.Average.AsSpan("leaf1")[0], 1e-14);
    }
}
