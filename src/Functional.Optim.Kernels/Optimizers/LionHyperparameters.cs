namespace Functional.Optim.Kernels;

/// <summary>The constants of one update of Lion (<see cref="LionKernel"/>).</summary>
/// <param name="LearningRate">η, the rate of this very update; not negative.</param>
/// <param name="Beta1">β₁, in [0, 1).</param>
/// <param name="Beta2">β₂, in [0, 1).</param>
/// <param name="WeightDecay">λ, decoupled; not negative.</param>
public readonly record struct LionHyperparameters(double LearningRate, double Beta1 = 0.9, double Beta2 = 0.99, double WeightDecay = 0);
