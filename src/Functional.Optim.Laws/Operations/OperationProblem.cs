using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Functional.Optim.Autodiff;
using Functional.Optim.Kernels;

namespace Functional.Optim.Laws;

/// <summary>
/// Inputs of an operation, and a loss L = Σw·f(x) with weights of both signs. Each input is, from one draw to the next,
/// one of the kinds that an operation must handle: a parameter, an intermediate value (the operation is the first to
/// write its gradient), a value that is used again (the operation adds to its gradient), a constant.
/// </summary>
internal sealed record OperationProblem(ImmutableArray<Shape> Shapes, InputSpace Space, int Draw)
{
    /// <summary>The draws of each case; in them every input is of each kind once.</summary>
    internal const int Draws = 4;

    private const int MaxNumbersInText = 12;

    private static readonly string[] Kinds =
        ["a parameter", "an intermediate value", "a value that is used again", "a constant"];

    private Philox Random => new(unchecked((ulong)((Seed.Number * Draws) + Draw)));

    internal ParameterTree<T> Parameters<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        ParameterTree.Of([.. Shapes.Select((shape, input) => Leaf.Of(
            NameOf(input), [.. Enumerable.Range(0, shape.Rank).Select(dimension => shape[dimension])],
            (T[])[.. Numbers(input).Select(T.CreateTruncating)]))]);

    internal LossFunction<T> Loss<T>(OperationFunction<T> function)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => parameters =>
    {
        ImmutableArray<Variable<T>> inputs = [.. Shapes.Select((_, input) => Input(parameters, input))];
        Variable<T> value = function(inputs);
        T[] weights = [.. new InputSpace().Numbers(Random, (ulong)Shapes.Length, value.Shape.Length)
            .Select(T.CreateTruncating)];
        Variable<T> loss = (value * parameters.Constant(value.Shape, weights)).Sum();
        for (int input = 0; input < inputs.Length; input++)
        {
            if (KindOf(input) == 2) loss += (inputs[input] * inputs[input]).Sum();
        }

        return loss;
    };

    /// <summary>A direction of length 1 with every element.</summary>
    internal double[] Direction(int count)
    {
        double[] numbers = new InputSpace().Numbers(Random, (ulong)Shapes.Length + 1, count);
        double length = Math.Sqrt(numbers.Sum(number => number * number));
        return [.. numbers.Select(number => number / length)];
    }

    /// <summary>Some of the indices below a limit; all where there are few.</summary>
    internal IEnumerable<int> Some(int limit, int count) => limit <= count
        ? Enumerable.Range(0, limit)
        : Enumerable.Range(0, count).Select(index => (int)Random.Below((ulong)index + (1UL << 32), limit));

    /// <summary>The inputs, with their numbers where they are few.</summary>
    public override string ToString() =>
        string.Join("; ", Shapes.Select(
            (shape, input) => $"{NameOf(input)} {shape}{Text(input)}, {Kinds[KindOf(input)]}"));

    private static string NameOf(int input) => string.Create(CultureInfo.InvariantCulture, $"x{input}");

    private double[] Numbers(int input) => Space.Numbers(Random, (ulong)input, Shapes[input].Length);

    private string Text(int input) => Shapes[input].Length <= MaxNumbersInText
        ? $" = ({string.Join(", ", Numbers(input).Select(x => x.ToString("R", CultureInfo.InvariantCulture)))})"
        : "";

    private int KindOf(int input) => (Draw + input) % Kinds.Length;

    private Variable<T> Input<T>(Variables<T> parameters, int input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Variable<T> parameter = parameters[NameOf(input)];
        return KindOf(input) switch
        {
            0 => parameter,
            3 => parameters.Constant(parameter.Shape, [.. Numbers(input).Select(T.CreateTruncating)]),
            _ => parameter.Scale(T.One),
        };
    }
}
