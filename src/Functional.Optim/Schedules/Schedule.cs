using System.Globalization;
using System.Text.Json.Serialization;
using LanguageExt;

namespace Functional.Optim;

/// <summary>
/// A learning rate, or another setting, as a pure, closed-form function of the step, in double. <c>At(k)</c> is the rate of the k-th
/// update, k from 1; a schedule keeps its last value after its end and is defined for every step from 0 to <see cref="long.MaxValue"/>.
/// </summary>
[JsonConverter(typeof(ScheduleJson))]
public abstract record Schedule
{
    /// <summary>
    /// A constant rate. What takes it as a schedule checks it, so that it is an error among the others there.
    /// </summary>
    public static implicit operator Schedule(double rate) => new Constant(rate);

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

    /// <summary>
    /// Half a cosine without a warm-up: torch's CosineAnnealingLR, which rises again after its end; Optax's cosine_decay_schedule.
    /// </summary>
    /// <param name="peak">The rate at step 0; finite and not negative.</param>
    /// <param name="totalSteps">The step that first has the floor; 1 or more. torch: T_max.</param>
    /// <param name="floor">The rate at the end and after it; from 0 to the peak. torch: eta_min.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Schedule Cosine(double peak, long totalSteps, double floor = 0) => Optim.WarmupCosine.Of(peak, 0, totalSteps, floor);

    /// <summary>A power of what is left, without a warm-up: torch's PolynomialLR, Optax's polynomial_schedule.</summary>
    /// <param name="peak">The rate at step 0; finite and not negative.</param>
    /// <param name="totalSteps">The step that first has the floor; 1 or more. torch: total_iters, 5 by default.</param>
    /// <param name="floor">The rate at the end and after it; from 0 to the peak. torch's is 0.</param>
    /// <param name="power">The exponent; finite and positive.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Schedule Polynomial(double peak, long totalSteps, double floor = 0, double power = 1) =>
        Optim.WarmupPolynomial.Of(peak, 0, totalSteps, floor, power);

    /// <inheritdoc cref="Optim.StepDecay.Of"/>
    public static Schedule StepDecay(double rate, long every, double gamma = 0.1) => Optim.StepDecay.Of(rate, every, gamma);

    /// <inheritdoc cref="Optim.MultiStepDecay.Of"/>
    public static Schedule MultiStepDecay(double rate, IEnumerable<long> milestones, double gamma = 0.1) =>
        Optim.MultiStepDecay.Of(rate, milestones, gamma);

    /// <inheritdoc cref="Optim.ConstantFactor.Of"/>
    public static Schedule ConstantFactor(double rate, long steps, double initialFactor = 1.0 / 3) =>
        Optim.ConstantFactor.Of(rate, steps, initialFactor);

    /// <inheritdoc cref="Optim.LinearFactor.Of"/>
    public static Schedule LinearFactor(double rate, long steps, double startFactor = 1.0 / 3, double endFactor = 1) =>
        Optim.LinearFactor.Of(rate, steps, startFactor, endFactor);

    /// <inheritdoc cref="Optim.ExponentialDecay.Of"/>
    public static Schedule ExponentialDecay(double rate, double gamma) => Optim.ExponentialDecay.Of(rate, gamma);

    /// <inheritdoc cref="Optim.CosineRestarts.Of"/>
    public static Schedule CosineRestarts(double peak, long firstPeriod, long periodFactor = 1, double floor = 0) =>
        Optim.CosineRestarts.Of(peak, firstPeriod, periodFactor, floor);

    /// <inheritdoc cref="Optim.OneCycle.Of"/>
    public static OneCycle OneCycle(
        double peak, long totalSteps, double rise = 0.3, Anneal anneal = Anneal.Cosine, double divisor = 25, double finalDivisor = 1e4,
        bool threePhases = false) => Optim.OneCycle.Of(peak, totalSteps, rise, anneal, divisor, finalDivisor, threePhases);

    /// <inheritdoc cref="Optim.Cyclic.Of"/>
    public static Cyclic Cyclic(
        double floor, double peak, long stepsUp = 2000, long? stepsDown = null, CyclicMode mode = CyclicMode.Triangular,
        double gamma = 1) => Optim.Cyclic.Of(floor, peak, stepsUp, stepsDown, mode, gamma);

    /// <inheritdoc cref="Optim.InverseSquareRoot.Of"/>
    public static Schedule InverseSquareRoot(double peak, long warmupSteps) => Optim.InverseSquareRoot.Of(peak, warmupSteps);

    /// <inheritdoc cref="Optim.WarmupStableDecay.Of"/>
    public static Schedule WarmupStableDecay(
        double peak, long warmupSteps, long decaySteps, long totalSteps, double floor = 0, Anneal anneal = Anneal.Linear) =>
        Optim.WarmupStableDecay.Of(peak, warmupSteps, decaySteps, totalSteps, floor, anneal);

