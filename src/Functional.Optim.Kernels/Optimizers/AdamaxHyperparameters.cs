namespace Functional.Optim.Kernels;

/// <summary>The constants of one update of Adamax (<see cref="AdamaxKernel"/>).</summary>
/// <param name="LearningRate">η, the rate of this very update; not negative.</param>
/// <param name="Beta1">β₁, in [0, 1).</param>
/// <param name="Beta2">β₂, in [0, 1).</param>
/// <param name="Epsilon">ε, not negative.</param>
/// <param name="L2">λ of the L2 penalty added to the gradient; not negative.</param>
public readonly record struct AdamaxHyperparameters(
    double LearningRate, double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, double L2 = 0);
