using System.Numerics;
using Functional.Optim.Autodiff;

namespace Functional.Optim.Tests.Autodiff;

/// <summary>A differentiable function for the laws: the shapes of its leaves, and its value.</summary>
internal sealed record Differentiable<T>(
    string Name, Func<Sizes, int[][]> Leaves, Func<Inputs<T>, Variable<T>> Function)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal ParameterTree<T> Parameters(Sizes sizes)
    {
        return ParameterTree.Of(
            [.. Leaves(sizes).Select((shape, leaf) => Leaf.Of($"{leaf}", shape, Elements(leaf, shape)))]);

        T[] Elements(int leaf, int[] shape) =>
            [.. sizes.Numbers(leaf, shape.Aggregate(1, (length, size) => length * size)).Select(T.CreateTruncating)];
    }

    /// <summary>Σ w·f(x) with weights of both signs, plus Σ x² of the inputs that are used again.</summary>
    internal LossFunction<T> Loss(Sizes sizes) => parameters =>
    {
        Inputs<T> inputs = new(parameters, Parameters(sizes), sizes);
        Variable<T> value = Function(inputs);
        T[] weights = [.. sizes.Numbers(-1, value.Shape.Length).Select(T.CreateTruncating)];
        Variable<T> loss = (value * parameters.Constant(value.Shape, weights)).Sum();
        foreach (Variable<T> shared in inputs.Shared) loss += (shared * shared).Sum();
        return loss;
    };
}
