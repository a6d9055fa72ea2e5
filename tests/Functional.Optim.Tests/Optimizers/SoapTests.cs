using System.Numerics;
using Functional.Optim.Kernels;
using Functional.Optim.Laws;
using Functional.Optim.Tests.Kernels;
using Functional.Optim.Tests.Matrices;

namespace Functional.Optim.Tests.Optimizers;

/// <summary>SOAP without bases, how it turns with them, and what they are at the edges.</summary>
[Collection(ThreadLimit.Name)]
public class SoapTests
{
    private const int Steps = 12;

    private static readonly (string Name, int[] Shape)[] Shapes =
        [("matrix", [4, 6]), ("filters", [2, 3, 2]), ("row", [1, 5]), ("one", [1, 1]), ("vector", [7]), ("scalar", [])];

    /// <summary>Without ε, which stands elsewhere.</summary>
    [Fact]
    public void With_the_identity_for_a_basis_it_is_Adam_an_update_later()
    {
        ParameterTree<double> start = Tree<double>(0);
        Soap soap = Soap.Of(0.1, 0.8, 0.9, epsilon: 0, frequency: 1000, weightDecay: 0);
        (ParameterTree<double> parameters, SoapState<double> state) =
            soap.Step(start, Tree<double>(1), soap.Init(start));
        Assert.Equal(start, parameters);
        state = state with { Basis = Identities(state.Basis) };
        Soap without = soap with { MaxSize = 1 };
        (ParameterTree<double> plain, SoapState<double> plainState) =
            without.Step(start, Tree<double>(1), without.Init(start));
        Adam adam = Adam.Of(0.1, 0.8, 0.9, epsilon: 0);
        (ParameterTree<double> expected, AdamState<double> adams) = (start, adam.Init(start));
        for (ulong step = 2; step <= Steps; step++)
        {
            (parameters, state) = soap.Step(parameters, Tree<double>(step), state);
            (plain, plainState) = without.Step(plain, Tree<double>(step), plainState);
            (expected, adams) = adam.Step(expected, Tree<double>(step), adams);
            AssertNear(expected, parameters, 1e-13);
            AssertNear(expected, plain, 1e-13);
        }
    }

    [Fact]
    public void A_vector_follows_the_formula_of_Adam_with_epsilon_outside_and_the_decay_after_the_move()
    {
        Soap soap = Soap.Of(Schedule.Cosine(0.1, 20), 0.7, 0.8, epsilon: 0.1, weightDecay: 0.05);
        ParameterTree<double> parameters = Tree<double>(0);
        SoapState<double> state = soap.Init(parameters);
        double[] theta = parameters.AsSpan("vector").ToArray(), m = new double[7], v = new double[7];
        for (int t = 0; t < Steps; t++)
        {
            ParameterTree<double> gradients = Tree<double>((ulong)t + 1);
            (parameters, state) = soap.Step(parameters, gradients, state);
            double rate = Schedule.Cosine(0.1, 20).At(t + 1);
            for (int index = 0; index < 7 && t > 0; index++)
            {
                double g = gradients.AsSpan("vector")[index];
                m[index] = (0.7 * m[index]) + (0.3 * g);
                v[index] = (0.8 * v[index]) + (0.2 * g * g);
                double correction = Math.Sqrt(1 - Math.Pow(0.8, t)) / (1 - Math.Pow(0.7, t));
                theta[index] -= rate * correction * m[index] / (Math.Sqrt(v[index]) + 0.1);
                theta[index] -= rate * 0.05 * theta[index];
            }

            Assert.Equal(theta, parameters.AsSpan("vector").ToArray(), (left, right) => Math.Abs(left - right) < 1e-14);
        }
    }

