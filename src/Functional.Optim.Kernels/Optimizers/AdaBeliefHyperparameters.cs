namespace Functional.Optim.Kernels;

/// <summary>The constants of one update of AdaBelief (<see cref="AdaBeliefKernel"/>).</summary>
/// <param name="LearningRate">η, the rate of this very update; not negative.</param>
/// <param name="Beta1">β₁, in [0, 1).</param>
/// <param name="Beta2">β₂, in [0, 1).</param>
/// <param name="Epsilon">ε, outside the root; not negative.</param>
/// <param name="EpsilonRoot">ε_r, added to s in every update; not negative.</param>
/// <param name="WeightDecay">λ; not negative.</param>
/// <param name="DecoupledDecay">Whether λ·θ is added after the scaling, not to the gradient.</param>
public readonly record struct AdaBeliefHyperparameters(
    double LearningRate, double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-16, double EpsilonRoot = 1e-16,
    double WeightDecay = 0, bool DecoupledDecay = false)
{
    private readonly bool made = true;

    /// <summary>The defaults; the learning rate has none: it is NaN, which a step refuses, until it is set.</summary>
    public AdaBeliefHyperparameters()
        : this(double.NaN)
    {
    }

    /// <summary>Refuses constants that are out of range, and those that no constructor made.</summary>
    /// <exception cref="ArgumentException">A constant is out of range.</exception>
    internal void Check()
    {
        Hyperparameters.RequireMade(made, nameof(AdaBeliefHyperparameters));
        Bounds.NotNegative.Require(LearningRate);
        Bounds.HalfOpenUnitInterval.Require(Beta1);
        Bounds.HalfOpenUnitInterval.Require(Beta2);
        Bounds.NotNegative.Require(Epsilon);
        Bounds.NotNegative.Require(EpsilonRoot);
        Bounds.NotNegative.Require(WeightDecay);
    }
}
