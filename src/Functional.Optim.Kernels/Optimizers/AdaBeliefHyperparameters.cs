namespace Functional.Optim.Kernels;

/// <summary>The constants of one update of AdaBelief (<see cref="AdaBeliefKernel"/>).</summary>
/// <param name="LearningRate">η, the rate of this very update; not negative.</param>
/// <param name="Beta1">β₁, in [0, 1).</param>
/// <param name="Beta2">β₂, in [0, 1).</param>
/// <param name="Epsilon">ε, outside the root; not negative.</param>
/// <param name="EpsilonRoot">ε_r, added to s in every update; not negative.</param>
/// <param name="WeightDecay">λ; not negative.</param>
/// <param name="DecoupledDecay">Whether λ·θ is added behind the scaling, not to the gradient.</param>
public readonly record struct AdaBeliefHyperparameters(
    double LearningRate, double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-16, double EpsilonRoot = 1e-16,
    double WeightDecay = 0, bool DecoupledDecay = false);
