using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The rate of averaged stochastic gradient descent: η(t) / (1 + λ·η(t)·(t − 1))^α. The first update has η(1).
/// </summary>
internal sealed record AsgdRate(Schedule Inner, double Lambda, double Alpha) : Schedule
{
    /// <inheritdoc/>
    protected internal override double RateAt(long step) => AsgdSteps.Rate(Inner.At(step), Lambda, Alpha, step);
}
