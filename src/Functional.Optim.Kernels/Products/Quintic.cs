using System.Globalization;

namespace Functional.Optim.Kernels;

/// <summary>
/// The polynomial of one Newton–Schulz step: each singular value σ of a matrix becomes a·σ + b·σ³ + c·σ⁵.
/// </summary>
/// <param name="A">a, the coefficient of σ.</param>
/// <param name="B">b, the coefficient of σ³.</param>
/// <param name="C">c, the coefficient of σ⁵.</param>
public readonly record struct Quintic(double A, double B, double C)
{
    /// <summary>Whether every coefficient is finite.</summary>
    public bool IsFinite => double.IsFinite(A) && double.IsFinite(B) && double.IsFinite(C);

    /// <summary>The value of the polynomial: what a singular value becomes.</summary>
    /// <param name="value">The singular value σ.</param>
    public double At(double value) => value * (A + (value * value * (B + (C * value * value))));

    /// <summary>The polynomial, with the same numbers in every culture.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{A}·σ + {B}·σ³ + {C}·σ⁵");
}
