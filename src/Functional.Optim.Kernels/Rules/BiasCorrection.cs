namespace Functional.Optim.Kernels;

/// <summary>The factor by which a moment that started at zero is too small.</summary>
public static class BiasCorrection
{
    /// <summary>1 − βᵗ: 1 − β at the first update, tending to 1 (Kingma and Ba, 2015, section 3).</summary>
    /// <param name="beta">The decay rate of the moment, in [0, 1).</param>
    /// <param name="step">t, the number of the update, from 1.</param>
    /// <returns>Right to the last bits for β near 1 too, where the difference itself would cancel most of them.</returns>
    public static double Factor(double beta, long step) => Factor(beta, (double)step);

    /// <summary>1 − βᵗ for any t.</summary>
    internal static double Factor(double beta, double step) => step switch
    {
        0 => 0,
        1 => 1 - beta,
        _ => OfLogarithm(step * Math.Log(beta)),
    };

    /// <summary>
    /// 1 − eˣ, x being the logarithm of βᵗ or of a product of decay rates. The rounding errors of both parts of
    /// (1 − eˣ) / ln eˣ cancel each other (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section
    /// 1.14.1); the platform's function is only as right as the difference.
    /// </summary>
    internal static double OfLogarithm(double logarithm)
    {
        double power = Math.Exp(logarithm), difference = 1 - power;
        return difference is 0 ? -logarithm : difference is 1 ? 1 : difference * (logarithm / Math.Log(power));
    }

    /// <summary>√(1 − β₂ᵗ) / (1 − β₁ᵗ), by which Adam's rate corrects both moments where ε stands outside.</summary>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="step">t, the number of the update, from 1.</param>
    internal static double OfRate(double beta1, double beta2, long step) =>
        Math.Sqrt(Factor(beta2, step)) / Factor(beta1, step);
}
