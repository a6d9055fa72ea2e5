using System.Numerics;
using Functional.Optim.Autodiff;

namespace Functional.Optim.Tests.Autodiff;

/// <summary>
/// Every differentiable operation that the laws are checked for. A new operation is added by one line.
/// </summary>
internal static class Differentiables<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal static readonly Differentiable<T>[] All =
    [
        .. Binary("add", (x, y) => x + y),
        .. Binary("subtract", (x, y) => x - y),
        .. Binary("multiply", (x, y) => x * y),
        .. Binary("divide", (x, y) => x / y),
        new("x·x", s => [[s.Rows, s.Columns]], x => x[0] * x[0]),
        new("x / x + x", s => [[s.Columns]], x => (x[0] / x[0]) + x[0]),
        new("x − x·y of a scalar y", s => [[s.Columns], []], x => x[0] - (x[0] * x[1])),
        new(
            "scale and negate",
            s => [[s.Rows, s.Columns]],
            x => -(T.CreateTruncating(3) * x[0] * T.CreateTruncating(0.7))),
        new("relu", s => [[s.Rows, s.Columns]], x => x[0].Relu()),
        new("gelu", s => [[s.Rows, s.Columns]], x => x[0].Gelu()),
        new("gelu far from 0", s => [[s.Columns]], x => (x[0] * T.CreateTruncating(20)).Gelu()),
        .. Unary("sigmoid", x => x.Sigmoid()),
        .. Unary("tanh", x => x.Tanh()),
        new("exp", s => [[s.Rows, s.Columns]], x => x[0].Exp()),
        .. Unary("softplus", x => x.Softplus()),
        .. Unary("silu", x => x.Silu()),
        new("log", s => [[s.Rows, s.Columns]], x => Positive(x[0]).Log()),
        new("sqrt", s => [[s.Rows, s.Columns]], x => Positive(x[0]).Sqrt()),
        new("power, 1.7", s => [[s.Rows, s.Columns]], x => Positive(x[0]).Power(1.7)),
        new("power, −0.5", s => [[s.Columns]], x => Positive(x[0]).Power(-0.5)),
        new("power, 3", s => [[s.Rows, s.Columns]], x => x[0].Power(3)),
        new("power, 0", s => [[s.Rows, s.Columns]], x => x[0].Power(0)),
        new("matmul of a vector", s => [[s.Inner], [s.Inner, s.Columns]], x => x[0].MatMul(x[1])),
        new("matmul", s => [[s.Rows, s.Inner], [s.Inner, s.Columns]], x => x[0].MatMul(x[1])),
        new("matmul of rank 3", s => [[2, s.Rows, s.Inner], [s.Inner, s.Columns]], x => x[0].MatMul(x[1])),
        new("matmul of size 1", s => [[1, 1], [1, 1]], x => x[0].MatMul(x[1])),
        new("matmul of a matrix with itself", s => [[s.Rows, s.Rows]], x => x[0].MatMul(x[0])),
        new("matmul transposed", s => [[s.Rows, s.Inner], [s.Columns, s.Inner]], x => x[0].MatMulTransposed(x[1])),
        new(
            "matmul transposed of rank 3",
            s => [[2, s.Rows, s.Inner], [s.Columns, s.Inner]],
            x => x[0].MatMulTransposed(x[1])),
        new("matmul transposed of a matrix with itself", s => [[s.Rows, s.Inner]], x => x[0].MatMulTransposed(x[0])),
        new("layer norm", s => [[s.Rows, s.Columns + 1], [s.Columns + 1]], x => x[0].LayerNorm(x[1])),
        new(
            "layer norm of rank 3",
            s => [[2, s.Rows, s.Columns + 1], [s.Columns + 1]],
            x => x[0].LayerNorm(x[1], epsilon: 0.1)),
        new("layer norm of a row weighted by itself", s => [[s.Columns + 1]], x => x[0].LayerNorm(x[0])),
        new("causal attention, 1 position", s => [[2, 1, 12]], x => x[0].CausalAttention(2)),
        new("causal attention, 5 positions", s => [[2, 5, 9]], x => x[0].CausalAttention(1)),
        new("causal attention, 65 positions", s => [[1, 65, 12]], x => x[0].CausalAttention(2)),
        new("causal attention, 70 positions", s => [[2, 70, 9]], x => x[0].CausalAttention(3)),
        new("causal attention, any width", s => [[2, 3, 6 * s.Columns]], x => x[0].CausalAttention(2)),
        new("dropout", s => [[s.Rows, s.Columns]], x => x[0].Dropout(0.4, key: 5)),
        new("mean pool", s => [[s.Rows, 5, s.Columns]], x => x[0].MeanPool()),
        new(
            "mean pool of a reshaped matrix",
            s => [[5 * s.Rows, s.Columns]],
            x => x[0].Reshape(new Shape(x.Sizes.Rows, 5, x.Sizes.Columns)).MeanPool()),
        new(
            "reshape",
            s => [[s.Rows, s.Columns], [s.Rows]],
            x => x[0].Reshape(new Shape(x.Sizes.Columns, x.Sizes.Rows)) * x[1]),
        new("sum", s => [[s.Rows, s.Columns]], x => x[0].Sum() * x[0]),
        new("mean", s => [[s.Rows, s.Columns]], x => x[0].Mean() * x[0]),
        new("max", s => [[s.Rows, s.Columns]], x => x[0].Max() * x[0]),
        .. Along("sum", (x, axis) => x.Sum(axis)),
        .. Along("mean", (x, axis) => x.Mean(axis)),
        .. Along("max", (x, axis) => x.Max(axis)),
        .. Along("slice", (x, axis) => x.Slice(axis, x.Shape[axis] / 3, x.Shape[axis] - (x.Shape[axis] / 3))),
        .. Along("slice of nothing", (x, axis) => x.Slice(axis, x.Shape[axis], 0)),
        .. Along("concatenate with itself", (x, axis) => Operations.Concatenate(axis, x, x * x, x)),
        new("concatenate columns", s => [[s.Rows, s.Columns], [s.Rows, 2], [s.Rows, 0], [s.Rows, s.Inner]],
            x => Operations.Concatenate(-1, x[0], x[1], x[2], x[3])),
        new("concatenate rows", s => [[s.Rows, s.Columns], [3, s.Columns]],
            x => Operations.Concatenate(0, x[0], x[1])),
        new("concatenate a reshaped vector", s => [[s.Rows * s.Columns], [s.Rows, 3]],
            x => Operations.Concatenate(1, x[0].Reshape([x.Sizes.Rows, x.Sizes.Columns]), x[1])),
        new("transpose", s => [[s.Rows, s.Columns]], x => x[0].Transpose()),
        new("transpose, rank 3", s => [[2, s.Rows, s.Columns]], x => x[0].Transpose()),
        new("transpose, 2, 0, 1", s => [[2, s.Rows, s.Columns]], x => x[0].Transpose(2, 0, 1)),
        new("transpose, 0, 2, 1, 3", s => [[2, s.Rows, 3, s.Columns]], x => x[0].Transpose(0, 2, 1, 3)),
        new("transpose, 3, 1, 0, 2", s => [[2, s.Rows, 3, s.Columns]], x => x[0].Transpose(3, 1, 0, 2)),
        new("transpose of a vector", s => [[s.Columns]], x => x[0].Transpose(0)),
        new("transpose of a reshaped vector", s => [[s.Rows * s.Columns]],
            x => x[0].Reshape([x.Sizes.Rows, x.Sizes.Columns]).Transpose()),
        new("binary cross-entropy with logits", s => [[s.Rows, s.Columns], [s.Rows, s.Columns]],
            x => x[0].BinaryCrossEntropyWithLogits(x[1].Sigmoid())),
        new("binary cross-entropy with logits, one row of targets", s => [[s.Rows, s.Columns], [s.Columns]],
            x => x[0].BinaryCrossEntropyWithLogits(x[1].Sigmoid())),
        new(
            "cross-entropy",
            s => [[s.Rows, s.Columns]],
            x => x[0].CrossEntropy(x.Sizes.Integers(x.Sizes.Rows, x.Sizes.Columns))),
        new(
            "cross-entropy with ignored rows",
            s => [[3, s.Rows, s.Columns]],
            x => x[0].CrossEntropy(Ignoring(x.Sizes, 3), ignore: -1)),
        new(
            "cross-entropy of ignored rows only",
            s => [[s.Rows, s.Columns]],
            x => x[0].CrossEntropy(Ignoring(x.Sizes, 1), ignore: -1)),
        new("cross-entropy of a reshaped vector", s => [[s.Rows * s.Columns]],
            x => x[0].Reshape(new Shape(x.Sizes.Rows, x.Sizes.Columns))
                .CrossEntropy(x.Sizes.Integers(x.Sizes.Rows, x.Sizes.Columns))),
        new("mean squared error", s => [[s.Rows, s.Columns], [s.Rows, s.Columns]], x => x[0].MeanSquaredError(x[1])),
        new(
            "embed, ids repeated",
            s => [[s.Rows, s.Columns]],
            x => x[0].Embed(x.Sizes.Integers(2 * x.Sizes.Rows, x.Sizes.Rows))),
        new("a language model", s => new SmallGpt(11, 5, 6, 2).Shapes, x => new SmallGpt(11, 5, 6, 2).Loss(
            leaf => x[leaf], x.Sizes.Integers(18, 11), new int[15], new int[15])),
    ];

    internal static Differentiable<T> Get(string name) => All.Single(function => function.Name == name);

    /// <summary>An operation on two inputs: with equal shapes, and with either input repeated.</summary>
    private static IEnumerable<Differentiable<T>> Binary(
        string name, Func<Variable<T>, Variable<T>, Variable<T>> operation) =>
    [
        new(name, s => [[s.Rows, s.Columns], [s.Rows, s.Columns]], x => operation(x[0], x[1])),
        new($"{name}, right a row", s => [[2, s.Rows, s.Columns], [s.Columns]], x => operation(x[0], x[1])),
        new($"{name}, right a matrix", s => [[3, s.Rows, s.Columns], [s.Rows, s.Columns]], x => operation(x[0], x[1])),
        new($"{name}, left a row", s => [[s.Columns], [s.Rows, s.Columns]], x => operation(x[0], x[1])),
        new($"{name}, right a scalar", s => [[s.Rows, s.Columns], []], x => operation(x[0], x[1])),
        new($"{name}, left a scalar", s => [[], [s.Rows, s.Columns]], x => operation(x[0], x[1])),
        new($"{name}, left empty", s => [[0], []], x => operation(x[0], x[1])),
    ];

    /// <summary>A function of single elements, near 0 and far from it.</summary>
    private static IEnumerable<Differentiable<T>> Unary(string name, Func<Variable<T>, Variable<T>> operation) =>
    [
        new(name, s => [[s.Rows, s.Columns]], x => operation(x[0])),
        new($"{name} near 0", s => [[s.Columns]], x => operation(x[0] * T.CreateTruncating(0.01))),
        new($"{name} far from 0", s => [[s.Columns]], x => operation(x[0] * T.CreateTruncating(3))),
    ];

    /// <summary>An operation along each of three dimensions, and of a variable whose shape is not its node's.</summary>
    private static IEnumerable<Differentiable<T>> Along(string name, Func<Variable<T>, int, Variable<T>> operation) =>
    [
        .. Enumerable.Range(0, 3).Select(axis => new Differentiable<T>(
            $"{name} along {axis}", s => [[s.Rows, 5, s.Columns]], x => operation(x[0], axis))),
        new($"{name} along a vector", s => [[s.Columns]], x => operation(x[0], 0)),
        new(
            $"{name} along a reshaped matrix",
            s => [[5 * s.Rows, s.Columns]],
            x => operation(x[0].Reshape([x.Sizes.Rows, 5, x.Sizes.Columns]), 1)),
    ];

    private static Variable<T> Positive(Variable<T> x) => (x * x) + (x / x * T.CreateTruncating(0.1));

    /// <summary>Random classes; every few of them is ignored.</summary>
    private static int[] Ignoring(Sizes sizes, int each) =>
        [.. sizes.Integers(sizes.Rows * each, sizes.Columns).Select((target, row) => row % each == 0 ? -1 : target)];
}
