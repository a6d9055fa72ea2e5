using System.Numerics;

namespace Functional.Optim;

/// <summary>The loss L(θ) and its gradient ∂L/∂θ, a tree of the layout of the parameters.</summary>
/// <remarks>
/// A <see cref="FunctionOptimizer"/> asks for them several times per step, such as <see cref="Lbfgs"/>, and wants the
/// same function at every call of a step. A step that donates consumes the gradients, so each call then must return a
/// new tree.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="parameters">θ; valid during the call only.</param>
public delegate (double Loss, ParameterTree<T> Gradients) ValueAndGradient<T>(ParameterTree<T> parameters)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
