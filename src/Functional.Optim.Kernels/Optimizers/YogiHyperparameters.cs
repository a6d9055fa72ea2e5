namespace Functional.Optim.Kernels;

/// <summary>The constants of one update of Yogi (<see cref="YogiKernel"/>).</summary>
/// <param name="LearningRate">η, the rate of this very update; not negative.</param>
/// <param name="Beta1">β₁, in [0, 1).</param>
/// <param name="Beta2">β₂, in [0, 1).</param>
/// <param name="Epsilon">ε, not negative.</param>
/// <param name="BiasCorrection">Whether the moments are divided by 1 − βᵗ.</param>
/// <param name="L2">λ of the L2 penalty added to the gradient; not negative.</param>
public readonly record struct YogiHyperparameters(
    double LearningRate, double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-3, bool BiasCorrection = false, double L2 = 0)
{
    private readonly bool made = true;

    /// <summary>The defaults; the learning rate has none: it is NaN, which a step refuses, until it is set.</summary>
    public YogiHyperparameters()
        : this(double.NaN)
    {
    }

    /// <summary>Refuses constants that are out of range, and those that no constructor made.</summary>
    /// <exception cref="ArgumentException">A constant is out of range.</exception>
    internal void Check()
    {
        Hyperparameters.RequireMade(made, nameof(YogiHyperparameters));
        Bounds.NotNegative.Require(LearningRate);
        Bounds.HalfOpenUnitInterval.Require(Beta1);
        Bounds.HalfOpenUnitInterval.Require(Beta2);
        Bounds.NotNegative.Require(Epsilon);
        Bounds.NotNegative.Require(L2);
    }
}
