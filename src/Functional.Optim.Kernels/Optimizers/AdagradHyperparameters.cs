namespace Functional.Optim.Kernels;

/// <summary>The constants of one update of Adagrad (<see cref="AdagradKernel"/>).</summary>
/// <param name="LearningRate">η, the rate of this very update; not negative.</param>
/// <param name="Epsilon">ε, outside the root; not negative.</param>
/// <param name="EpsilonRoot">ε_r, under the root; not negative.</param>
/// <param name="L2">λ of the L2 penalty added to the gradient; not negative.</param>
public readonly record struct AdagradHyperparameters(double LearningRate, double Epsilon = 1e-10, double EpsilonRoot = 0, double L2 = 0)
{
    private readonly bool made = true;

    /// <summary>The defaults; the learning rate has none: it is NaN, which a step refuses, until it is set.</summary>
    public AdagradHyperparameters()
        : this(double.NaN)
    {
    }

    /// <summary>Refuses constants that are out of range, and those that no constructor made.</summary>
    /// <exception cref="ArgumentException">A constant is out of range.</exception>
    internal void Check()
    {
        Hyperparameters.RequireMade(made, nameof(AdagradHyperparameters));
        Bounds.NotNegative.Require(LearningRate);
        Bounds.NotNegative.Require(Epsilon);
        Bounds.NotNegative.Require(EpsilonRoot);
        Bounds.NotNegative.Require(L2);
    }
}
