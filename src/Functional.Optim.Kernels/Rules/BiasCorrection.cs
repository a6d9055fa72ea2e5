namespace Functional.Optim.Kernels;

/// <summary>The factor by which a moment that started at zero is too small.</summary>
public static class BiasCorrection
{
    /// <summary>1 − βᵗ: 1 − β at the first update, tending to 1 (Kingma and Ba, 2015, section 3).</summary>
    /// <param name="beta">The decay rate of the moment, in [0, 1).</param>
    /// <param name="step">t, the number of the update, from 1.</param>
    public static double Factor(double beta, long step) => 1 - Math.Pow(beta, step);
}
