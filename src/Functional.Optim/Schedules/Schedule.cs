using System.Globalization;
using System.Text.Json.Serialization;

namespace Functional.Optim;

/// <summary>
/// A learning rate, or another setting, as a pure closed-form function of the step, in double. <c>At(k)</c> is the rate
/// of the k-th update, k from 1. A schedule is defined for every step from 0 to <see cref="long.MaxValue"/>; after its
/// end it keeps its last value, unless it says that it goes on. Immutable and thread-safe.
/// </summary>
[JsonConverter(typeof(ScheduleJson))]
public abstract record Schedule
{
    /// <summary>
    /// A constant rate. It is checked where it is used as a schedule, so that its error is listed with the others.
    /// </summary>
    /// <param name="rate">η.</param>
    public static implicit operator Schedule(double rate) => new Constant(rate);

    /// <inheritdoc cref="Optim.Constant.Of"/>
    public static Schedule Constant(double rate) => Optim.Constant.Of(rate);

    /// <inheritdoc cref="Optim.LinearWarmup.Of"/>
    public static Schedule LinearWarmup(double peak, long warmupSteps, double start = 0) =>
        Optim.LinearWarmup.Of(peak, warmupSteps, start);

    /// <inheritdoc cref="Optim.WarmupCosine.Of"/>
    public static Schedule WarmupCosine(
        double peak, long warmupSteps, long totalSteps, double floor = 0, double start = 0, double cycles = 0.5,
        bool continues = false) =>
        Optim.WarmupCosine.Of(peak, warmupSteps, totalSteps, floor, start, cycles, continues);

    /// <inheritdoc cref="Optim.CosineHardRestarts.Of"/>
    public static Schedule CosineHardRestarts(
        double peak, long warmupSteps, long totalSteps, long cycles, double floor = 0, double start = 0) =>
        Optim.CosineHardRestarts.Of(peak, warmupSteps, totalSteps, cycles, floor, start);

    /// <inheritdoc cref="Optim.WarmupPolynomial.Of"/>
    public static Schedule WarmupPolynomial(
        double peak, long warmupSteps, long totalSteps, double floor = 0, double power = 2, double start = 0) =>
        Optim.WarmupPolynomial.Of(peak, warmupSteps, totalSteps, floor, power, start);

    /// <inheritdoc cref="Optim.WarmupExponential.Of"/>
    public static Schedule WarmupExponential(
        double peak, long warmupSteps, long totalSteps, double floor, double start = 0) =>
        Optim.WarmupExponential.Of(peak, warmupSteps, totalSteps, floor, start);

    /// <inheritdoc cref="Optim.WarmupRex.Of"/>
    public static Schedule WarmupRex(
        double peak, long warmupSteps, long totalSteps, double floor = 0, double start = 0) =>
        Optim.WarmupRex.Of(peak, warmupSteps, totalSteps, floor, start);

