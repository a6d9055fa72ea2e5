using System.Numerics;
using Functional.Optim.Autodiff;

namespace Functional.Optim.Tests.Autodiff;

/// <summary>A differentiable function to be proven: the shapes of its leaves, and its value from them.</summary>
internal sealed record Differentiable<T>(string Name, Func<Sizes, int[][]> Leaves, Func<Inputs<T>, Variable<T>> Function)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal ParameterTree<T> Parameters(Sizes sizes) => ParameterTree.Of([.. Leaves(sizes).Select((shape, leaf) =>
        Leaf.Of($"{leaf}", shape, [.. sizes.Numbers(leaf, shape.Aggregate(1, (length, size) => length * size)).Select(T.CreateTruncating)]))]);

    /// <summary>Σ w·f(x) with weights of both signs, and Σ x² of the inputs that are used again.</summary>
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
