namespace Functional.Optim.Kernels;

/// <summary>The constants of one update of Adadelta (<see cref="AdadeltaKernel"/>).</summary>
/// <param name="LearningRate">η, the rate of this very update; not negative.</param>
/// <param name="Rho">ρ, in [0, 1).</param>
/// <param name="Epsilon">ε, under both roots; positive.</param>
/// <param name="L2">λ of the L2 penalty added to the gradient; not negative.</param>
public readonly record struct AdadeltaHyperparameters(double LearningRate, double Rho = 0.9, double Epsilon = 1e-6, double L2 = 0)
{
    private readonly bool made = true;

    /// <summary>The defaults; the learning rate has none: it is NaN, which a step refuses, until it is set.</summary>
    public AdadeltaHyperparameters()
        : this(double.NaN)
    {
    }

    /// <summary>Refuses constants that are out of range, and those that no constructor made.</summary>
    /// <exception cref="ArgumentException">A constant is out of range.</exception>
    internal void Check()
    {
        Hyperparameters.RequireMade(made, nameof(AdadeltaHyperparameters));
        Bounds.NotNegative.Require(LearningRate);
        Bounds.HalfOpenUnitInterval.Require(Rho);
        Bounds.Positive.Require(Epsilon);
        Bounds.NotNegative.Require(L2);
    }
}