    /// <summary>
    /// Schedules one after the other, each joined to those before by <see cref="Then"/>: torch's SequentialLR, Optax's join_schedules.
    /// Theirs start each part at its step 0, so their updates are those of parts that are each <see cref="ZeroBased"/>.
    /// </summary>
    /// <param name="schedules">The parts.</param>
    /// <param name="milestones">The last step of each part but the last, counted from the start; not negative, in rising order.</param>
    /// <exception cref="ArgumentException">
    /// There is not one part more than milestones, they do not rise, a part is a number that is no rate, or schedules are more than 16 within
    /// each other.
    /// </exception>
    public static Schedule Sequential(IEnumerable<Schedule> schedules, IEnumerable<long> milestones) =>
        Joined.Of(Prelude.toSeq(schedules).Strict(), Prelude.toSeq(milestones).Strict());

    /// <summary>
    /// Schedules multiplied step by step, the first with the rate and the others with a rate of 1: torch's ChainedScheduler, for the
    /// schedules that multiply. torch's CosineAnnealingLR with a floor adds as well when chained, so it has no such product.
    /// </summary>
    /// <param name="schedules">The factors; one or more.</param>
    /// <exception cref="ArgumentException">
    /// There is none, one is a number that is no rate, or schedules are more than 16 within each other.
    /// </exception>
    public static Schedule Chained(params IEnumerable<Schedule> schedules) => Product.Of(Prelude.toSeq(schedules).Strict());

    /// <summary>A constant rate as a schedule: the conversion from a number, for languages that have none.</summary>
    /// <param name="rate">η; what takes the schedule checks that it is finite and not negative.</param>
    public static Schedule FromDouble(double rate) => rate;

    /// <summary>The rate of the update that makes the step count <paramref name="step"/>.</summary>
    /// <param name="step">The number of the update; 0 is allowed, and is what a zero-based schedule starts with.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    /// <exception cref="ArgumentException">The schedule is a number that is no rate.</exception>
    /// <exception cref="InvalidOperationException">What <see cref="RateAt"/> returned is NaN, infinite or negative.</exception>
    public double At(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        double rate = RateAt(step);
        return Bounds.NotNegative.Contains(rate)
            ? rate
            : throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"The rate of {Excerpt.Of(ToString())} at step {step} is {rate}; allowed is {Bounds.NotNegative}."));
    }

    /// <summary>What a setting is at an update.</summary>
    /// <exception cref="InvalidOperationException">It is not allowed.</exception>
    internal double SettingAt(long step, Bounds allowed, string setting)
    {
        double value = RateAt(step);
        return allowed.Contains(value)
            ? value
            : throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"{setting} at update {step} is {value}, by {Excerpt.Of(ToString())}; allowed is {allowed}."));
    }

    /// <summary>The rates of the first updates: At(1), …, At(n).</summary>
    /// <param name="steps">n; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">n is negative.</exception>
    public double[] Preview(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        double[] rates = new double[steps];
        for (int index = 0; index < steps; index++) rates[index] = At(index + 1);
        return rates;
    }

    /// <summary>This schedule with torch's convention: the first update has the rate At(0).</summary>
    /// <exception cref="ArgumentException">
    /// The schedule is a number that is no rate, or schedules are more than 16 within each other.
    /// </exception>
    public Schedule ZeroBased() => new ZeroBasedSchedule(Setting.Check(this, "rate"));

    /// <summary>This schedule times a factor.</summary>
    /// <param name="factor">Finite and not negative.</param>
    /// <exception cref="ArgumentException">
    /// The factor is negative or not finite, or schedules are more than 16 within each other; scaling again does not count.
    /// </exception>
    public Schedule Scale(double factor) => Product.Of(this, factor);

    /// <summary>This schedule, kept between two rates.</summary>
    /// <param name="minimum">The least rate; not negative.</param>
    /// <param name="maximum">The greatest rate; not below the least.</param>
    /// <exception cref="ArgumentException">
    /// The bounds are negative, NaN or in the wrong order, or schedules are more than 16 within each other; clamping again does not count.
    /// </exception>
    public Schedule Clamp(double minimum, double maximum) => Clamped.Of(this, minimum, maximum);

    /// <summary>This schedule up to and including a step, then another that counts its steps from there.</summary>
    /// <param name="next">What follows; its step 1 is the step after the join.</param>
    /// <param name="afterStep">The last step of this schedule; not negative.</param>
    /// <exception cref="ArgumentException">
    /// The step is negative, a part is a number that is no rate, or schedules are more than 16 within each other; joining again does not count.
    /// </exception>
    public Schedule Then(Schedule next, long afterStep) => Joined.Of(this, next, afterStep);

    /// <summary>
    /// The text of the schedule, of which <see cref="Catalogue.BuildSchedule"/> makes an equal one; a constant prints as
    /// its number.
    /// </summary>
    public sealed override string ToString() => this is Constant { Rate: double rate }
        ? rate.ToString(CultureInfo.InvariantCulture)
        : Catalogue.TextOf(this) ?? RecordText.Of(EqualityContract.Name, PrintMembers);

    /// <summary>How many schedules are within each other, this one included; one of somebody else's counts as one.</summary>
    internal virtual int Depth => 1;

    /// <summary>The formula; the step is not negative. <see cref="At"/> checks that its rate is finite and not negative.</summary>
    protected internal abstract double RateAt(long step);
}
