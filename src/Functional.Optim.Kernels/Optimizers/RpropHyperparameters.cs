namespace Functional.Optim.Kernels;

/// <summary>The constants of one update of Rprop (<see cref="RpropKernel"/>).</summary>
/// <param name="LearningRate">η, which multiplies the step sizes; not negative.</param>
/// <param name="EtaMinus">η⁻, in (0, 1).</param>
/// <param name="EtaPlus">η⁺, more than 1.</param>
/// <param name="MinimumStep">The smallest size.</param>
/// <param name="MaximumStep">The largest size.</param>
/// <param name="L2">λ of the L2 penalty added to the gradient; not negative.</param>
public readonly record struct RpropHyperparameters(
    double LearningRate = 1, double EtaMinus = 0.5, double EtaPlus = 1.2, double MinimumStep = 1e-6, double MaximumStep = 50,
    double L2 = 0);
