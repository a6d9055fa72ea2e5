using System.Diagnostics.CodeAnalysis;

namespace Functional.Optim;

/// <summary>How a step size along a direction is chosen.</summary>
[SuppressMessage(
    "Naming", "CA1724", Justification = "Nobody opens that of MathNet.")]
public enum LineSearch
{
    /// <summary>The learning rate is the step size.</summary>
    None,

    /// <summary>
    /// The strong Wolfe conditions: the loss decreases enough, L(θ + t·d) ≤ L(θ) + 10⁻⁴·t·L'(θ)·d, and the slope is
    /// flat enough, |L'(θ + t·d)·d| ≤ 0.9·|L'(θ)·d|. The learning rate is the first step size that is tried.
    /// </summary>
    StrongWolfe,
}
