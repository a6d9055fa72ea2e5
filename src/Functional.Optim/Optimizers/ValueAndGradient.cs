using System.Numerics;

namespace Functional.Optim;

/// <summary>The loss L(θ) and its gradient ∂L/∂θ, a tree of the layout of the parameters.</summary>
/// <remarks>
/// An optimizer that asks for them several times per step, such as <see cref="Lbfgs"/>, wants the same function at every call of a
/// step. It keeps trees given to and returned by the function; neither may be released or donated.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="parameters">θ.</param>
public delegate (double Loss, ParameterTree<T> Gradients) ValueAndGradient<T>(ParameterTree<T> parameters)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
