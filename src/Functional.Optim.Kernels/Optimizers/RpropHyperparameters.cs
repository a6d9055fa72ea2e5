using System.Globalization;

namespace Functional.Optim.Kernels;

/// <summary>The constants of one update of Rprop (<see cref="RpropKernel"/>).</summary>
/// <param name="LearningRate">η, which multiplies the step sizes; not negative.</param>
/// <param name="EtaMinus">η⁻, in (0, 1).</param>
/// <param name="EtaPlus">η⁺, more than 1.</param>
/// <param name="MinimumStep">The smallest size; not negative.</param>
/// <param name="MaximumStep">The largest size, not below the smallest.</param>
/// <param name="L2">λ of the L2 penalty added to the gradient; not negative.</param>
public readonly record struct RpropHyperparameters(
    double LearningRate = 1, double EtaMinus = 0.5, double EtaPlus = 1.2, double MinimumStep = 1e-6, double MaximumStep = 50,
    double L2 = 0)
{
    private static readonly Bounds Growth = Bounds.OpenInterval(1, double.PositiveInfinity);

    private readonly bool made = true;

    /// <summary>The defaults.</summary>
    public RpropHyperparameters()
        : this(LearningRate: 1)
    {
    }

    /// <summary>Refuses constants that are out of range, and those that no constructor made.</summary>
    /// <exception cref="ArgumentException">A constant is out of range.</exception>
    internal void Check()
    {
        Hyperparameters.RequireMade(made, nameof(RpropHyperparameters));
        Bounds.NotNegative.Require(LearningRate);
        Bounds.OpenUnitInterval.Require(EtaMinus);
        Growth.Require(EtaPlus);
        Bounds.NotNegative.Require(MinimumStep);
        Bounds.NotNegative.Require(MaximumStep);
        Bounds.NotNegative.Require(L2);
        if (MaximumStep < MinimumStep) throw BelowMinimum();
    }

    private ArgumentException BelowMinimum() => new(string.Create(
        CultureInfo.InvariantCulture,
        $"{nameof(MaximumStep)} is {MaximumStep}; allowed is {MinimumStep}, the smallest, or more."));
}
