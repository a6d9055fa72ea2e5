using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The rectification of RAdam as a rate: r_t where ρ_t is above a threshold of 4 or more, and 1 or 0 before.
/// </summary>
internal sealed record RectifiedRate(double Beta2, int Threshold, bool StepsBefore) : Schedule
{
    /// <inheritdoc/>
    protected internal override double RateAt(long step)
    {
        long update = Math.Max(1, step);
        return Rectification.Length(Beta2, update) > Threshold
            ? Math.Sqrt(Rectification.SquaredFactor(Beta2, update))
            : StepsBefore ? 1 : 0;
    }
}
