namespace Functional.Optim.Tests.Optimizers;

/// <summary>What the published trajectories of CAME do not show.</summary>
public class CameTests
{
    /// <summary>pytorch_optimizer multiplies the stored momentum of vectors by the rate, so that it shrinks.</summary>
    [Fact]
    public void The_stored_momentum_of_a_vector_does_not_change_with_the_rate()
    {
        ParameterTree<double> momentum = MomentumAfter(0.01);
        Assert.Equal(momentum, MomentumAfter(1));
        // Without a clip the first update is g / √(0.001·g²), and the momentum a tenth of it.
        Assert.Equal(0.1 * Math.Sqrt(1000), MomentumAfter(0.01, steps: 1).AsSpan("x")[0], 1e-12);

        static ParameterTree<double> MomentumAfter(double rate, int steps = 5)
        {
            Came optimizer = Came.Of(rate, clipThreshold: 1e6);
            ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("x", [2], [1.0, 2]));
            CameState<double> state = optimizer.Init(parameters);
            for (int step = 1; step <= steps; step++)
            {
                ParameterTree<double> gradients = ParameterTree.Of(Leaf.Of("x", [2], [1.0, Math.Sin(step)]));
                (parameters, state) = optimizer.Step(parameters, gradients, state);
            }

            return state.M;
        }
    }

    /// <summary>
    /// Where every update is the same there is no distance left, and a step is as long as ε₂ lets it be; where they
    /// alternate it is short.
    /// </summary>
    [Fact]
    public void A_momentum_that_agrees_with_the_updates_makes_longer_steps_than_one_that_does_not()
    {
        Assert.True(LastStep(_ => 1) > 5 * LastStep(step => step % 2 == 0 ? 1 : -1));

        static double LastStep(Func<int, double> sign)
        {
            Optimizer optimizer = Came.Of(1, beta3: 0.9);
            ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("x", [2, 2], [1.0, 1, 1, 1]));
            OptimizerState<double> state = optimizer.Init(parameters);
            ParameterTree<double> deltas = parameters;
            for (int step = 1; step <= 100; step++)
            {
                double[] gradient = [.. Enumerable.Repeat(sign(step), 4)];
                (deltas, state) = optimizer.Update(
                    parameters, ParameterTree.Of(Leaf.Of("x", [2, 2], gradient)), state);
            }

            return Math.Abs(deltas.AsSpan("x")[0]);
        }
    }

    [Fact]
    public void A_matrix_keeps_its_momentum_and_two_pairs_of_a_row_and_a_column()
    {
        ParameterTree<float> parameters = TreeLayout.Of(
            ("matrix", [48, 80]), ("filters", [4, 3, 5, 7]), ("vector", [9]), ("scalar", []), ("none", [0, 3]))
            .Zeros<float>();
        CameState<float> state = Came.Of(0.1).Init(parameters);
        Assert.Equal("matrix[48], filters[4, 3, 5]", Leaves(state.Row));
        Assert.Equal("matrix[80], filters[4, 3, 7]", Leaves(state.Column));
        Assert.Equal(Leaves(state.Row), Leaves(state.DistanceRow));
        Assert.Equal(Leaves(state.Column), Leaves(state.DistanceColumn));
        Assert.Equal("vector[9], scalar[]", Leaves(state.V));
        Assert.Equal("matrix[48, 80], filters[4, 3, 5, 7], vector[9], scalar[]", Leaves(state.M));
        ParameterTree<float> matrix = TreeLayout.Of(("matrix", [48, 80])).Zeros<float>();
        Assert.Equal(
            sizeof(float) * ((48 * 80) + (2 * (48 + 80))), Came.Of(0.1).Init(matrix).ToState().ByteCount);

        static string Leaves(ParameterTree<float> slot) =>
            string.Join(", ", slot.Layout.Leaves.Select(leaf => $"{leaf.Name}[{string.Join(", ", leaf.Shape)}]"));
    }

    /// <summary>The definition once more for filters, whose matrices have factors each and share the clip.</summary>
    [Fact]
    public void The_steps_are_those_of_the_definition_for_leaves_of_more_dimensions()
    {
        const int count = 3, rows = 4, columns = 5, length = count * rows * columns;
        const double rate = 0.1, beta1 = 0.7, beta2 = 0.8, beta3 = 0.6, clip = 0.9, distance = 1e-2, decay = 0.05;
        Optimizer optimizer = Came.Of(rate, beta1, beta2, beta3, clip, 1e-4, distance, decay);
        double[] theta = [.. Enumerable.Range(0, length).Select(index => Math.Cos(index))],
            momentum = new double[length];
        double[,] squares = new double[count, rows + columns], distances = new double[count, rows + columns];
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("x", [count, rows, columns], theta));
        OptimizerState<double> state = optimizer.Init(parameters);
        for (int step = 1; step <= 6; step++)
        {
            double[] gradient = [.. Enumerable.Range(0, length).Select(index => Math.Sin((0.9 * step) + index))];
            (parameters, state) = optimizer.Step(
                parameters, ParameterTree.Of(Leaf.Of("x", [count, rows, columns], gradient)), state);
            double[] update = Divided(squares, gradient, beta2, 1e-4, gradient);
            double size = Math.Sqrt(update.Sum(value => value * value) / length);
            for (int index = 0; index < length; index++)
            {
                update[index] /= Math.Max(1, size / clip);
                momentum[index] = (beta1 * momentum[index]) + ((1 - beta1) * update[index]);
            }

            double[] far = [.. update.Zip(momentum, (u, m) => u - m)];
            double[] confident = Divided(distances, far, beta3, distance, momentum);
            for (int index = 0; index < length; index++)
            {
                theta[index] = (theta[index] * (1 - (rate * decay))) - (rate * confident[index]);
                Assert.Equal(theta[index], parameters.AsSpan("x")[index], 1e-12);
            }
        }

        static double[] Divided(double[,] factors, double[] squared, double beta, double epsilon, double[] divided)
        {
            double[] quotients = new double[length];
            for (int matrix = 0; matrix < count; matrix++)
            {
                double[] means = new double[rows + columns];
                for (int index = 0; index < rows * columns; index++)
                {
                    double square = Math.Pow(squared[(matrix * rows * columns) + index], 2) + epsilon;
                    means[index / columns] += square / columns;
                    means[rows + (index % columns)] += square / rows;
                }

                double sum = 0;
                for (int place = 0; place < means.Length; place++)
                {
                    factors[matrix, place] = (beta * factors[matrix, place]) + ((1 - beta) * means[place]);
                    if (place < rows) sum += factors[matrix, place];
                }

                for (int index = 0; index < rows * columns; index++)
                {
                    double mean = factors[matrix, index / columns] * factors[matrix, rows + (index % columns)]
                        / (sum / rows);
                    quotients[(matrix * rows * columns) + index] =
                        divided[(matrix * rows * columns) + index] / Math.Sqrt(mean);
                }
            }

            return quotients;
        }
    }
}
