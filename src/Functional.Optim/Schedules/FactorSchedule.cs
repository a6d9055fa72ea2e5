namespace Functional.Optim;

/// <summary>The base of schedules that multiply a rate by a factor: η(k) = rate · f(k) with f in [0, 1].</summary>
public abstract record FactorSchedule : Schedule
{
    private protected FactorSchedule(double rate) => Rate = rate;

    /// <summary>The base rate, which torch takes from the optimizer.</summary>
    public double Rate { get; }

    /// <inheritdoc/>
    protected internal override double? MaxRate => Rate;

    /// <inheritdoc/>
    protected internal sealed override double RateAt(long step) => Rate * Factor(step);

    /// <summary>f(k), in [0, 1].</summary>
    private protected abstract double Factor(long step);

    private protected static ValidationErrors Check(double rate) =>
        new ValidationErrors().Require(rate, Bounds.NotNegative);
}
