using Functional.Optim.Autodiff;
using Functional.Optim.Kernels;
using Functional.Optim.Laws;
using Functional.Optim.Tests.Kernels;

namespace Functional.Optim.Tests.Autodiff;

[Collection(ThreadLimit.Name)]
public class DifferentiateTests
{
    private static readonly SmallGpt Gpt = new(17, 24, 32, 4);

    private static readonly ParameterTree<double> Point = ParameterTree.Of(
        Leaf.Of("matrix", [3, 5], Sizes.Small(1).Numbers(1, 15)), Leaf.Of("row", [4], Sizes.Small(1).Numbers(2, 4)),
        Leaf.Of("cube", [2, 3, 4], Sizes.Small(1).Numbers(3, 24)), Leaf.Of("empty", [0, 5], Array.Empty<double>()),
        Leaf.Of("deep", [1, 1, 1, 1, 1], [1.0]));

    public static TheoryData<string, LossFunction<double>, string> Refusals => new()
    {
        { "Add", x => x["matrix"] + x["row"], "[3, 5] and [4]" },
        { "Subtract", x => x["row"] - x["matrix"], "[4] and [3, 5]" },
        { "Multiply", x => x["cube"] * x["matrix"], "[2, 3, 4] and [3, 5]" },
        { "Divide", x => x["matrix"] / x["cube"], "[3, 5] and [2, 3, 4]" },
        { "MatMul", x => x["cube"].MatMul(x["matrix"]), "[2, 3, 4] and [3, 5]" },
        { "MatMul by a vector", x => x["cube"].MatMul(x["row"]), "[2, 3, 4] and [4]" },
        { "MatMul of a scalar", x => x["row"].Sum().MatMul(x["matrix"]), "[] and [3, 5]" },
        { "MatMulTransposed", x => x["cube"].MatMulTransposed(x["matrix"]), "[2, 3, 4] and [3, 5]" },
        { "LayerNorm", x => x["matrix"].LayerNorm(x["row"]), "[3, 5] and [4]" },
        { "LayerNorm of a scalar", x => x["row"].Sum().LayerNorm(x["row"]), "[] and [4]" },
        { "LayerNorm, ε", x => x["row"].LayerNorm(x["row"], epsilon: 0), "positive" },
        { "Attention", x => x["matrix"].CausalAttention(1), "[3, 5]" },
        { "Attention heads", x => x["cube"].CausalAttention(2), "2 heads; [2, 3, 4]" },
        { "Attention without heads", x => x["cube"].CausalAttention(0), "0 heads" },
        { "Dropout", x => x["row"].Dropout(1, key: 0), "[0, 1)" },
        { "Dropout, NaN", x => x["row"].Dropout(double.NaN, key: 0), "[0, 1)" },
        { "MeanPool", x => x["matrix"].MeanPool(), "[3, 5]" },
        { "Mean", x => x["empty"].Mean(), "[0, 5]" },
        { "MeanSquaredError", x => x["matrix"].MeanSquaredError(x["row"]), "[3, 5] and [4]" },
        { "Reshape", x => x["matrix"].Reshape(new Shape(4, 4)), "[4, 4] has 16 elements; [3, 5] has 15" },
        { "Constant", x => x.Constant(new Shape(2, 2), [1, 2, 3]), "[2, 2] takes 4 elements; 3" },
        { "Embed, no table", x => x["cube"].Embed(Ids(0)), "[2, 3, 4]" },
        { "Embed, id too large", x => x["matrix"].Embed(Ids(0, 2, 3)), "ids[2] is 3; the table has rows 0 to 2" },
        { "Embed, id negative", x => x["matrix"].Embed(Ids(-1)), "ids[0] is -1" },
        { "CrossEntropy, rows", x => x["matrix"].CrossEntropy(Ids(0, 1)), "[3, 5] and 2 targets" },
        {
            "CrossEntropy, target too large",
            x => x["matrix"].CrossEntropy(Ids(0, 5, 1)),
            "targets[1] is 5; there are classes 0 to 4"
        },
        { "CrossEntropy, target negative", x => x["matrix"].CrossEntropy(Ids(0, 1, -7)), "targets[2] is -7" },
        { "CrossEntropy of a scalar", x => x["row"].Sum().CrossEntropy(Ids(0)), "[]" },
        { "no such parameter", x => x["matrices"], "No leaf is named 'matrices'; the tree has matrix, row" },
        { "a parameter of rank 5", x => x["deep"], "deep[1, 1, 1, 1, 1] has 5 dimensions" },
        { "a loss that is not a scalar", x => x["matrix"], "[3, 5]" },
        {
            "a variable of another computation",
            x => With(x, inner => x["row"].Sum() + inner["row"].Sum()),
            "another computation"
        },
        { "a loss of another computation", x => With(x, _ => x["row"].Sum()), "another computation" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Wrong_arguments_are_rejected_with_shape_index_and_value(
        string what, LossFunction<double> loss, string message)
    {
        Assert.NotEmpty(what);
        Assert.Contains(
            message,
            Assert.ThrowsAny<ArgumentException>(() => Differentiate.ValueAndGradient(loss, Point)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_of_a_computation_can_be_used_after_it()
    {
        Variable<double> kept = default;
        Variables<double> all = default;
        Assert.Contains(
            "default(Variable)",
            Assert.Throws<InvalidOperationException>(() => kept.Relu()).Message,
            StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => all["row"]);
        Differentiate.Value(x => (kept = (all = x)["row"]).Sum(), Point);
        Assert.Contains(
            "variable of shape [4]",
            Assert.Throws<InvalidOperationException>(() => kept.Relu()).Message,
            StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => kept.Value.Length);
        Assert.Throws<InvalidOperationException>(() => all["row"]);
        Assert.Throws<InvalidOperationException>(() => Differentiate.Value(x => x["row"].Sum() + kept.Sum(), Point));
        Assert.Throws<InvalidOperationException>(() => Differentiate.Value(_ => all["row"].Sum(), Point));
    }

    [Fact]
    public void A_failed_loss_does_not_harm_the_next()
    {
        var expected = Differentiate.ValueAndGradient(x => (x["matrix"] * x["matrix"]).Sum(), Point);
        Assert.Throws<NotSupportedException>(() => Differentiate.ValueAndGradient<double>(
            x => x["matrix"].Gelu().Shape.Rank > 0 ? throw new NotSupportedException() : default, Point));
        Assert.Equal(expected, Differentiate.ValueAndGradient(x => (x["matrix"] * x["matrix"]).Sum(), Point));
    }

    [Fact]
    public void Values_are_copied_and_a_destination_of_another_length_is_rejected()
    {
        double[] values = new double[12];
        Differentiate.Value(
            x => x["cube"].MatMul(x["row"].Reshape(new Shape(4, 1))).Relu(), Point, values.AsSpan(0, 6));
        Assert.True(values[..6].Sum() > 0);
        string message = Assert.ThrowsAny<ArgumentException>(
            () => Differentiate.Value(x => x["cube"].MeanPool(), Point, new double[12])).Message;
        Assert.Contains("[2, 4]", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_every_row_is_ignored_the_loss_and_the_gradient_are_zero()
    {
        (double loss, ParameterTree<double> gradients) = Differentiate.ValueAndGradient(
            x => x["matrix"].CrossEntropy(Ids(-1, -1, -1), ignore: -1), Point);
        Assert.Equal(0, loss);
        Assert.Equal(Point.Layout.Zeros<double>(), gradients);
    }

    [Fact]
    public void A_loss_that_is_a_parameter_or_a_constant_has_a_gradient_of_one_or_zero()
    {
        ParameterTree<double> point = ParameterTree.Of(Leaf.Of("x", [], [3.0]));
        Assert.Equal(
            (3, ParameterTree.Of(Leaf.Of("x", [], [1.0]))), Differentiate.ValueAndGradient(x => x["x"], point));
        Assert.Equal(
            (5, ParameterTree.Of(Leaf.Of("x", [], [0.0]))),
            Differentiate.ValueAndGradient(x => x.Constant(Shape.Scalar, [5]), point));
    }

    [Fact]
    public void Dropout_drops_its_fraction_and_keeps_the_mean()
    {
        ParameterTree<float> ones = ParameterTree.Of(Leaf.Of("x", [100_000], Enumerable.Repeat(1f, 100_000).ToArray()));
        float[] values = new float[100_000];
        Differentiate.Value(x => x["x"].Dropout(0.3, key: 1), ones, values);
        Assert.Equal(0.3, values.Count(value => value == 0) / 100_000.0, 0.01);
        Assert.All(values, value => Assert.True(value is 0 or (float)(1 / 0.7)));
        float[] others = new float[100_000];
        Differentiate.Value(x => x["x"].Dropout(0.3, key: 2), ones, others);
        Assert.NotEqual(values, others);
    }

    [Fact]
    public void Ids_may_change_after_the_lookup()
    {
        int[] ids = [0, 1];
        var expected = Differentiate.ValueAndGradient(
            x => (x["matrix"].Embed(ids) * x["matrix"].Embed(ids)).Sum(), Point);
        int[] scratch = [0, 1];
        Assert.Equal(expected, Differentiate.ValueAndGradient(
            x =>
            {
                Variable<double> loss = (x["matrix"].Embed(scratch) * x["matrix"].Embed(scratch)).Sum();
                scratch[0] = 1_000_000;
                return loss;
            },
            Point));
    }

    [Fact]
    public void A_loss_may_differentiate_another()
    {
        LossFunction<double> inner = x => (x["row"] * x["row"] * x["row"]).Sum();
        (double loss, ParameterTree<double> gradients) = Differentiate.ValueAndGradient(
            x =>
            {
                Variable<double> before = x["row"] * x["row"];
                ParameterTree<double> slope = Differentiate.ValueAndGradient(inner, Point).Gradients;
                return (before * x.Constant(new Shape(4), slope.AsSpan("row"))).Sum();
            },
            Point);
        double[] row = Point.AsSpan("row").ToArray();
        Assert.Equal(row.Sum(value => 3 * Math.Pow(value, 4)), loss, 1e-12);
        for (int index = 0; index < 4; index++)
            Assert.Equal(6 * Math.Pow(row[index], 3), gradients.AsSpan("row")[index], 1e-12);
    }

    [Fact]
    public void Several_threads_get_the_bits_of_one()
    {
        ParameterTree<float> parameters = Parameters();
        LossFunction<float> loss = Loss();
        var expected = Differentiate.ValueAndGradient(loss, parameters);
        Parallel.For(0, 24, _ => Assert.Equal(expected, Differentiate.ValueAndGradient(Loss(), parameters)));
    }

    [Fact]
    public void In_the_steady_state_nothing_is_allocated()
    {
        ParameterTree<float> parameters = Parameters();
        LossFunction<float> loss = Loss();
        LossFunction<float> withDropout = static x => x["0"].Dropout(0.5, key: 1).Gelu().Dropout(0.5, key: 2).Sum();
        long Allocated(params LossFunction<float>[] forms) => SteadyAllocation.Of(
            _ =>
            {
                foreach (LossFunction<float> form in forms)
                    Differentiate.ValueAndGradient(form, parameters).Gradients.Release();
            },
            warm: 3, turns: 3);

        Assert.Equal((0, 0), ThreadLimit.With(1, () => (Allocated(loss), Allocated(withDropout, loss))));
    }

    [Fact]
    public void AdamW_finds_the_weights_of_a_linear_model()
    {
        Sizes sizes = new(200, 3, 0, Seed: 1);
        double[] inputs = sizes.Numbers(0, 600), weights = [1.5, -2, 0.5];
        double[] targets =
        [
            .. Enumerable.Range(0, 200)
                .Select(row => 0.25 + weights.Select((weight, column) => weight * inputs[(row * 3) + column]).Sum()),
        ];
        LossFunction<double> loss = x => (x.Constant(new Shape(200, 3), inputs).MatMul(x["weight"]) + x["bias"])
            .MeanSquaredError(x.Constant(new Shape(200, 1), targets));
        ParameterTree<double> parameters = TreeLayout.Of(("weight", [3, 1]), ("bias", [1])).Zeros<double>();
        AdamW adamW = AdamW.Of(Schedule.WarmupCosine(0.1, 10, 500, 0), weightDecay: 0);
        AdamState<double> state = adamW.Init(parameters);
        for (int step = 0; step < 500; step++)
        {
            (parameters, state) = adamW.Step(
                parameters, Differentiate.ValueAndGradient(loss, parameters).Gradients, state);
        }
        for (int index = 0; index < 3; index++) Assert.Equal(weights[index], parameters.AsSpan("weight")[index], 1e-4);
        Assert.Equal(0.25, parameters.AsSpan("bias")[0], 1e-4);
    }

    [Fact]
    public void Shapes_have_rows_and_wrong_sizes_are_rejected()
    {
        Assert.Equal((24, 4, 6), (new Shape(2, 3, 4).Length, new Shape(2, 3, 4).Columns, new Shape(2, 3, 4).Rows));
        Assert.Equal((0, 0, 6), (new Shape(2, 3, 0).Length, new Shape(2, 3, 0).Columns, new Shape(2, 3, 0).Rows));
        Assert.Equal((1, 1, 1), (Shape.Scalar.Length, Shape.Scalar.Columns, Shape.Scalar.Rows));
        Assert.Equal(new Shape([]), default);
        Assert.Equal("[2, 3, 7]", new Shape(2, 3, 4).WithColumns(7).ToString());
        Assert.Throws<InvalidOperationException>(() => Shape.Scalar.WithColumns(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Shape(2, 3)[2]);
        Assert.Contains(
            "[2, -3]", Assert.ThrowsAny<ArgumentException>(() => new Shape(2, -3)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "5 dimensions",
            Assert.ThrowsAny<ArgumentException>(() => new Shape(1, 1, 1, 1, 1)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "[65536, 65536]",
            Assert.ThrowsAny<ArgumentException>(() => new Shape(65536, 65536)).Message,
            StringComparison.Ordinal);
    }

    private static ParameterTree<float> Parameters() =>
        new Differentiable<float>("", _ => Gpt.Shapes, null!).Parameters(Sizes.Small(3));

    /// <summary>For one computation at a time: the function that looks parameters up is created once.</summary>
    private static LossFunction<float> Loss()
    {
        int[] tokens = Sizes.Small(5).Integers(8 * (Gpt.Positions + 1), Gpt.Vocabulary);
        int[] inputs = new int[8 * Gpt.Positions];
        int[] targets = new int[8 * Gpt.Positions];
        string[] names = [.. Gpt.Shapes.Select((_, index) => $"{index}")];
        Variables<float> current = default;
        Func<int, Variable<float>> leaf = index => current[names[index]];
        return x =>
        {
            current = x;
            return Gpt.Loss(leaf, tokens, inputs, targets);
        };
    }

    private static int[] Ids(params int[] ids) => ids;

    /// <summary>The value of an inner function in a separate computation.</summary>
    private static Variable<double> With(Variables<double> outer, LossFunction<double> inner)
    {
        Differentiate.ValueAndGradient(inner, Point);
        return outer["row"].Sum();
    }
}
