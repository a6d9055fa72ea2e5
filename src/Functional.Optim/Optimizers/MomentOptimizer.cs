namespace Functional.Optim;

/// <summary>
/// An optimizer that divides a running mean of the gradients by a running measure of their size: the Adam family.
/// </summary>
public abstract record MomentOptimizer : ElementwiseOptimizer
{
    /// <summary>The default of β₁.</summary>
    protected internal const double UsualBeta1 = 0.9;

    /// <summary>The default of β₂.</summary>
    protected internal const double UsualBeta2 = 0.999;

    /// <summary>The default of ε, unless the optimizer says otherwise.</summary>
    protected internal const double UsualEpsilon = 1e-8;

    /// <summary>An optimizer whose settings its initializer gives.</summary>
    protected MomentOptimizer()
    {
    }

    /// <summary>β₁(t), how much of the mean of the gradients is kept; in [0, 1).</summary>
    public Schedule Beta1 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); } = UsualBeta1;

    /// <summary>β₂, how much of the slower mean is kept; in [0, 1).</summary>
    public double Beta2 { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); } = UsualBeta2;

    /// <summary>ε, added to the divisor; finite and not negative.</summary>
    public double Epsilon { get; init => field = Setting.Check(value, Bounds.NotNegative); } = UsualEpsilon;

    /// <summary>β₁ at an update.</summary>
    /// <param name="step">k, from 1.</param>
    /// <exception cref="InvalidOperationException">The schedule gives what is not allowed.</exception>
    protected double Beta1At(long step) => Beta1.SettingAt(step, Bounds.HalfOpenUnitInterval, nameof(Beta1));
}
