namespace Functional.Optim.Kernels;

/// <summary>The constants of one update of RMSprop (<see cref="RmsPropKernel"/>).</summary>
/// <param name="LearningRate">η, the rate of this very update; not negative.</param>
/// <param name="Alpha">α, in [0, 1).</param>
/// <param name="Epsilon">ε, outside the root; not negative.</param>
/// <param name="EpsilonRoot">ε_r, under the root; not negative.</param>
/// <param name="Centered">Whether to divide by the deviation from the mean gradient.</param>
/// <param name="Momentum">μ, in [0, 1); 0 for none.</param>
/// <param name="L2">λ of the L2 penalty added to the gradient; not negative.</param>
public readonly record struct RmsPropHyperparameters(
    double LearningRate, double Alpha = 0.99, double Epsilon = 1e-8, double EpsilonRoot = 0, bool Centered = false, double Momentum = 0,
    double L2 = 0)
{
    private readonly bool made = true;

    /// <summary>The defaults; the learning rate has none: it is NaN, which a step refuses, until it is set.</summary>
    public RmsPropHyperparameters()
        : this(double.NaN)
    {
    }

    /// <summary>Refuses constants that are out of range, and those that no constructor made.</summary>
    /// <exception cref="ArgumentException">A constant is out of range.</exception>
    internal void Check()
    {
        Hyperparameters.RequireMade(made, nameof(RmsPropHyperparameters));
        Bounds.NotNegative.Require(LearningRate);
        Bounds.HalfOpenUnitInterval.Require(Alpha);
        Bounds.NotNegative.Require(Epsilon);
        Bounds.NotNegative.Require(EpsilonRoot);
        Bounds.HalfOpenUnitInterval.Require(Momentum);
        Bounds.NotNegative.Require(L2);
    }
}
