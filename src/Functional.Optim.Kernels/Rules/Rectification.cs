namespace Functional.Optim.Kernels;

/// <summary>
/// The rectification of <see cref="RAdamRule{T}"/> (Liu et al., 2020): ρ_t tells how many squares the second moment
/// stands for, and r_t shortens a step while they are few.
/// </summary>
public static class Rectification
{
    /// <summary>
    /// ρ_t = ρ∞ − 2·t·β₂ᵗ / (1 − β₂ᵗ), with ρ∞ = 2 / (1 − β₂) − 1. While ρ_t is small beside ρ∞, that cancels most of
    /// the digits; with a = −ln β₂ and L(y) = y·coth(y) − 1 it is t − 2·(L(t·a / 2) − L(a / 2)) / a, which does not.
    /// </summary>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="step">t, the number of the update, from 1.</param>
    public static double Length(double beta2, long step)
    {
        double rate = -Math.Log(beta2), half = step * rate / 2;
        if (half < 1) return step - (2 * (Excess(half) - Excess(rate / 2)) / rate);
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

    /// <summary>L(y) = y·coth(y) − 1 = Σ 2k / (2k + 1)!·y²ᵏ⁺¹ / sinh(y) for y below 1, all terms positive.</summary>
    private static double Excess(double y)
    {
        double sum = 0, term = y;
        for (int k = 1; k <= 9; k++)
        {
            term *= y * y / (2 * k * ((2 * k) + 1));
            sum += 2 * k * term;
        }

        return sum / Math.Sinh(y);
    }
}
