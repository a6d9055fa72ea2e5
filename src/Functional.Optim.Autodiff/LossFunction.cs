using System.Numerics;

namespace Functional.Optim.Autodiff;

/// <summary>
/// A differentiable function of parameters: a loss, which has one element, or another value without a gradient.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="parameters">The parameters, by name.</param>
public delegate Variable<T> LossFunction<T>(Variables<T> parameters)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
