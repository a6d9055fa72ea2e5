namespace Functional.Optim;

/// <summary>Why a step of <see cref="Lbfgs"/> ended.</summary>
public enum LbfgsStop
{
    /// <summary>No element of the gradient exceeds the tolerance: a minimum.</summary>
    GradientTolerance,

    /// <summary>
    /// Neither the parameters nor the loss changed, or were going to change, by more than the tolerance.
    /// </summary>
    ChangeTolerance,

    /// <summary>It made the iterations it may make.</summary>
    MaximumIterations,

    /// <summary>It asked for loss and gradient as often as it may.</summary>
    MaximumEvaluations,
}
