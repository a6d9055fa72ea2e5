namespace Functional.Optim.Kernels;

/// <summary>
/// The rectification of <see cref="RAdamRule{T}"/> (Liu et al., 2020): ρ_t tells how many squares the second moment
/// stands for, and r_t shortens a step while they are few.
/// </summary>
public static class Rectification
{
    /// <summary>ρ_t = ρ∞ − 2·t·β₂ᵗ / (1 − β₂ᵗ), with ρ∞ = 2 / (1 − β₂) − 1.</summary>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="step">t, the number of the update, from 1.</param>
    public static double Length(double beta2, long step)
    {
        double correction = BiasCorrection.Factor(beta2, step);
        return Limit(beta2) - (2.0 * step * (1 - correction) / correction);
    }

    /// <summary>ρ∞, which ρ_t tends to.</summary>
    /// <param name="beta2">β₂, in [0, 1).</param>
    public static double Limit(double beta2) => (2 / (1 - beta2)) - 1;

    /// <summary>r_t² = (ρ_t − 4)·(ρ_t − 2)·ρ∞ / ((ρ∞ − 4)·(ρ∞ − 2)·ρ_t).</summary>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="step">t, the number of an update with ρ_t above 4.</param>
    public static double SquaredFactor(double beta2, long step)
    {
        double rho = Length(beta2, step), limit = Limit(beta2);
        return (rho - 4) * (rho - 2) * limit / ((limit - 4) * (limit - 2) * rho);
    }
}
