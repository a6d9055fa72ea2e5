namespace Functional.Optim.Kernels;

/// <summary>The factor by which a moment that started at zero is too small.</summary>
public static class BiasCorrection
{
    /// <summary>1 − βᵗ: 1 − β at the first update, tending to 1 (Kingma and Ba, 2015, section 3).</summary>
    /// <param name="beta">The decay rate of the moment, in [0, 1).</param>
    /// <param name="step">t, the number of the update, from 1.</param>
    public static double Factor(double beta, long step) => 1 - Math.Pow(beta, step);

    /// <summary>√(1 − β₂ᵗ) / (1 − β₁ᵗ), by which Adam's rate corrects both moments where ε stands outside.</summary>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="step">t, the number of the update, from 1.</param>
    internal static double OfRate(double beta1, double beta2, long step) =>
        Math.Sqrt(Factor(beta2, step)) / Factor(beta1, step);
}
