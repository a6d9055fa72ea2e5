namespace Functional.Optim;

/// <summary>
/// A learning rate as a pure, closed-form function of the step, in double. <c>At(k)</c> is the rate of the k-th update, k from 1; a
/// schedule keeps its last value after its end and is defined for every step from 0 to <see cref="long.MaxValue"/>.
/// </summary>
public abstract record Schedule
{
    /// <summary>A constant rate.</summary>
    public static implicit operator Schedule(double rate) => Optim.Constant.Of(rate);

    /// <inheritdoc cref="Optim.Constant.Of"/>
    public static Schedule Constant(double rate) => Optim.Constant.Of(rate);

    /// <inheritdoc cref="Optim.LinearWarmup.Of"/>
    public static Schedule LinearWarmup(double peak, long warmupSteps) => Optim.LinearWarmup.Of(peak, warmupSteps);

    /// <inheritdoc cref="Optim.WarmupCosine.Of"/>
    public static Schedule WarmupCosine(double peak, long warmupSteps, long totalSteps, double floor = 0) =>
        Optim.WarmupCosine.Of(peak, warmupSteps, totalSteps, floor);

    /// <inheritdoc cref="Optim.WarmupPolynomial.Of"/>
    public static Schedule WarmupPolynomial(double peak, long warmupSteps, long totalSteps, double floor = 0, double power = 2) =>
        Optim.WarmupPolynomial.Of(peak, warmupSteps, totalSteps, floor, power);

    /// <inheritdoc cref="Optim.WarmupExponential.Of"/>
    public static Schedule WarmupExponential(double peak, long warmupSteps, long totalSteps, double floor) =>
        Optim.WarmupExponential.Of(peak, warmupSteps, totalSteps, floor);

    /// <summary>The rate of a constant, which is a schedule that converts from a number.</summary>
    public static Schedule FromDouble(double rate) => rate;

    /// <summary>The rate of the update that makes the step count <paramref name="step"/>.</summary>
    /// <param name="step">The number of the update; 0 is allowed, and is what a zero-based schedule starts with.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    public double At(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return RateAt(step);
    }

    /// <summary>The rates of the first updates: At(1), …, At(n).</summary>
    /// <param name="steps">n; not negative.</param>
    public double[] Preview(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        double[] rates = new double[steps];
        for (int index = 0; index < steps; index++) rates[index] = At(index + 1);
        return rates;
    }

    /// <summary>This schedule with torch's convention: the first update has the rate At(0).</summary>
    public Schedule ZeroBased() => new ZeroBasedSchedule(this);

    /// <summary>This schedule times a factor.</summary>
    /// <param name="factor">Finite and not negative.</param>
    /// <exception cref="ArgumentException">The factor is negative or not finite.</exception>
    public Schedule Scale(double factor) => Scaled.Of(this, factor);

    /// <summary>This schedule, kept between two rates.</summary>
    /// <param name="minimum">The least rate; not negative.</param>
    /// <param name="maximum">The greatest rate; not below the least.</param>
    /// <exception cref="ArgumentException">The bounds are negative, NaN or in the wrong order.</exception>
    public Schedule Clamp(double minimum, double maximum) => Clamped.Of(this, minimum, maximum);

    /// <summary>This schedule up to and including a step, then another that counts its steps from there.</summary>
    /// <param name="next">What follows; its step 1 is the step after the join.</param>
    /// <param name="afterStep">The last step of this schedule; not negative.</param>
    /// <exception cref="ArgumentException">The step is negative.</exception>
    public Schedule Then(Schedule next, long afterStep) => Joined.Of(this, next, afterStep);

    /// <summary>The formula; the step is not negative.</summary>
    protected internal abstract double RateAt(long step);
}
