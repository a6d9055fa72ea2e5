namespace Functional.Optim.Kernels;

/// <summary>The constants of one update of averaged stochastic gradient descent (<see cref="AsgdKernel"/>).</summary>
/// <param name="LearningRate">η, the rate before it falls; not negative.</param>
/// <param name="Lambda">λ, the decay of the parameters and of the rate; not negative.</param>
/// <param name="Alpha">α, the power by which the rate falls; not negative.</param>
/// <param name="AverageAfter">t₀, how many updates pass before the average departs from the parameters; not negative.</param>
/// <param name="L2">λ₂ of a further L2 penalty; not negative.</param>
public readonly record struct AsgdHyperparameters(
    double LearningRate, double Lambda = 1e-4, double Alpha = 0.75, long AverageAfter = 1_000_000, double L2 = 0)
{
    private static readonly Bounds Updates = Bounds.AtLeast(0);

    private readonly bool made = true;

    /// <summary>The defaults; the learning rate has none: it is NaN, which a step refuses, until it is set.</summary>
    public AsgdHyperparameters()
        : this(double.NaN)
    {
    }

    /// <summary>Refuses constants that are out of range, and those that no constructor made.</summary>
    /// <exception cref="ArgumentException">A constant is out of range.</exception>
    internal void Check()
    {
        Hyperparameters.RequireMade(made, nameof(AsgdHyperparameters));
        Bounds.NotNegative.Require(LearningRate);
        Bounds.NotNegative.Require(Lambda);
        Bounds.NotNegative.Require(Alpha);
        Updates.Require(AverageAfter);
        Bounds.NotNegative.Require(L2);
    }
}
