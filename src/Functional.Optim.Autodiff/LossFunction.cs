using System.Numerics;

namespace Functional.Optim.Autodiff;

/// <summary>A differentiable function of parameters: the loss, a variable of one element, or any other value that is wanted forward only.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="parameters">The parameters, by name.</param>
public delegate Variable<T> LossFunction<T>(Variables<T> parameters)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
