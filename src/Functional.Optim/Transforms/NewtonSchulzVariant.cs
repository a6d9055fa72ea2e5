namespace Functional.Optim;

/// <summary>
/// Which polynomials bring the singular values near 1, and by what the matrix is divided before (see
/// <see cref="Orthogonalize"/>).
/// </summary>
public enum NewtonSchulzVariant
{
    /// <summary>torch's: 3.4445·σ − 4.775·σ³ + 2.0315·σ⁵ at every step, after a division by max(‖u‖, 1e-7).</summary>
    Torch,

    /// <summary>Jordan's: the same polynomial, after a division by ‖u‖ + 1e-7.</summary>
    Jordan,

    /// <summary>
    /// Polar Express (Amsel et al., 2025, arXiv:2505.16932): a different polynomial for each of five steps, after a
    /// division by 1.02·‖u‖ + 1e-6.
    /// </summary>
    PolarExpress,

    /// <summary>
    /// That of Dion's code (Ahn et al., 2025, arXiv:2504.05295): another five polynomials, after a division by ‖u‖ +
    /// 1e-7.
    /// </summary>
    Dion,
}