    /// <summary>The basis turns with the gradient, so the update does; the gradients are of full rank.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_update_turns_with_the_gradient(long frequency)
    {
        Soap soap = Soap.Of(0.1, 0.8, 0.9, frequency: frequency, weightDecay: 0);
        DenseMatrix left = DenseMatrix.Orthogonal(6, 1), right = DenseMatrix.Orthogonal(6, 2);
        ParameterTree<double> plain = Matrix(DenseMatrix.Of(6, 6, (_, _) => 0)), turned = plain;
        SoapState<double> plainState = soap.Init(plain), turnedState = soap.Init(plain);
        for (ulong step = 1; step <= Steps; step++)
        {
            DenseMatrix gradient = DenseMatrix.Random(6, 6, step);
            (plain, plainState) = soap.Step(plain, Matrix(gradient), plainState);
            (turned, turnedState) = soap.Step(turned, Matrix(left * gradient * right), turnedState);
            DenseMatrix expected = left * new DenseMatrix(6, 6, plain.AsSpan("w").ToArray()) * right;
            Assert.Equal(
                expected.Values, turned.AsSpan("w").ToArray(), (one, other) => Math.Abs(one - other) < 1e-9);
        }

        Assert.True(plain.AsSpan("w").ContainsAnyExcept(0));
    }

    /// <summary>The dimensions of a filter: a leaf whose matrices turn each by themselves turns as a whole.</summary>
    [Fact]
    public void Each_dimension_of_a_leaf_has_its_basis()
    {
        Soap soap = Soap.Of(0.1, 0.8, 0.9, frequency: 2, weightDecay: 0);
        DenseMatrix middle = DenseMatrix.Orthogonal(3, 5);
        ParameterTree<double> plain = Cube(new double[27]), turned = plain;
        SoapState<double> plainState = soap.Init(plain), turnedState = soap.Init(plain);
        for (ulong step = 1; step <= Steps; step++)
        {
            double[] gradient = DenseMatrix.Random(9, 3, step).Values;
            (plain, plainState) = soap.Step(plain, Cube(gradient), plainState);
            (turned, turnedState) = soap.Step(turned, Cube(Turn(gradient)), turnedState);
            Assert.Equal(
                Turn(plain.AsSpan("w").ToArray()), turned.AsSpan("w").ToArray(),
                (one, other) => Math.Abs(one - other) < 1e-9);
        }

        Assert.Equal(3 * 9, plainState.Basis.Layout.ParameterCount);
        foreach (double[] basis in plainState.Basis.AsSpan("w").ToArray().Chunk(9))
        {
            DenseMatrix matrix = new(3, 3, basis), product = matrix.Transposed * matrix;
            Assert.Equal(
                DenseMatrix.Of(3, 3, (row, column) => row == column ? 1 : 0).Values, product.Values,
                (one, other) => Math.Abs(one - other) < 1e-14);
        }

        double[] Turn(double[] cube) =>
            [.. cube.Chunk(9).SelectMany(values => (middle * new DenseMatrix(3, 3, values)).Values)];
        static ParameterTree<double> Cube(double[] values) => ParameterTree.Of(Leaf.Of("w", [3, 3, 3], values));
    }

    [Theory]
    [InlineData(new[] { 2, 3, 4 }, 6, new[] { 6, 4 })]
    [InlineData(new[] { 2, 3, 4 }, 24, new[] { 24 })]
    [InlineData(new[] { 7, 3, 2 }, 6, new[] { 7, 6 })]
    [InlineData(new[] { 1, 9 }, 4, new[] { 9 })]
    [InlineData(new[] { 3, 1, 1, 2 }, 2, new[] { 3, 2 })]
    public void Merged_dimensions_are_those_of_a_leaf_of_that_shape(int[] shape, int maxSize, int[] merged)
    {
        Soap soap = Soap.Of(0.1, maxSize: maxSize, frequency: 2, vectorBases: true);
        Assert.Equal(After(merged, soap), After(shape, soap with { MergeDimensions = true }));

        static double[] After(int[] shape, Soap soap)
        {
            int length = shape.Aggregate(1, (product, size) => product * size);
            ParameterTree<double> parameters = Of(0);
            SoapState<double> state = soap.Init(parameters);
            for (ulong step = 1; step <= Steps; step++) (parameters, state) = soap.Step(parameters, Of(step), state);
            return parameters.AsSpan("w").ToArray();

            ParameterTree<double> Of(ulong seed) =>
                ParameterTree.Of(Leaf.Of("w", shape, DenseMatrix.Random(1, length, seed).Values));
        }
    }

