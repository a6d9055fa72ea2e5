namespace Functional.Optim.Kernels;

/// <summary>The constants of one update of Adagrad (<see cref="AdagradKernel"/>).</summary>
/// <param name="LearningRate">η, the rate of this very update; not negative.</param>
/// <param name="Epsilon">ε, outside the root; not negative.</param>
/// <param name="EpsilonRoot">ε_r, under the root; not negative.</param>
/// <param name="L2">λ of the L2 penalty added to the gradient; not negative.</param>
public readonly record struct AdagradHyperparameters(double LearningRate, double Epsilon = 1e-10, double EpsilonRoot = 0, double L2 = 0);
