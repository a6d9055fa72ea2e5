namespace Functional.Optim;

/// <summary>
/// Grokfast (Lee, Kang, Kim and Lee, 2024, arXiv:2405.20233): before an optimizer, what changes slowly in the gradient
/// is added to it again: u' = u + λ·s, where s is a mean of the gradients.
/// </summary>
public static class GrokFast
{
    /// <summary>
    /// With a moving average: μ' = α·μ + (1 − α)·u, μ' = u at the first update, and s = μ'. It keeps a number for each
    /// parameter.
    /// </summary>
    /// <remarks>Some code lets the first average share memory with the gradient, which distorts it.</remarks>
    /// <param name="alpha">α, how much of the average is kept; in [0, 1).</param>
    /// <param name="lambda">λ; finite and not negative.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Optimizer Ema(double alpha = 0.98, double lambda = 2) => Setting.Make<Optimizer>(
        () => new GrokFastEma { Alpha = alpha, Lambda = lambda }, nameof(GrokFast));

    /// <summary>
    /// With a window: s is the mean of the last w gradients, this one included, or their sum. It keeps w numbers for
    /// each parameter and reads them all in each step.
    /// </summary>
    /// <param name="size">w; 1 or more.</param>
    /// <param name="lambda">λ; finite and not negative.</param>
    /// <param name="sum">Whether s is the sum, and not the mean.</param>
    /// <param name="warmup">Whether nothing is added before there are w gradients; else s is that of those there
    /// are.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Optimizer Window(int size = 100, double lambda = 5, bool sum = false, bool warmup = true) =>
        Setting.Make<Optimizer>(
            () => new GrokFastWindow { Size = size, Lambda = lambda, Sum = sum, Warmup = warmup }, nameof(GrokFast));
}