    [Fact]
    public void The_state_of_a_matrix_is_two_moments_and_two_matrices_of_each_side()
    {
        ParameterTree<float> parameters = ParameterTree.Of(
            Leaf.Of("matrix", [16, 32], new float[512]), Leaf.Of("wide", [16, 48], new float[768]),
            Leaf.Of("vector", [32], new float[32]), Leaf.Of<float>("none", [0, 3], []));
        SoapState<float> state = Soap.Of(1, maxSize: 32).Init(parameters);
        Assert.Equal(512 + 768 + 32, state.M.Layout.ParameterCount);
        Assert.Equal(["matrix", "wide"], state.Gram.Layout.Leaves.Select(leaf => leaf.Name));
        Assert.Equal([(16 * 16) + (32 * 32), 16 * 16], state.Basis.Layout.Leaves.Select(leaf => leaf.Length));
        Assert.Equal(
            sizeof(float) * ((2 * 512) + (2 * 16 * 16) + (2 * 32 * 32)),
            Soap.Of(1).Init(ParameterTree.Of(Leaf.Of("matrix", [16, 32], new float[512]))).ToState().ByteCount);
        Assert.Equal(
            ["vector"],
            Soap.Of(1, maxSize: 32, vectorBases: true).Init(parameters).Gram.Layout.Leaves
                .Select(leaf => leaf.Name).Except(["matrix", "wide"]));
    }

    [Fact]
    public void A_typed_state_is_the_untyped_one_with_its_names()
    {
        Soap soap = Soap.Of(0.1);
        ParameterTree<float> parameters = Tree<float>(0);
        (ParameterTree<float> moved, SoapState<float> typed) =
            soap.Step(parameters, Tree<float>(1), soap.Init(parameters));
        (ParameterTree<float> same, OptimizerState<float> untyped) =
            ((Optimizer)soap).Step(parameters, Tree<float>(1), ((Optimizer)soap).Init(parameters));
        Assert.Equal((same, untyped), (moved, typed.ToState()));
        Assert.Equal((untyped["m"], untyped["v"]), (typed.M, typed.V));
        Assert.Equal((untyped["gram"], untyped["basis"]), (typed.Gram, typed.Basis));
        Assert.Equal(typed, new SoapState<float>(1, typed.M, typed.V, typed.Gram, typed.Basis));
        Assert.Equal(
            typed,
            soap.Init(parameters) with
            {
                Step = 1, M = typed.M, V = typed.V, Gram = typed.Gram, Basis = typed.Basis,
            });
    }

    [Fact]
    public void What_never_had_a_gradient_does_not_move_and_starts_when_it_has_one()
    {
        foreach (Soap soap in (Soap[])[Soap.Of(0.1, frequency: 1, weightDecay: 0),
            Soap.Of(0.1, epsilon: 0, frequency: 1, weightDecay: 0, normalize: true)])
        {
            ParameterTree<double> start = Tree<double>(0), parameters = start;
            SoapState<double> state = soap.Init(start);
            for (int step = 0; step < 4; step++)
                (parameters, state) = soap.Step(parameters, start.Layout.Zeros<double>(), state);
            Assert.Equal(start, parameters);
            Assert.Equal(Identities(state.Basis), state.Basis);
            for (ulong step = 1; step < 5; step++)
                (parameters, state) = soap.Step(parameters, Tree<double>(step), state);
            Assert.Null(parameters.FirstNonFiniteLeaf());
            foreach (Leaf leaf in start.Layout.Leaves)
                Assert.False(parameters.AsSpan(leaf).SequenceEqual(start.AsSpan(leaf)));
        }
    }

    /// <summary>The first update does not move a leaf, but does not hide a NaN either.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_gradient_that_is_not_a_number_spoils_its_leaf_and_no_other(int when)
    {
        Soap soap = Soap.Of(0.1, frequency: 1);
        ParameterTree<double> sound = Tree<double>(0), spoiled = sound, start = sound;
        SoapState<double> soundState = soap.Init(sound), spoiledState = soap.Init(sound);
        for (int step = 1; step <= 4; step++)
        {
            ParameterTree<double> gradients = Tree<double>((ulong)step);
            (sound, soundState) = soap.Step(sound, gradients, soundState);
            (spoiled, spoiledState) = soap.Step(spoiled, step == when ? Spoil(gradients) : gradients, spoiledState);
        }

        foreach (Leaf leaf in start.Layout.Leaves)
        {
            if (leaf.Name == "matrix")
                Assert.Contains(spoiled.AsSpan(leaf).ToArray(), double.IsNaN);
            else
                Assert.True(sound.AsSpan(leaf).SequenceEqual(spoiled.AsSpan(leaf)), leaf.Name);
        }

        // No decomposition of it: the basis stays.
        Assert.Contains(spoiledState.Gram.AsSpan("matrix").ToArray(), double.IsNaN);
        Assert.DoesNotContain(spoiledState.Basis.AsSpan("matrix").ToArray(), double.IsNaN);

        static ParameterTree<double> Spoil(ParameterTree<double> tree) => ParameterTree.Of(
        [
            .. tree.Layout.Leaves.Select(leaf => Leaf.Of(
                leaf.Name, leaf.Shape.AsSpan(),
                [.. tree.AsSpan(leaf).ToArray().Select((value, index) =>
                    leaf.Name == "matrix" && index == 3 ? double.NaN : value)])),
        ]);
    }

