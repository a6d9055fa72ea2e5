using System.Numerics;

namespace Functional.Optim;

/// <summary>A point on a search line, with the loss and the gradient there.</summary>
/// <param name="StepSize">t, the step size.</param>
/// <param name="Parameters">θ + t·d.</param>
/// <param name="Loss">L; NaN when it was not evaluated.</param>
/// <param name="Gradients">g = ∂L/∂θ.</param>
/// <param name="LargestGradient">max |g|; NaN when it was not evaluated.</param>
/// <param name="Slope">g·d, the derivative of the loss with respect to t.</param>
internal sealed record Trial<T>(
    double StepSize,
    ParameterTree<T> Parameters,
    double Loss,
    ParameterTree<T> Gradients,
    double LargestGradient,
    double Slope = 0)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Whether loss, gradient and slope are neither infinite nor NaN.</summary>
    internal bool IsFinite => double.IsFinite(Loss) && double.IsFinite(LargestGradient) && double.IsFinite(Slope);
}
