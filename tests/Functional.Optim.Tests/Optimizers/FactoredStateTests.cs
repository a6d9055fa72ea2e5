using System.Numerics;
using Functional.Optim.Kernels;
using Functional.Optim.Tests.Kernels;

namespace Functional.Optim.Tests.Optimizers;

/// <summary>What Adafactor and NovoGrad keep, and what they make of it, at every shape.</summary>
[Collection(ThreadLimit.Name)]
public class FactoredStateTests
{
    [Fact]
    public void A_matrix_keeps_a_row_and_a_column_and_a_vector_each_of_its_squares()
    {
        ParameterTree<float> parameters = Tree<float>(
            ("matrix", [48, 80]), ("filters", [4, 3, 5, 7]), ("vector", [9]), ("scalar", []), ("none", [0, 3]));
        AdafactorState<float> state = Adafactor.Of(0.01).Init(parameters);
        Assert.Equal("matrix[48], filters[4, 3, 5]", Leaves(state.Row));
        Assert.Equal("matrix[80], filters[4, 3, 7]", Leaves(state.Column));
        Assert.Equal("vector[9], scalar[]", Leaves(state.V));
        Assert.True(state.M.IsDefault);
        AdafactorState<float> withMomentum = Adafactor.Of(0.01, beta1: 0.9).Init(parameters);
        Assert.Equal("matrix[48, 80], filters[4, 3, 5, 7], vector[9], scalar[]", Leaves(withMomentum.M));

        // Numbers for a matrix of 48 × 80: 48 + 80, and 3840 + 1; both fill their lines, but for the 1.
        ParameterTree<float> matrix = Tree<float>(("matrix", [48, 80]));
        Assert.Equal(sizeof(float) * (48 + 80), Adafactor.Of(0.01).Init(matrix).ToState().ByteCount - sizeof(double));
        NovoGradState<float> novoGrad = NovoGrad.Of(0.01).Init(matrix);
        Assert.Equal((1, 48 * 80), (novoGrad.V.Layout.ParameterCount, novoGrad.Momentum.Layout.ParameterCount));
        Assert.Equal(sizeof(float) * ((48 * 80) + TreeLayout.Alignment), novoGrad.ToState().ByteCount);
        Assert.Equal((0, 4, 4), (
            Adafactor.Of(0.01).StateBytesPerParameter<float>(),
            Adafactor.Of(0.01, beta1: 0.5).StateBytesPerParameter<float>(),
            NovoGrad.Of(0.01).StateBytesPerParameter<float>()));

        static string Leaves(ParameterTree<float> slot) =>
            string.Join(", ", slot.Layout.Leaves.Select(leaf => $"{leaf.Name}[{string.Join(", ", leaf.Shape)}]"));
    }

