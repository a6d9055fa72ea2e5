using System.Numerics;
using Functional.Optim.Kernels;
using Functional.Optim.Laws;
using Functional.Optim.Tests.Kernels;
using Functional.Optim.Tests.Matrices;

namespace Functional.Optim.Tests.Laws;

/// <summary>
/// What is orthogonalized: how it turns with the gradient, how long it is, and what happens at the edges. Some set the
/// thread limit.
/// </summary>
[Collection(ThreadLimit.Name)]
public class MuonLaws
{
    public static TheoryData<NewtonSchulzVariant> Variants => [.. Enum.GetValues<NewtonSchulzVariant>()];

    public static TheoryData<int, int> Shapes =>
        new() { { 1, 1 }, { 1, 9 }, { 9, 1 }, { 4, 4 }, { 7, 3 }, { 3, 7 }, { 33, 20 }, { 20, 65 } };

    [Fact]
    public void The_update_does_not_change_with_the_scale_of_the_gradient()
    {
        ParameterTree<float> once = After<float>(Muon.Of(0.1), 1);
        foreach (int power in (int[])[-12, -3, 1, 20, 60])
            Assert.Equal(once, After<float>(Muon.Of(0.1), Math.Pow(2, power)));
        double[] expected = After<double>(Muon.Of(0.1), 1).AsSpan("w").ToArray(),
            scaled = After<double>(Muon.Of(0.1), 1e3).AsSpan("w").ToArray();
        Assert.Equal(expected, scaled, Near(1e-13));

        static ParameterTree<T> After<T>(Optimizer optimizer, double scale)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            ParameterTree<T> parameters = Tree<T>(DenseMatrix.Random(6, 9, 1));
            OptimizerState<T> state = optimizer.Init(parameters);
            for (ulong step = 1; step <= 4; step++)
                (parameters, state) =
                    optimizer.Step(parameters, Tree<T>(scale * DenseMatrix.Random(6, 9, step + 1)), state);
            return parameters;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_update_turns_with_the_gradient_and_is_transposed_with_it(int rows, int columns)
    {
        DenseMatrix gradient = DenseMatrix.Random(rows, columns, 5);
        DenseMatrix left = DenseMatrix.Orthogonal(rows, 6), right = DenseMatrix.Orthogonal(columns, 7);
        foreach (NewtonSchulzVariant variant in Enum.GetValues<NewtonSchulzVariant>())
        {
            DenseMatrix plain = Of(variant, gradient);
            Assert.Equal((left * plain * right).Values, Of(variant, left * gradient * right).Values, Near(1e-11));
            Assert.Equal(plain.Transposed.Values, Of(variant, gradient.Transposed).Values, Near(1e-13));
        }
    }

    /// <summary>
    /// Each is the polynomials of the old one over the divisor, and none of more than 1/100 of the norm is outside of
    /// the band.
    /// </summary>
    [Theory]
    [MemberData(nameof(Variants))]
    public void Singular_values_are_where_the_polynomials_put_them(NewtonSchulzVariant variant)
    {
        (double least, double most) = variant switch
        {
            NewtonSchulzVariant.PolarExpress => (0.85, 1.15),
            NewtonSchulzVariant.Dion => (0.97, 1.04), _ => (0.68, 1.14),
        };
        Orthogonalize part = Orthogonalize.Of(variant);
        foreach ((int rows, int columns) in ((int, int)[])[(1, 1), (1, 9), (12, 5), (5, 12), (24, 24), (40, 60)])
        {
            DenseMatrix gradient = DenseMatrix.Random(rows, columns, 8);
            double[] before = gradient.SingularValues(), after = Of(variant, gradient).SingularValues();
            double divisor = part.AddsEpsilon
                ? (part.Safety * gradient.Norm) + part.Epsilon
                : part.Safety * gradient.Norm;
            IEnumerable<double> expected = before.Select(value => Enumerable.Range(0, part.Steps).Aggregate(
                value / divisor, (at, step) => part.Polynomials[Math.Min(step, part.Polynomials.Length - 1)].At(at)));
            Assert.Equal([.. expected.OrderDescending()], after, Near(1e-11));
            int large = before.Count(value => value >= 0.01 * gradient.Norm);
            Assert.True(large > before.Length / 2);
            Assert.All(after[..large], value => Assert.InRange(value, least, most));
        }
    }

    [Fact]
    public void A_polynomial_that_converges_ends_at_an_orthogonal_matrix()
    {
        Orthogonalize part = Orthogonalize.Of(steps: 40) with { Polynomials = [new Quintic(1.875, -1.25, 0.375)] };
        DenseMatrix orthogonal = Of(part, DenseMatrix.Random(5, 9, 3)), product = orthogonal * orthogonal.Transposed;
        Assert.Equal(DenseMatrix.Of(5, 5, (row, column) => row == column ? 1 : 0).Values, product.Values, Near(1e-13));
    }

    [Fact]
    public void The_scale_is_that_of_the_shape()
    {
        foreach ((int rows, int columns) in ((int, int)[])[(8, 2), (2, 8), (3, 3)])
        {
            DenseMatrix gradient = DenseMatrix.Random(rows, columns, 4), plain = Of(Orthogonalize.Of(), gradient);
            foreach ((MatrixScale scale, double factor) in ((MatrixScale, double)[])
                [(MatrixScale.Original, rows == 8 ? 2 : 1),
                    (MatrixScale.MatchRms, 0.2 * Math.Sqrt(Math.Max(rows, columns))),
                 (MatrixScale.Spectral, rows == 8 ? 2 : rows == 2 ? 0.5 : 1)])
            {
                Assert.Equal((factor * plain).Values, Of(Orthogonalize.Of(scale: scale), gradient).Values, Near(1e-14));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void A_gradient_of_zeros_makes_no_update(NewtonSchulzVariant variant)
    {
        foreach (Orthogonalize part in (Orthogonalize[])[Orthogonalize.Of(variant),
            Orthogonalize.Of(variant) with { Epsilon = 0 }])
            Assert.All(Of(part, DenseMatrix.Of(3, 5, (_, _) => 0)).Values, value => Assert.Equal(0, value));
        Muon muon = Muon.Of(0.5, variant: variant, weightDecay: 0.5);
        ParameterTree<float> parameters = ParameterTree.Of(Leaf.Of("w", [2, 2], [4f, -8, 16, 0]));
        Assert.Equal([3f, -6, 12, 0], muon.Step(parameters, parameters.Layout.Zeros<float>(), muon.Init(parameters))
            .Parameters.AsSpan("w").ToArray());
    }

    [Fact]
    public void One_row_or_one_element_keeps_its_direction()
    {
        double length = Orthogonalize.Of().Polynomials[0].At(1);
        for (int step = 1; step < 5; step++) length = Orthogonalize.Of().Polynomials[0].At(length);
        Assert.Equal([-length * 0.6, length * 0.8], Of(Orthogonalize.Of(), new(1, 2, [-3, 4])).Values, Near(1e-14));
        Assert.Equal([-length * 0.6, length * 0.8], Of(Orthogonalize.Of(), new(2, 1, [-3, 4])).Values, Near(1e-14));
        Assert.Equal([-length], Of(Orthogonalize.Of(), new(1, 1, [-3])).Values, Near(1e-14));
    }

    [Fact]
    public void Numbers_at_the_ends_of_the_range_are_as_good_as_others_and_a_NaN_stays_in_its_leaf()
    {
        DenseMatrix plain = DenseMatrix.Random(4, 6, 9);
        Orthogonalize part = Orthogonalize.Of() with { Epsilon = 0 };
        double[] expected = Of(part, plain).Values;
        foreach (double scale in (double[])[1e-300, 1e-160, 1e160, 5e307])
            Assert.Equal(expected, Of(part, scale * plain).Values, Near(1e-12));
        float[] huge = Array.ConvertAll(plain.Values, value => (float)(value * 1e38));
        ParameterTree<float> gradients = ParameterTree.Of(
            Leaf.Of("first", [4, 6], huge), Leaf.Of("none", [2, 2], [1f, float.NaN, 2, 3]),
            Leaf.Of("infinite", [2, 2], [1f, 2, float.PositiveInfinity, 3]),
            Leaf.Of("last", [4, 6], huge));
        ParameterTree<float> zeros = gradients.Layout.Zeros<float>(),
            moved = part.Step(zeros, gradients, part.Init(zeros)).Parameters;
        foreach (string leaf in (string[])["first", "last"])
            Assert.Equal(expected, Array.ConvertAll(moved.AsSpan(leaf).ToArray(), value => -(double)value), Near(1e-4));
        foreach (string leaf in (string[])["none", "infinite"])
            Assert.All(moved.AsSpan(leaf).ToArray(), value => Assert.Equal(float.NaN, value));
    }

    [Fact]
    public void A_filter_is_a_matrix_of_its_outputs_and_all_else()
    {
        DenseMatrix gradient = DenseMatrix.Random(4, 18, 2);
        ParameterTree<double> matrix = Tree<double>(gradient),
            filters = ParameterTree.Of(Leaf.Of("w", [4, 2, 3, 3], gradient.Values));
        Muon muon = Muon.Of(0.1, scale: MatrixScale.MatchRms);
        Assert.Equal(
            muon.Step(matrix, matrix, muon.Init(matrix)).Parameters.AsSpan("w").ToArray(),
            muon.Step(filters, filters, muon.Init(filters)).Parameters.AsSpan("w").ToArray());
    }

    [Fact]
    public void A_vector_is_refused_before_anything_starts_unless_it_is_frozen_or_empty()
    {
        ParameterTree<float> parameters =
            ParameterTree.Of(Leaf.Of("w", [2, 2], [1f, 2, 3, 4]), Leaf.Of("bias", [2], [1f, 2]));
        const string message =
            "muon(learningRate=0.02): bias[2] has rank 1; what is orthogonalized is a matrix, of rank 2 or more. "
            + "Give it to another optimizer, as partition(matrices=…, all=adamW(learningRate=0.0003)) does; "
            + "in C#, Partition.Of((LeafFilter.Matrices, optimizer), (LeafFilter.All, AdamW.Of(3e-4))).";
        Optimizer muon = Muon.Of(0.02);
        Assert.Equal(message, Assert.ThrowsAny<ArgumentException>(() => muon.Init(parameters)).Message);
        Assert.Equal(message, Assert.ThrowsAny<ArgumentException>(() => Accumulate.Of(2, muon).Init(parameters))
            .Message);
        Assert.StartsWith("muon(learningRate=0.02): scalar[] has rank 0;", Assert.ThrowsAny<ArgumentException>(
            () => muon.Init(ParameterTree.Of(Leaf.Of("scalar", [], [1f])))).Message, StringComparison.Ordinal);
        Assert.StartsWith("mars(learningRate=0.1, kind=Shampoo): bias[2] ", Assert.ThrowsAny<ArgumentException>(
            () => Mars.Of(0.1, MarsKind.Shampoo).Init(parameters)).Message, StringComparison.Ordinal);
        Optimizer frozen = muon.WithGroups(LeafGroup.Frozen("bias", leaf => leaf.Rank == 1));
        Assert.Equal([1f, 2], frozen.Step(parameters, parameters, frozen.Init(parameters)).Parameters.AsSpan("bias")
            .ToArray());
        ParameterTree<float> empty =
            ParameterTree.Of(Leaf.Of("w", [0, 3], Array.Empty<float>()), Leaf.Of("bias", [0], Array.Empty<float>()));
        Assert.Equal(1, muon.Step(empty, empty, muon.Init(empty)).State.Step);
    }

    [Fact]
    public void In_a_partition_each_leaf_has_the_state_of_its_own_optimizer_only()
    {
        Partition optimizer = Partition.Of(
            new Partition.Rule("matrices", leaf => leaf.Rank == 2, Muon.Of(0.02)),
            new Partition.Rule("rest", _ => true, AdamW.Of(3e-4)));
        ParameterTree<float> parameters = ParameterTree.Of(
            Leaf.Of("w", [32, 64], new float[32 * 64]), Leaf.Of("v", [64, 32], new float[64 * 32]),
            Leaf.Of("bias", [64], new float[64]));
        OptimizerState<float> state = optimizer.Init(parameters);
        Assert.Equal(["matrices/mean", "rest/m", "rest/v"], state.SlotNames.AsEnumerable());
        Assert.Equal((4 * 4096L, 4 * 64L, 4 * 64L), (state.BytesOf(0), state.BytesOf(1), state.BytesOf(2)));
        Assert.Equal("matrices/ema(mean), rest/adam(m, v)", state.Identity);
        (_, state) = optimizer.Step(parameters, parameters, state);
        Assert.Equal(["w", "v"], MuonState<float>.From(state).Momentum.Layout.Leaves.Select(leaf => leaf.Name));
        Assert.Equal(["bias"], AdamState<float>.From(state).M.Layout.Leaves.Select(leaf => leaf.Name));
    }

    [Fact]
    public void A_typed_state_is_the_untyped_one_with_its_names()
    {
        Muon muon = Muon.Of(0.1);
        ParameterTree<float> parameters = Tree<float>(DenseMatrix.Random(3, 5, 1));
        (ParameterTree<float> moved, MuonState<float> typed) = muon.Step(parameters, parameters, muon.Init(parameters));
        (ParameterTree<float> same, OptimizerState<float> untyped) =
            ((Optimizer)muon).Step(parameters, parameters, ((Optimizer)muon).Init(parameters));
        Assert.Equal((same, untyped), (moved, typed.ToState()));
        Assert.Equal(untyped["mean"], typed.Momentum);
        Assert.Equal(typed, new MuonState<float>(0, parameters) with { Step = typed.Step, Momentum = typed.Momentum });
    }

    /// <summary>Matrices large enough for products on several threads.</summary>
    [Fact]
    public void A_step_of_large_matrices_has_the_same_bits_on_any_threads_and_allocates_nothing()
    {
        (int Rows, int Columns)[] shapes = [(150, 100), (97, 130), (64, 1)];
        ParameterTree<float> start = ParameterTree.Of([.. shapes.Select((shape, index) => Leaf.Of(
            $"w{index}", [shape.Rows, shape.Columns],
            Array.ConvertAll(
                DenseMatrix.Random(shape.Rows, shape.Columns, (ulong)index).Values, value => (float)value)))]);
        Muon muon = Muon.Of(0.1);
        (ParameterTree<float> parameters, MuonState<float> state) = (start, muon.Init(start));
        ParameterTree<float> expected = ThreadLimit.With(1, Run);
        foreach (int threads in (int[])[2, 3, 8]) Assert.Equal(expected, ThreadLimit.With(threads, Run));
        (parameters, state) = (start.Copy(), muon.Init(start));
        Assert.Equal(0, ThreadLimit.With(1, () => SteadyAllocation.Of(_ => Step(), warm: 10, turns: 5)));

        ParameterTree<float> Run()
        {
            (parameters, state) = (start.Copy(), muon.Init(start));
            for (int step = 0; step < 3; step++) Step();
            return parameters;
        }

        void Step() => (parameters, state) = muon.StepDonating(parameters, start.Copy(), state);
    }

    [Fact]
    public void The_coefficients_and_the_variant_are_options_of_a_text()
    {
        Assert.Equal(
            Muon.Of(0.5, coefficients: [2, -1.5, 0.5], epsilon: 0),
            Optim.Catalogue.Build("muon(learningRate=0.5, coefficients=[2, -1.5, 0.5], epsilon=0)").OrThrow("text"));
        foreach (NewtonSchulzVariant variant in Enum.GetValues<NewtonSchulzVariant>())
        {
            foreach (Optimizer muon in (Optimizer[])[Muon.Of(1, variant: variant),
                NorMuon.Of(1, variant: variant, epsilon: 1e-8), Orthogonalize.Of(variant, 9),
                Muon.Of(1, variant: variant, coefficients: [3, -4, 2, 1.5, -0.5, 0])])
                Assert.Equal(muon, Optim.Catalogue.Build($"{muon}").OrThrow($"{muon}"));
        }
    }

    /// <summary>The first mean of a row is of the row itself, and the norm of the whole is what it was.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_first_update_of_NorMuon_has_rows_of_one_length(int rows, int columns)
    {
        DenseMatrix gradient = DenseMatrix.Random(rows, columns, 3);
        ParameterTree<double> gradients = Tree<double>(gradient), zeros = gradients.Layout.Zeros<double>();
        NorMuon normuon = NorMuon.Of(1, scale: MatrixScale.None);
        (ParameterTree<double> moved, NorMuonState<double> state) =
            normuon.Step(zeros, gradients, normuon.Init(zeros));
        double expected = Of(normuon.Orthogonalization, gradient).Norm / Math.Sqrt(rows);
        foreach (double[] row in moved.AsSpan("w").ToArray().Chunk(columns))
            Assert.Equal(expected, Math.Sqrt(row.Sum(value => value * value)), 1e-6);
        Assert.Equal([rows], state.V.Layout.Leaves[0].Shape.AsEnumerable());
        Assert.Equal(state, new NorMuonState<double>(0, state.Momentum, zeros) with { Step = 1, V = state.V });
    }

    [Fact]
    public void NorMuon_takes_zeros_one_row_and_a_NaN_and_refuses_a_vector()
    {
        NorMuon normuon = NorMuon.Of(0.5, nesterov: true);
        ParameterTree<float> parameters = ParameterTree.Of(
            Leaf.Of("zeros", [2, 2], [1f, 2, 3, 4]), Leaf.Of("row", [1, 3], [1f, 2, 3]),
            Leaf.Of("zero row", [2, 2], [1f, 2, 3, 4]), Leaf.Of("spoiled", [2, 2], [1f, 2, 3, 4]),
            Leaf.Of("none", [0, 3], Array.Empty<float>()));
        ParameterTree<float> gradients = ParameterTree.Of(
            Leaf.Of("zeros", [2, 2], new float[4]), Leaf.Of("row", [1, 3], [1f, 0, -1]),
            Leaf.Of("zero row", [2, 2], [1f, -2, 0, 0]), Leaf.Of("spoiled", [2, 2], [1f, float.NaN, 0, 0]),
            Leaf.Of("none", [0, 3], Array.Empty<float>()));
        normuon = normuon with { WeightDecay = 0 };
        (ParameterTree<float> moved, NorMuonState<float> state) =
            normuon.Step(parameters, gradients, normuon.Init(parameters));
        (moved, _) = normuon.Step(moved, gradients, state);
        Assert.True(parameters.AsSpan("zeros").SequenceEqual(moved.AsSpan("zeros")));
        Assert.True(parameters.AsSpan("zero row")[2..].SequenceEqual(moved.AsSpan("zero row")[2..]));
        Assert.All(moved.AsSpan("spoiled").ToArray(), value => Assert.Equal(float.NaN, value));
        foreach (string leaf in (string[])["row", "zero row"])
            Assert.All(moved.AsSpan(leaf).ToArray(), value => Assert.True(float.IsFinite(value)));
        Assert.True(moved.AsSpan("row")[0] < 1 && moved.AsSpan("row")[2] > 3 && moved.AsSpan("row")[1] == 2);
        Assert.StartsWith($"{normuon}: bias[2] has rank 1;", Assert.ThrowsAny<ArgumentException>(
            () => normuon.Init(ParameterTree.Of(Leaf.Of("bias", [2], [1f, 2])))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_that_cannot_be_are_named()
    {
        Assert.Equal(
            "Muon: momentum is 1; allowed is in [0, 1); steps is 4; allowed is 5 or more; weightDecay is -1; "
            + "allowed is finite and not negative.",
            Assert.ThrowsAny<ArgumentException>(
                () => Muon.Of(1, 1, variant: NewtonSchulzVariant.PolarExpress, steps: 4, weightDecay: -1)).Message);
        Assert.Equal("Orthogonalize: steps is 0; allowed is 1 or more.", Assert.ThrowsAny<ArgumentException>(
            () => Orthogonalize.Of(steps: 0)).Message);
        Assert.Equal(
            "Polynomials is []; allowed are one or more, finite.",
            Assert.ThrowsAny<ArgumentException>(() => Orthogonalize.Of() with { Polynomials = [] }).Message);
        Assert.Equal(
            "Polynomials is [1·σ + NaN·σ³ + 0·σ⁵]; allowed are one or more, finite.",
            Assert.ThrowsAny<ArgumentException>(
                () => Orthogonalize.Of() with { Polynomials = [new Quintic(1, double.NaN, 0)] }).Message);
        Assert.ThrowsAny<ArgumentException>(() => Orthogonalize.Of() with { Steps = 0 });
        Assert.ThrowsAny<ArgumentException>(() => Orthogonalize.Of() with { Safety = 0 });
        Assert.ThrowsAny<ArgumentException>(() => Orthogonalize.Of() with { Epsilon = -1 });
        Assert.ThrowsAny<ArgumentException>(() => Orthogonalize.Of() with { Scale = (MatrixScale)9 });
        Assert.Throws<ArgumentNullException>(() => Muon.Of(1) with { Orthogonalization = null! });
        Assert.NotEqual(Orthogonalize.Of(), Orthogonalize.Of(NewtonSchulzVariant.Dion));
        Assert.Equal(Orthogonalize.Of(), Orthogonalize.Of() with { Polynomials = [.. Orthogonalize.Of().Polynomials] });
    }

    private static DenseMatrix Of(NewtonSchulzVariant variant, DenseMatrix gradient) =>
        Of(Orthogonalize.Of(variant), gradient);

    private static DenseMatrix Of(Orthogonalize part, DenseMatrix gradient)
    {
        ParameterTree<double> gradients = Tree<double>(gradient), zeros = gradients.Layout.Zeros<double>();
        return gradient with
        {
            Values = Array.ConvertAll(
                part.Step(zeros, gradients, part.Init(zeros)).Parameters.AsSpan("w").ToArray(), value => -value)
        };
    }

    private static ParameterTree<T> Tree<T>(DenseMatrix matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        ParameterTree.Of(
            Leaf.Of("w", [matrix.Rows, matrix.Columns], Array.ConvertAll(matrix.Values, T.CreateTruncating)));

    private static Func<double, double, bool> Near(double tolerance) => (left, right) =>
        Math.Abs(left - right) <= tolerance;
}
