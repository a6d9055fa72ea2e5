using System.Globalization;

namespace Functional.Optim.Kernels;

/// <summary>A step of a Newton–Schulz iteration: every singular value σ of a matrix becomes a·σ + b·σ³ + c·σ⁵.</summary>
/// <param name="A">a.</param>
/// <param name="B">b.</param>
/// <param name="C">c.</param>
public readonly record struct Quintic(double A, double B, double C)
{
    /// <summary>Whether every coefficient is finite.</summary>
    public bool IsFinite => double.IsFinite(A) && double.IsFinite(B) && double.IsFinite(C);

    /// <summary>What becomes of a singular value.</summary>
    /// <param name="value">σ.</param>
    public double At(double value) => value * (A + (value * value * (B + (C * value * value))));

    /// <summary>The polynomial, with the same numbers in every culture.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{A}·σ + {B}·σ³ + {C}·σ⁵");
}
