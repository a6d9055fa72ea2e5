using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Autodiff;

namespace Functional.Optim.Laws;

/// <summary>A differentiable function of variables, made of operations.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="inputs">x₀, x₁, ….</param>
public delegate Variable<T> OperationFunction<T>(ImmutableArray<Variable<T>> inputs)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