    /// <summary>
    /// Without ε the update of squares of rank one is the sign of the gradient, as v itself would make it.
    /// </summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 37)]
    [InlineData(37, 1)]
    [InlineData(5, 3)]
    [InlineData(300, 700)]
    public void The_factors_give_back_squares_of_rank_one(int rows, int columns)
    {
        Check<double>(AdafactorForm.HuggingFace);
        Check<float>(AdafactorForm.HuggingFace);
        Check<double>(AdafactorForm.Torch);
        Check<float>(AdafactorForm.Torch);

        void Check<T>(AdafactorForm form)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            Optimizer optimizer =
                Adafactor.Of(1, form, relativeStep: false, scaleByParameters: false, clipThreshold: 1e6, epsilon: 0);
            T[] gradient = new T[rows * columns];
            for (int index = 0; index < gradient.Length; index++)
            {
                int row = index / columns, column = index % columns;
                double size = Math.Exp(2 * Math.Sin(row)) * Math.Exp(3 * Math.Cos(column));
                gradient[index] = T.CreateTruncating((index * 7919L) % 3 == 0 ? -size : size);
            }

            ParameterTree<T> gradients = ParameterTree.Of(Leaf.Of("w", [rows, columns], gradient)),
                parameters = gradients.Layout.Zeros<T>();
            OptimizerState<T> state = optimizer.Init(parameters);
            double rounding = 16 * double.CreateTruncating(T.BitIncrement(T.One) - T.One);
            for (int step = 1; step <= 3; step++)
            {
                (ParameterTree<T> deltas, state) = optimizer.Update(parameters, gradients, state);
                for (int index = 0; index < gradient.Length; index++)
                    Assert.Equal(
                        -T.Sign(gradient[index]), double.CreateTruncating(deltas.AsSpan("w")[index]), rounding);
            }
        }
    }

    /// <summary>The matrices of a leaf of more dimensions have factors each, and share the clip.</summary>
    [Fact]
    public void Filters_are_the_matrices_of_their_last_two_dimensions()
    {
        Optimizer optimizer = Adafactor.Of(1, relativeStep: false, scaleByParameters: false, clipThreshold: 1e6);
        ParameterTree<double> together = Tree<double>(("w", [2, 3, 4, 5]));
        double[] all = together.AsSpan("w").ToArray();
        ParameterTree<double> deltas = optimizer.Update(together, together, optimizer.Init(together)).Deltas;
        for (int matrix = 0; matrix < 6; matrix++)
        {
            ParameterTree<double> alone =
                ParameterTree.Of(Leaf.Of("w", [4, 5], all[(matrix * 20)..((matrix + 1) * 20)]));
            ParameterTree<double> expected = optimizer.Update(alone, alone, optimizer.Init(alone)).Deltas;
            Assert.True(expected.AsSpan("w").SequenceEqual(deltas.AsSpan("w").Slice(matrix * 20, 20)));
        }
    }

    [Fact]
    public void Without_epsilon_NovoGrads_update_does_not_change_with_the_scale_of_the_gradient()
    {
        Functional.Optim.Laws.OptimizerLaws.ScaleInvariance(NovoGrad.Of(0.1, epsilon: 0));
        Functional.Optim.Laws.OptimizerLaws.ScaleInvariance(
            NovoGrad.Of(0.1, epsilon: 0, weightDecay: 0.1, gradientAveraging: true));
    }

    /// <summary>A leaf of many blocks of rows, one row of many tiles, and many small matrices.</summary>
    [Fact]
    public void The_bits_do_not_depend_on_the_number_of_threads()
    {
        ParameterTree<float> parameters =
            Tree<float>(("tall", [3000, 101]), ("wide", [1, 70_001]), ("filters", [40, 40, 3, 3]), ("long", [70_001]));
        foreach (Optimizer optimizer in (Optimizer[])
            [
                Adafactor.Of(0.1, beta1: 0.9, weightDecay: 0.1), Adafactor.Of(0.1, AdafactorForm.Torch),
                NovoGrad.Of(0.1), Came.Of(0.1), Sm3.Of(0.1, 0.9),
            ])
        {
            var expected = After(1);
            Assert.Equal(expected, After(7));

            (ParameterTree<float> Parameters, OptimizerState<float> State) After(int threads) =>
                ThreadLimit.With(threads, () =>
                {
                    (ParameterTree<float> moved, OptimizerState<float> state) =
                        (parameters, optimizer.Init(parameters));
                    for (int step = 0; step < 2; step++) (moved, state) = optimizer.Step(moved, parameters, state);
                    return (moved, state);
                });
        }
    }

    [Fact]
    public void What_never_had_a_gradient_does_not_move_and_makes_no_NaN()
    {
        ParameterTree<float> parameters =
            Tree<float>(("matrix", [4, 6]), ("row", [1, 5]), ("one", [1, 1]), ("vector", [3]), ("scalar", []));
        ParameterTree<float> zeros = parameters.Layout.Zeros<float>();
        foreach (Optimizer optimizer in (Optimizer[])
            [
                Adafactor.Of(0.1), Adafactor.Of(0.1, epsilon: 0), Adafactor.Of(0.1, AdafactorForm.Torch),
                Adafactor.Of(0.1, AdafactorForm.Torch, epsilon: 0, beta1: 0.9), NovoGrad.Of(0.1),
                NovoGrad.Of(0.1, epsilon: 0), Came.Of(0.1), Came.Of(0.1, epsilon: 0, distanceEpsilon: 0), Sm3.Of(0.1),
                Sm3.Of(0.1, epsilon: 0),
            ])
        {
            OptimizerState<float> state = optimizer.Init(parameters);
            (ParameterTree<float> still, state) = optimizer.Step(parameters, zeros, state);
            Assert.Equal(parameters, still);
            (ParameterTree<float> moved, _) = optimizer.Step(parameters, parameters, state);
            Assert.Null(moved.FirstNonFiniteLeaf());
            foreach (Leaf leaf in moved.Layout.Leaves)
                Assert.False(moved.AsSpan(leaf).SequenceEqual(parameters.AsSpan(leaf)), $"{optimizer} {leaf}");
        }
    }

    /// <summary>A row and a column without gradients, and one that gets its first later.</summary>
    [Fact]
    public void A_row_without_gradients_stays_and_the_others_move()
    {
        foreach (Optimizer optimizer in (Optimizer[])[Adafactor.Of(0.1), Adafactor.Of(0.1, epsilon: 0),
            Adafactor.Of(0.1, AdafactorForm.Torch), Came.Of(0.1), Sm3.Of(0.1)])
        {
            ParameterTree<double> parameters = Tree<double>(("w", [3, 4]));
            double[] gradient = [0, 1, 2, 3, 0, 0, 0, 0, 0, -1, 4, 2];
            ParameterTree<double> gradients = ParameterTree.Of(Leaf.Of("w", [3, 4], gradient));
            (ParameterTree<double> moved, OptimizerState<double> state) =
                optimizer.Step(parameters, gradients, optimizer.Init(parameters));
            for (int index = 0; index < 12; index++)
                Assert.Equal(gradient[index] == 0, moved.AsSpan("w")[index] == parameters.AsSpan("w")[index]);
            (moved, _) = optimizer.Step(parameters, parameters, state);
            Assert.Null(moved.FirstNonFiniteLeaf());
        }
    }

    [Fact]
    public void A_gradient_that_is_not_a_number_spoils_its_leaf_and_no_other()
    {
        ParameterTree<float> parameters = Tree<float>(("matrix", [4, 6]), ("other", [4, 6]), ("vector", [3]));
        float[] spoiled = parameters.AsSpan("matrix").ToArray();
        spoiled[7] = float.NaN;
        ParameterTree<float> gradients = ParameterTree.Of(
            Leaf.Of("matrix", [4, 6], spoiled), Leaf.Of("other", [4, 6], parameters.AsSpan("other").ToArray()),
            Leaf.Of("vector", [3], parameters.AsSpan("vector").ToArray()));
        foreach (Optimizer optimizer in (Optimizer[])[Adafactor.Of(0.1), Adafactor.Of(0.1, AdafactorForm.Torch),
            NovoGrad.Of(0.1), Came.Of(0.1)])
        {
            ParameterTree<float> expected =
                optimizer.Step(parameters, parameters, optimizer.Init(parameters)).Parameters;
            ParameterTree<float> moved = optimizer.Step(parameters, gradients, optimizer.Init(parameters)).Parameters;
            Assert.All(moved.AsSpan("matrix").ToArray(), value => Assert.Equal(float.NaN, value));
            Assert.True(moved.AsSpan("other").SequenceEqual(expected.AsSpan("other")));
            Assert.True(moved.AsSpan("vector").SequenceEqual(expected.AsSpan("vector")));
        }
    }

    /// <summary>Squares above the largest float: the mean stops there, and the update keeps its length.</summary>
    [Fact]
    public void Gradients_whose_squares_leave_a_float_still_make_a_step()
    {
        ParameterTree<float> parameters = Tree<float>(("matrix", [4, 6]));
        ParameterTree<float> gradients = ParameterTree.Of(
            Leaf.Of("matrix", [4, 6], Array.ConvertAll(parameters.AsSpan("matrix").ToArray(), value => value * 1e28f)));
        foreach (Optimizer optimizer in (Optimizer[])[Adafactor.Of(0.1), Adafactor.Of(0.1, AdafactorForm.Torch),
            NovoGrad.Of(0.1), Came.Of(0.1, beta3: 0.5)])
        {
            ParameterTree<float> moved = optimizer.Step(parameters, gradients, optimizer.Init(parameters)).Parameters;
            for (int index = 0; index < 24; index++)
                Assert.InRange(Math.Abs(moved.AsSpan("matrix")[index] - parameters.AsSpan("matrix")[index]), 1e-5f, 1f);
        }
    }

    /// <summary>
    /// timm's AdafactorBigVision divides by the smaller of 1 and RMS(û) / d: it stretches short updates to d and clips
    /// none, so that a threshold of 0.1 makes the first step ten times longer and not ten times shorter.
    /// </summary>
    [Theory]
    [InlineData(AdafactorForm.HuggingFace)]
    [InlineData(AdafactorForm.Torch)]
    public void The_clip_makes_long_steps_shorter_and_leaves_short_ones(AdafactorForm form)
    {
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("w", [2, 2], [1.0, -1, 1, 1]));
        Assert.Equal(-0.5, First(1), 1e-12);
        Assert.Equal(-0.05, First(0.1), 1e-12);
        Assert.Equal(-0.5, First(10), 1e-12);

        double First(double threshold)
        {
            Optimizer optimizer = Adafactor.Of(
                0.5, form, relativeStep: false, scaleByParameters: false, clipThreshold: threshold);
            return optimizer.Update(parameters, parameters, optimizer.Init(parameters)).Deltas.AsSpan("w")[0];
        }
    }

    /// <summary>
    /// torch decays by the rate itself, Hugging Face by the rate as it is scaled; a group multiplies either.
    /// </summary>
    [Fact]
    public void The_decay_goes_by_the_rate_of_its_form()
    {
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("w", [2, 2], [0.5, -0.5, 0.5, 0.5])),
            zeros = parameters.Layout.Zeros<double>();
        Assert.Equal(-0.5 * 0.25 * 0.5 * 0.5, Delta(AdafactorForm.HuggingFace, 1), 1e-15);
        Assert.Equal(-0.5 * 0.25 * 0.5, Delta(AdafactorForm.Torch, 1), 1e-15);
        Assert.Equal(3 * -0.5 * 0.25 * 0.5, Delta(AdafactorForm.Torch, 3), 1e-15);

        double Delta(AdafactorForm form, double multiplier)
        {
            Optimizer optimizer = Adafactor.Of(0.25, form, weightDecay: 0.5)
                .WithGroups(LeafGroup.Of("all", _ => true, weightDecayMultiplier: multiplier));
            return optimizer.Update(parameters, zeros, optimizer.Init(parameters)).Deltas.AsSpan("w")[0];
        }
    }

    /// <summary>
    /// The rate stands inside the momentum: after it fell, what is under way goes by the rate of its time.
    /// </summary>
    [Fact]
    public void The_momentum_is_one_of_steps()
    {
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("w", [2, 2], [1.0, 1, 1, 1]));
        Schedule rate = Schedule.MultiStepDecay(0.5, [2], 0.25);
        Assert.NotEqual(rate.At(1), rate.At(2));
        Optimizer optimizer = Adafactor.Of(rate, relativeStep: false, scaleByParameters: false, beta1: 0.75);
        (ParameterTree<double> deltas, OptimizerState<double> state) =
            optimizer.Update(parameters, parameters, optimizer.Init(parameters));
        double first = 0.25 * rate.At(1);
        Assert.Equal(-first, deltas.AsSpan("w")[0], 1e-15);
        (deltas, state) = optimizer.Update(parameters, parameters, state);
        Assert.Equal(-((0.75 * first) + (0.25 * rate.At(2))), deltas.AsSpan("w")[0], 1e-15);
        Assert.Equal(rate.At(2), state.Scalar("learningRate"));
    }

    /// <summary>A vector has none of the first slots, and is carried over and counted all the same.</summary>
    [Fact]
    public void What_joins_later_is_counted_by_itself_and_the_rest_is_kept()
    {
        Adafactor optimizer = Adafactor.Of(0.1);
        ParameterTree<double> few = Tree<double>(("matrix", [4, 6]), ("vector", [3]));
        ParameterTree<double> more =
            Tree<double>(("matrix", [4, 6]), ("vector", [3]), ("late", [5]), ("late matrix", [2, 3]));
        OptimizerState<double> state = optimizer.Init(few).ToState();
        for (int step = 0; step < 4; step++) state = optimizer.Step(few, few, state).State;
        (OptimizerState<double> continued, ContinuationReport report) = optimizer.Continue(state, more);
        Assert.Equal(
            [("matrix", true), ("vector", true), ("late", false), ("late matrix", false)],
            report.Rows.Select(row => (row.Leaf, row.Kept)));
        Assert.True(state["v"].AsSpan("vector").SequenceEqual(continued["v"].AsSpan("vector")));
        OptimizerState<double> next = optimizer.Step(more, more, continued).State,
            old = optimizer.Step(few, few, state).State;
        OptimizerState<double> first = optimizer.Step(more, more, optimizer.Init(more).ToState()).State;
        Assert.True(old["v"].AsSpan("vector").SequenceEqual(next["v"].AsSpan("vector")));
        Assert.True(old["row"].AsSpan("matrix").SequenceEqual(next["row"].AsSpan("matrix")));
        Assert.True(first["v"].AsSpan("late").SequenceEqual(next["v"].AsSpan("late")));
        Assert.True(first["row"].AsSpan("late matrix").SequenceEqual(next["row"].AsSpan("late matrix")));
        // Once more, after which the starts come from the state.
        OptimizerState<double> again = optimizer.Step(more, more, optimizer.Continue(next, more).State).State;
        Assert.Equal(optimizer.Step(more, more, next).State, again);
    }

    private static ParameterTree<T> Tree<T>(params (string Name, int[] Shape)[] leaves)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Laws.Trees.Random<T>(TreeLayout.Of(leaves), seed: 5);
}
