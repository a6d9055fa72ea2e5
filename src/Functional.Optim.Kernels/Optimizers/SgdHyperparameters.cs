namespace Functional.Optim.Kernels;

/// <summary>The constants of one update of stochastic gradient descent (<see cref="SgdKernel"/>).</summary>
/// <param name="LearningRate">η, the rate of this very update; not negative.</param>
/// <param name="Momentum">μ, in [0, 1).</param>
/// <param name="Dampening">τ, in [0, 1]; skipped at the first update, as in torch.</param>
/// <param name="Nesterov">Whether to look ahead; wants momentum and no dampening.</param>
/// <param name="L2">λ of the L2 penalty added to the gradient; not negative.</param>
public readonly record struct SgdHyperparameters(
    double LearningRate, double Momentum = 0, double Dampening = 0, bool Nesterov = false, double L2 = 0)
{
    private readonly bool made = true;

    /// <summary>The defaults; the learning rate has none: it is NaN, which a step refuses, until it is set.</summary>
    public SgdHyperparameters()
        : this(double.NaN)
    {
    }

    /// <summary>Refuses constants that are out of range, and those that no constructor made.</summary>
    /// <exception cref="ArgumentException">A constant is out of range.</exception>
    internal void Check()
    {
        Hyperparameters.RequireMade(made, nameof(SgdHyperparameters));
        Bounds.NotNegative.Require(LearningRate);
        (Nesterov ? Bounds.OpenUnitInterval : Bounds.HalfOpenUnitInterval).Require(Momentum);
        (Nesterov ? Bounds.Zero : Bounds.UnitInterval).Require(Dampening);
        Bounds.NotNegative.Require(L2);
    }
}