    /// <summary>A power of two changes neither a basis nor, without ε, an update.</summary>
    [Fact]
    public void Numbers_at_the_ends_of_the_range_are_as_good_as_others()
    {
        Soap soap = Soap.Of(0.1, epsilon: 0, frequency: 2, weightDecay: 0);
        ParameterTree<double> expected = After<double>(1);
        foreach (double scale in (double[])[Math.Pow(2, 500), Math.Pow(2, -400), Math.Pow(2, 60)])
            AssertNear(expected, After<double>(scale), 1e-12);
        foreach (float scale in (float[])[1e30f, 1e-30f, 1e-44f])
            Assert.Null(After<float>(scale).FirstNonFiniteLeaf());

        ParameterTree<T> After<T>(double scale)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            ParameterTree<T> parameters = Tree<T>(0);
            SoapState<T> state = soap.Init(parameters);
            for (ulong step = 1; step <= 6; step++)
            {
                ParameterTree<T> gradients = Tree<T>(step)
                    .Select(value => T.CreateTruncating(scale * double.CreateTruncating(value)));
                (parameters, state) = soap.Step(parameters, gradients, state);
            }

            return parameters;
        }
    }

    [Fact]
    public void A_basis_stays_orthogonal_where_a_matrix_is_singular()
    {
        Soap soap = Soap.Of(0.1, frequency: 1);
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("w", [20, 3], new double[60]));
        SoapState<double> state = soap.Init(parameters);
        DenseMatrix gradient = DenseMatrix.Random(20, 3, 1);
        for (int step = 0; step < 30; step++)
        {
            (parameters, state) = soap.Step(
                parameters, ParameterTree.Of(Leaf.Of("w", [20, 3], gradient.Values)), state);
            DenseMatrix basis = new(20, 20, state.Basis.AsSpan("w")[..400].ToArray());
            Assert.Equal(
                DenseMatrix.Of(20, 20, (row, column) => row == column ? 1 : 0).Values,
                (basis.Transposed * basis).Values, (one, other) => Math.Abs(one - other) < 1e-13);
        }
    }

    /// <summary>
    /// Panels: of full rank, and of a rank in the middle of a panel; columns of zeros, or all but one, are refused.
    /// </summary>
    [Theory]
    [InlineData(100, 100, false, true)]
    [InlineData(150, 40, false, true)]
    [InlineData(97, 50, true, false)]
    [InlineData(130, 0, false, false)]
    [InlineData(160, 1, false, false)]
    public void Panels_make_the_orthogonal_factor_of_the_whole(int size, int rank, bool zeros, bool isMade)
    {
        double[] left = DenseMatrix.Random(size, Math.Max(rank, 1), 1).Values, columns = new double[size * size];
        for (int column = 0; column < size; column++)
        {
            for (int row = 0; row < size; row++)
            {
                bool isZero = rank == 0 || (zeros && (row % 3 == 0 || column % 3 == 0));
                for (int inner = 0; inner < rank && !isZero; inner++)
                {
                    columns[(column * size) + row] += left[(row * rank) + inner] * left[(column * rank) + inner]
                        * Math.Exp(-column);
                }
            }
        }

        double[] orthogonal = [.. columns];
        Assert.Equal(isMade, PanelQr.TryOrthogonalize<double>(orthogonal, size, new double[size * size]));
        if (!isMade) return;
        DenseMatrix transposed = new(size, size, orthogonal);
        Assert.Equal(
            DenseMatrix.Of(size, size, (row, column) => row == column ? 1 : 0).Values,
            (transposed * transposed.Transposed).Values, (one, other) => Math.Abs(one - other) < 1e-13);

        // R = Qᵀ·A is upper triangular: a column is made of the columns of Q up to its own.
        DenseMatrix triangle = transposed * new DenseMatrix(size, size, columns).Transposed;
        for (int row = 0; row < size; row++)
        {
            for (int column = 0; column < row; column++)
                Assert.InRange(Math.Abs(triangle[row, column]), 0, 1e-12 * size);
        }
    }

    [Fact]
    public void Steps_between_decompositions_allocate_nothing() =>
        OptimizerLaws.Allocation(Soap.Of(0.01, frequency: 1_000_000, maxSize: 100, mergeDimensions: true));

    /// <summary>Sides large enough for products on several threads.</summary>
    [Fact]
    public void The_bits_do_not_depend_on_the_number_of_threads()
    {
        ParameterTree<float> start = ParameterTree.Of(
            Leaf.Of("w", [150, 100], Array.ConvertAll(DenseMatrix.Random(150, 100, 1).Values, value => (float)value)));
        Soap soap = Soap.Of(0.01, frequency: 2);
        var expected = ThreadLimit.With(1, Run);
        foreach (int threads in (int[])[2, 7]) Assert.Equal(expected, ThreadLimit.With(threads, Run));

        (ParameterTree<float>, SoapState<float>) Run()
        {
            (ParameterTree<float> parameters, SoapState<float> state) = (start, soap.Init(start));
            for (int step = 0; step < 6; step++) (parameters, state) = soap.Step(parameters, start, state);
            return (parameters, state);
        }
    }

    /// <summary>A leaf that is added starts its bases at its own first update, and the others go on.</summary>
    [Fact]
    public void What_joins_later_is_counted_by_itself_and_the_rest_is_kept()
    {
        Soap soap = Soap.Of(0.1, frequency: 2, weightDecay: 0);
        DenseMatrix first = DenseMatrix.Random(4, 4, 1), second = DenseMatrix.Random(4, 4, 2);
        ParameterTree<double> few = Matrix(first);
        OptimizerState<double> state = soap.Init(few).ToState();
        for (int step = 0; step < 4; step++) (few, state) = soap.Step(few, Matrix(second), state);
        ParameterTree<double> more = Both(few.AsSpan("w").ToArray(), first.Values), alone = Matrix(first);
        OptimizerState<double> joined = soap.Continue(state, more).State, own = soap.Init(alone).ToState();
        for (int step = 0; step < 4; step++)
        {
            (few, state) = soap.Step(few, Matrix(second), state);
            (alone, own) = soap.Step(alone, Matrix(second), own);
            (more, joined) = soap.Step(more, Both(second.Values, second.Values), joined);
            Assert.True(few.AsSpan("w").SequenceEqual(more.AsSpan("w")));
            Assert.True(alone.AsSpan("w").SequenceEqual(more.AsSpan("late")));
        }

        static ParameterTree<double> Both(double[] old, double[] late) =>
            ParameterTree.Of(Leaf.Of("w", [4, 4], old), Leaf.Of("late", [4, 4], late));
    }

    private static ParameterTree<T> Tree<T>(ulong seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Laws.Trees.Random<T>(TreeLayout.Of(Shapes), (int)seed);

    private static ParameterTree<double> Matrix(DenseMatrix matrix) =>
        ParameterTree.Of(Leaf.Of("w", [matrix.Rows, matrix.Columns], matrix.Values));

    /// <summary>The identity for every basis of the leaves.</summary>
    private static ParameterTree<double> Identities(ParameterTree<double> bases) => ParameterTree.Of(
    [
        .. bases.Layout.Leaves.Select(leaf => Leaf.Of(
            leaf.Name, leaf.Shape.AsSpan(),
            Shapes.Single(own => own.Name == leaf.Name).Shape.SelectMany(size =>
                DenseMatrix.Of(size, size, (row, column) => row == column ? 1 : 0).Values).ToArray())),
    ]);

    private static void AssertNear(ParameterTree<double> expected, ParameterTree<double> actual, double tolerance)
    {
        foreach (Leaf leaf in expected.Layout.Leaves)
        {
            Assert.Equal(
                expected.AsSpan(leaf).ToArray(), actual.AsSpan(leaf).ToArray(),
                (left, right) => Math.Abs(left - right) <= tolerance);
        }
    }
}