    /// <summary>
    /// Half a cosine period without a warm-up; Optax's cosine_decay_schedule, and torch's CosineAnnealingLR, which
    /// rises again after its end: <paramref name="continues"/>.
    /// </summary>
    /// <param name="peak">The rate at step 0; finite and not negative.</param>
    /// <param name="totalSteps">The first step with the floor; 1 or more. torch: T_max.</param>
    /// <param name="floor">The rate from that step on; from 0 to the peak. torch: eta_min.</param>
    /// <param name="cycles">The number of cosine periods; above 0, at most the steps.</param>
    /// <param name="continues">Whether the cosine goes on after its end, or the rate stays.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Schedule Cosine(
        double peak, long totalSteps, double floor = 0, double cycles = 0.5, bool continues = false) =>
        Optim.WarmupCosine.Of(peak, 0, totalSteps, floor, cycles: cycles, continues: continues);

    /// <summary>A polynomial decay without a warm-up; torch's PolynomialLR, Optax's polynomial_schedule.</summary>
    /// <param name="peak">The rate at step 0; finite and not negative.</param>
    /// <param name="totalSteps">The first step with the floor; 1 or more. torch: total_iters, 5 by default.</param>
    /// <param name="floor">The rate from that step on; from 0 to the peak. In torch it is 0.</param>
    /// <param name="power">The exponent; finite and positive.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Schedule Polynomial(double peak, long totalSteps, double floor = 0, double power = 1) =>
        Optim.WarmupPolynomial.Of(peak, 0, totalSteps, floor, power);

    /// <inheritdoc cref="Optim.StepDecay.Of"/>
    public static Schedule StepDecay(double rate, long every, double gamma = 0.1) =>
        Optim.StepDecay.Of(rate, every, gamma);

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

    /// <inheritdoc cref="Optim.ExponentialRise.Of"/>
    public static Schedule ExponentialRise(double from, double to, long steps) =>
        Optim.ExponentialRise.Of(from, to, steps);

    /// <inheritdoc cref="Optim.CosineRestarts.Of"/>
    public static Schedule CosineRestarts(
        double peak, long firstPeriod, double periodFactor = 1, double floor = 0, double peakFactor = 1,
        long? cycles = null, double kDecay = 1) =>
        Optim.CosineRestarts.Of(peak, firstPeriod, periodFactor, floor, peakFactor, cycles, kDecay);

    /// <inheritdoc cref="Optim.PolynomialRestarts.Of"/>
    public static Schedule PolynomialRestarts(
        double peak, long firstPeriod, double periodFactor = 1, double floor = 0, double peakFactor = 1,
        long? cycles = null, double kDecay = 1, double power = 1) =>
        Optim.PolynomialRestarts.Of(peak, firstPeriod, periodFactor, floor, peakFactor, cycles, kDecay, power);

    /// <inheritdoc cref="Optim.OneCycle.Of"/>
    public static OneCycle OneCycle(
        double peak,
        long totalSteps,
        double rise = 0.3,
        Anneal anneal = Anneal.Cosine,
        double divisor = 25,
        double finalDivisor = 1e4,
        bool threePhases = false) =>
        Optim.OneCycle.Of(peak, totalSteps, rise, anneal, divisor, finalDivisor, threePhases);

    /// <inheritdoc cref="Optim.Cyclic.Of"/>
    public static Cyclic Cyclic(
        double floor,
        double peak,
        long stepsUp = 2000,
        long? stepsDown = null,
        CyclicMode mode = CyclicMode.Triangular,
        double gamma = 1) => Optim.Cyclic.Of(floor, peak, stepsUp, stepsDown, mode, gamma);

    /// <inheritdoc cref="Optim.InverseSquareRoot.Of"/>
    public static Schedule InverseSquareRoot(double peak, long warmupSteps, long? timeScale = null) =>
        Optim.InverseSquareRoot.Of(peak, warmupSteps, timeScale);

    /// <inheritdoc cref="Optim.WarmupStableDecay.Of"/>
    public static Schedule WarmupStableDecay(
        double peak,
        long warmupSteps,
        long decaySteps,
        long totalSteps,
        double floor = 0,
        Anneal anneal = Anneal.Linear,
        double start = 0,
        Anneal warmupAnneal = Anneal.Linear) =>
        Optim.WarmupStableDecay.Of(
            peak, warmupSteps, decaySteps, totalSteps, floor, anneal, start, warmupAnneal);

    /// <summary>
    /// A schedule by a function of the step, from 1; torch's LambdaLR. The function must be pure. Such a schedule has
    /// no text: it cannot be written to JSON, and a checkpoint cannot tell whether it changed.
    /// </summary>
    /// <param name="rate">Returns the rate of an update: finite and not negative.</param>
    /// <exception cref="ArgumentNullException">There is no function.</exception>
    public static Schedule Of(Func<long, double> rate)
    {
        ArgumentNullException.ThrowIfNull(rate);
        return new FunctionSchedule(rate);
    }

    /// <summary>
    /// Schedules in sequence, each joined to the ones before by <see cref="Then"/>; torch's
    /// SequentialLR, Optax's join_schedules. Those start each part at its step 0, so they make the
    /// updates of parts that are each <see cref="ZeroBased"/>.
    /// </summary>
    /// <param name="schedules">The parts.</param>
    /// <param name="milestones">
    /// The last step of each part except the final one, counted from the start
    /// of the sequence; not negative, ascending.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The number of parts is not one more than that of the milestones, the milestones are not ascending, a part is a
    /// number that is not a rate, or more than 16 schedules are nested.
    /// </exception>
    public static Schedule Sequential(IEnumerable<Schedule> schedules, IEnumerable<long> milestones) =>
        Joined.Of([.. schedules], [.. milestones]);

    /// <summary>
    /// The product of schedules at each step: the first one with the rate, the others with a rate of 1.
    /// torch's ChainedScheduler for schedules that multiply. (torch's CosineAnnealingLR with a floor also
    /// adds, so a chain with it is not a product.)
    /// </summary>
    /// <param name="schedules">The factors; one or more.</param>
    /// <exception cref="ArgumentException">
    /// There are none, one is a number that is not a rate, or more than 16 schedules are nested.
    /// </exception>
    public static Schedule Chained(params IEnumerable<Schedule> schedules) =>
        Product.Of([.. schedules]);

    /// <summary>A constant rate as a schedule, for languages without implicit conversions.</summary>
    /// <param name="rate">η. It is checked where it is used as a schedule: finite and not negative.</param>
    public static Schedule FromDouble(double rate) => rate;

    /// <summary>The rate of an update.</summary>
    /// <param name="step">
    /// The number of the update, from 1; 0 is allowed too, and is the first step of a zero-based schedule.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    /// <exception cref="ArgumentException">The schedule is a number that is not a rate.</exception>
    /// <exception cref="InvalidOperationException">
    /// The result of <see cref="RateAt"/> is NaN, infinite or negative.
    /// </exception>
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

    /// <summary>The value of a setting at an update.</summary>
    /// <exception cref="InvalidOperationException">The value is out of range.</exception>
    internal double SettingAt(long step, Bounds allowed, string setting)
    {
        double value = RateAt(step);
        return allowed.Contains(value) ? value : throw NotAllowed(step, value, allowed, setting);
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

    /// <summary>This schedule in torch's convention: the first update has the rate At(0).</summary>
    /// <exception cref="ArgumentException">
    /// The schedule is a number that is not a rate, or more than 16 schedules are nested.
    /// </exception>
    public Schedule ZeroBased() => new ZeroBasedSchedule(Setting.Check(this, "rate"));

    /// <summary>This schedule multiplied by a factor.</summary>
    /// <param name="factor">The factor; finite and not negative.</param>
    /// <exception cref="ArgumentException">
    /// The factor is negative or not finite, or more than 16 schedules are nested (scaling twice counts once).
    /// </exception>
    public Schedule Scale(double factor) => Product.Of(this, factor);

    /// <summary>This schedule clamped to a minimum and a maximum.</summary>
    /// <param name="minimum">The lowest rate; not negative.</param>
    /// <param name="maximum">The highest rate; not below the minimum, may be infinite.</param>
    /// <exception cref="ArgumentException">
    /// The bounds are negative, NaN or in the wrong order, or more than 16 schedules
    /// are nested (clamping twice counts once).
    /// </exception>
    public Schedule Clamp(double minimum, double maximum) => Clamped.Of(this, minimum, maximum);

    /// <summary>This schedule up to and including a step, then another one that counts its steps from there.</summary>
    /// <param name="next">The next schedule; its step 1 is the step after <paramref name="afterStep"/>.</param>
    /// <param name="afterStep">The last step of this schedule; not negative.</param>
    /// <exception cref="ArgumentException">
    /// The step is negative, a part is a number that is not a rate, or more than 16
    /// schedules are nested (joining twice counts once).
    /// </exception>
    public Schedule Then(Schedule next, long afterStep) => Joined.Of(this, next, afterStep);

    /// <summary>This schedule without its first steps: At(k) of it is At(k + steps) of this one.</summary>
    /// <param name="steps">The number of steps left out; not negative.</param>
    /// <exception cref="ArgumentException">
    /// The number is negative, the schedule is a number that is not a rate, or more than 16 schedules are nested.
    /// </exception>
    public Schedule Skip(long steps) => Skipped.Of(this, steps);

    /// <summary>
    /// The text of the schedule, of which <see cref="Catalogue.BuildSchedule"/> makes an equal one; a constant prints
    /// as its number.
    /// </summary>
    public sealed override string ToString() => this is Constant { Rate: double rate }
        ? rate.ToString(CultureInfo.InvariantCulture)
        : Catalogue.TextOf(this) ?? RecordText.Of(EqualityContract.Name, PrintMembers);

    /// <summary>The number of nested schedules, this one included; a custom schedule counts as one.</summary>
    internal virtual int Depth => 1;

    /// <summary>
    /// Whether it is made of the library's schedules alone: a function of a user may throw when it is asked again for a
    /// step.
    /// </summary>
    internal bool IsBuiltIn => Catalogue.ReadSchedule(ToString()).Is(this);

    /// <summary>
    /// The largest rate of all steps; <see langword="null"/> where the schedule does not tell it. What is corrected by
    /// η/η_max needs it.
    /// </summary>
    protected internal virtual double? MaxRate => null;

    // A method of its own: what only throws is not inlined into each step.
    private InvalidOperationException NotAllowed(long step, double value, Bounds allowed, string setting) =>
        new(string.Create(
            CultureInfo.InvariantCulture,
            $"{setting} at update {step} is {value}, by {Excerpt.Of(ToString())}; allowed is {allowed}."));

    /// <summary>The formula. <see cref="At"/> checks that the result is finite and not negative.</summary>
    /// <param name="step">The number of the update; not negative.</param>
    protected internal abstract double RateAt(long step);
}
