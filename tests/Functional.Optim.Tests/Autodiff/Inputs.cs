using System.Numerics;
using Functional.Optim.Autodiff;

namespace Functional.Optim.Tests.Autodiff;

/// <summary>
/// The inputs of a differentiable function. Each input is one of the kinds that an operation must handle: a parameter,
/// an intermediate value (the operation is the first to write its gradient), a value that is used again later (the
/// operation adds to its gradient), a constant.
/// </summary>
internal sealed class Inputs<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Variable<T>[] variables;

    internal Inputs(Variables<T> parameters, ParameterTree<T> start, Sizes sizes)
    {
        Sizes = sizes;
        Random parts = new(sizes.Seed);
        variables = new Variable<T>[start.Layout.Leaves.Length];
        foreach (Leaf leaf in start.Layout.Leaves)
        {
            Variable<T> parameter = parameters[leaf.Name];
            int part = parts.Next(8);
            variables[leaf.Index] = part switch
            {
                0 => parameters.Constant(parameter.Shape, start.AsSpan(leaf)),
                < 3 => parameter,
                _ => parameter.Scale(T.One),
            };
            if (part > 5) Shared.Add(variables[leaf.Index]);
        }
    }

    /// <summary>Inputs of any kind.</summary>
    internal Inputs(IEnumerable<Variable<T>> inputs, Sizes sizes) => (variables, Sizes) = ([.. inputs], sizes);

    internal Sizes Sizes { get; }

    internal List<Variable<T>> Shared { get; } = [];

    internal Variable<T> this[int leaf] => variables[leaf];
}
