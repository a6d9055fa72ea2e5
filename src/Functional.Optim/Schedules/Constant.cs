namespace Functional.Optim;

/// <summary>The same rate at every step: η(k) = η.</summary>
public sealed record Constant : Schedule
{
    /// <summary>
    /// A constant that is not checked here, but where it is used as a schedule
    /// (<see cref="ValidationErrors.Require(Schedule?, string)"/>).
    /// </summary>
    internal Constant(double rate) => Rate = rate;

    /// <summary>η, the rate.</summary>
    public double Rate { get; }

    /// <summary>Makes the schedule.</summary>
    /// <param name="rate">η; finite and not negative.</param>
    /// <exception cref="ArgumentException">The rate is negative or not finite.</exception>
    public static Constant Of(double rate) => new ValidationErrors()
        .Require(rate, Bounds.NotNegative)
        .Checked(() => new Constant(rate)).OrThrow(nameof(Constant));

    /// <inheritdoc/>
    protected internal override double? MaxRate => Rate;

    /// <inheritdoc/>
    protected internal override double RateAt(long step) => Bounds.NotNegative.Check(Rate, nameof(Rate));
}
