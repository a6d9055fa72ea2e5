namespace Functional.Optim.Kernels;

/// <summary>What averaged stochastic gradient descent multiplies by at a step, in closed form.</summary>
public static class AsgdSteps
{
    /// <summary>η_t = η / (1 + λ·η·(t − 1))^α: η at the first update.</summary>
    /// <param name="rate">η.</param>
    /// <param name="lambda">λ, not negative.</param>
    /// <param name="alpha">α, not negative.</param>
    /// <param name="step">t, the number of the update, from 1.</param>
    public static double Rate(double rate, double lambda, double alpha, long step) =>
        rate / Math.Pow(1 + (lambda * rate * Math.Max(0, step - 1)), alpha);

    /// <summary>μ_t = 1 / max(1, t − 1 − t₀): 1 up to update t₀ + 2, then 1/2, 1/3, ….</summary>
    /// <param name="averageAfter">t₀, not negative.</param>
    /// <param name="step">t, the number of the update, from 1.</param>
    public static double AverageWeight(long averageAfter, long step) => 1 / Math.Max(1, step - 1.0 - averageAfter);
}
