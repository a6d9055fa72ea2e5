using System.Numerics;

namespace Functional.Optim.Tests.Optimizers;

/// <summary>SM3 by its definition, at every rank.</summary>
public class Sm3Tests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 0.7)]
    [InlineData(0.9, 0)]
    [InlineData(0.5, 0.9)]
    public void The_steps_are_those_of_the_definition_at_every_rank(double momentum, double beta)
    {
        foreach (int[] shape in (int[][])[[], [7], [1], [5, 3], [1, 4], [4, 1], [2, 3, 4], [3, 1, 2], [2, 3, 2, 5]])
        {
            Check<double>(shape, momentum, beta, 1e-13);
            Check<float>(shape, momentum, beta, 2e-5);
        }
    }

    /// <summary>Many blocks of rows, and rows of many tiles.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.5, 0.9)]
    public void The_steps_of_large_leaves_are_those_of_the_definition(double momentum, double beta)
    {
        Check<double>([300, 700], momentum, beta, 1e-12);
        Check<double>([20, 15, 700], momentum, beta, 1e-12);
    }

    /// <summary>In pytorch_optimizer the accumulator of a scalar stays 0, and each of its steps is a sign.</summary>
    [Fact]
    public void A_scalar_has_an_accumulator_and_its_steps_become_shorter()
    {
        Optimizer optimizer = Sm3.Of(1);
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("x", [], [0.0])),
            gradients = ParameterTree.Of(Leaf.Of("x", [], [3.0]));
        OptimizerState<double> state = optimizer.Init(parameters);
        for (int step = 1; step <= 4; step++)
        {
            (ParameterTree<double> deltas, state) = optimizer.Update(parameters, gradients, state);
            Assert.Equal(-1 / Math.Sqrt(step), deltas.AsSpan("x")[0], 1e-15);
            Assert.Equal(9.0 * step, state["axis 0"].AsSpan("x")[0]);
        }
    }

    /// <summary>The accumulators cover the sums of Adagrad: no element moves further than Adagrad moves it.</summary>
    [Fact]
    public void The_smallest_accumulator_is_never_below_Adagrads()
    {
        ParameterTree<double> parameters = Laws.Trees.Random<double>(TreeLayout.Of(("x", [6, 5, 4])), seed: 1);
        Sm3State<double> state = Sm3.Of(0.1).Init(parameters);
        double[] sums = new double[120];
        for (int step = 1; step <= 10; step++)
        {
            ParameterTree<double> gradients = Laws.Trees.Random<double>(parameters.Layout, seed: step);
            state = Sm3.Of(0.1).Step(parameters, gradients, state).State;
            for (int index = 0; index < sums.Length; index++)
            {
                double gradient = gradients.AsSpan("x")[index];
                sums[index] += gradient * gradient;
                double smallest = Math.Min(
                    state.Axis(0).AsSpan("x")[index / 20],
                    Math.Min(state.Axis(1).AsSpan("x")[index / 4 % 5], state.Axis(2).AsSpan("x")[index % 4]));
                Assert.True(smallest >= sums[index] * (1 - 1e-15));
            }
        }
    }

    [Fact]
    public void A_matrix_keeps_a_number_for_each_row_and_column_and_a_vector_each_of_its_squares()
    {
        ParameterTree<float> parameters = TreeLayout.Of(
            ("matrix", [48, 80]), ("filters", [4, 3, 5, 7]), ("vector", [9]), ("scalar", []), ("none", [0, 3]))
            .Zeros<float>();
        Sm3State<float> state = Sm3.Of(0.1).Init(parameters);
        Assert.Equal("matrix[48], filters[4], vector[9], scalar[]", Leaves(state.Axis(0)));
        Assert.Equal("matrix[80], filters[3]", Leaves(state.Axis(1)));
        Assert.Equal("filters[5]", Leaves(state.Axis(2)));
        Assert.Equal("filters[7]", Leaves(state.Axis(3)));
        Assert.True(state.Momentum.IsDefault);
        Assert.Equal(parameters.Layout, Sm3.Of(0.1, momentum: 0.9).Init(parameters).Momentum.Layout);
        ParameterTree<float> matrix = TreeLayout.Of(("matrix", [48, 80])).Zeros<float>();
        Assert.Equal(sizeof(float) * (48 + 80), Sm3.Of(0.1).Init(matrix).ToState().ByteCount);
        Assert.Equal(
            sizeof(float) * (48 + 80 + (48 * 80)), Sm3.Of(0.1, momentum: 0.9).Init(matrix).ToState().ByteCount);

        static string Leaves(ParameterTree<float> slot) =>
            string.Join(", ", slot.Layout.Leaves.Select(leaf => $"{leaf.Name}[{string.Join(", ", leaf.Shape)}]"));
    }

    [Fact]
    public void A_leaf_of_more_axes_is_refused_by_its_name()
    {
        ParameterTree<float> parameters = TreeLayout.Of(("kernel", [2, 1, 2, 1, 2])).Zeros<float>();
        string message = Assert.ThrowsAny<ArgumentException>(() => { Sm3.Of(0.1).Init(parameters); }).Message;
        Assert.Contains("SM3 keeps an accumulator for each of up to 4 axes", message, StringComparison.Ordinal);
        Assert.Contains("kernel", message, StringComparison.Ordinal);
    }

    /// <summary>Squares that are 0 or infinite in a float make an update of 0, and no NaN.</summary>
    [Theory]
    [InlineData(1e30f)]
    [InlineData(1e-30f)]
    [InlineData(1e-44f)]
    [InlineData(0f)]
    public void Gradients_at_the_end_of_the_range_make_no_NaN(float size)
    {
        foreach (Sm3 optimizer in (Sm3[])[Sm3.Of(0.1), Sm3.Of(0.1, epsilon: 0), Sm3.Of(0.1, 0.9, 0.9)])
        {
            ParameterTree<float> parameters = Laws.Trees.Random<float>(
                TreeLayout.Of(("matrix", [3, 4]), ("vector", [5]), ("scalar", []), ("cube", [2, 2, 2])), seed: 1);
            ParameterTree<float> gradients = ParameterTree.Of(
            [
                .. parameters.Layout.Leaves.Select(leaf => Leaf.Of(
                    leaf.Name, leaf.Shape.AsSpan(),
                    Array.ConvertAll(parameters.AsSpan(leaf).ToArray(), value => value * size))),
            ]);
            OptimizerState<float> state = optimizer.Init(parameters).ToState();
            ParameterTree<float> moved = parameters;
            for (int step = 0; step < 3; step++) (moved, state) = optimizer.Step(moved, gradients, state);
            Assert.Null(moved.FirstNonFiniteLeaf());
            (moved, state) = optimizer.Step(moved, parameters, state);
            Assert.Null(moved.FirstNonFiniteLeaf());
        }
    }

    /// <summary>One element at a time, its accumulators found by its indices.</summary>
    private static void Check<T>(int[] shape, double momentum, double beta, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const double rate = 0.1, epsilon = 1e-3;
        Optimizer optimizer = Sm3.Of(rate, momentum, beta, epsilon);
        int length = shape.Aggregate(1, (product, size) => product * size);
        int[][] places = [.. Enumerable.Range(0, length).Select(index => Place(index, shape))];
        double[] theta = [.. Enumerable.Range(0, length).Select(index => Math.Cos(index))], mean = new double[length];
        // A scalar is as a vector of one.
        double[][] accumulators = [.. shape.DefaultIfEmpty(1).Select(size => new double[size])];
        ParameterTree<T> parameters = Tree<T>(shape, theta);
        OptimizerState<T> state = optimizer.Init(parameters);
        for (int step = 1; step <= 4; step++)
        {
            double[] gradient =
                [.. Enumerable.Range(0, length).Select(index => Math.Sin((0.9 * step) + index) * (1 + (index % 5)))];
            (parameters, state) = optimizer.Step(parameters, Tree<T>(shape, gradient), state);
            double[][] next = [.. accumulators.Select(axis => beta > 0 ? axis.ToArray() : new double[axis.Length])];
            for (int index = 0; index < length; index++)
            {
                int[] place = places[index];
                double smallest = accumulators[0][place[0]];
                for (int axis = 1; axis < place.Length; axis++)
                    smallest = Math.Min(smallest, accumulators[axis][place[axis]]);
                double nu = beta > 0
                    ? (beta * smallest) + ((1 - beta) * gradient[index] * gradient[index])
                    : smallest + (gradient[index] * gradient[index]);
                for (int axis = 0; axis < place.Length; axis++)
                    next[axis][place[axis]] = Math.Max(next[axis][place[axis]], nu);
                mean[index] = (momentum * mean[index]) + ((1 - momentum) * gradient[index] / Math.Sqrt(nu + epsilon));
                theta[index] -= rate * mean[index];
                Assert.Equal(theta[index], double.CreateTruncating(parameters.AsSpan("x")[index]), tolerance);
            }

            accumulators = next;
        }
    }

    private static int[] Place(int index, int[] shape)
    {
        int[] place = new int[Math.Max(shape.Length, 1)];
        for (int axis = shape.Length - 1; axis >= 0; axis--)
            (index, place[axis]) = (index / shape[axis], index % shape[axis]);
        return place;
    }

    private static ParameterTree<T> Tree<T>(int[] shape, double[] values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        ParameterTree.Of(Leaf.Of("x", shape, Array.ConvertAll(values, T.CreateTruncating)));
}
