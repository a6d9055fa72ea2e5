namespace Functional.Optim;

/// <summary>
/// The same ratio from each step to the next, from a low rate up to a high one: η(k) = from·(to / from)^(k / N), and
/// <c>to</c> from step N on. The sweep of a <em>learning-rate range test</em> (Smith, 2017,
/// <see href="https://arxiv.org/abs/1506.01186">arXiv:1506.01186</see>).
/// </summary>
public sealed record ExponentialRise : Schedule
{
    private ExponentialRise(double from, double to, long steps) => (From, To, Steps) = (from, to, steps);

    /// <summary>The rate at step 0; finite and positive.</summary>
    public double From { get; }

    /// <summary>The rate at step N and after; finite, not below <see cref="From"/>.</summary>
    public double To { get; }

    /// <summary>N, the first step with the highest rate; 1 or more.</summary>
    public long Steps { get; }

    /// <summary>Makes the schedule.</summary>
    /// <param name="from">The rate at step 0; finite and positive.</param>
    /// <param name="to">The rate from step N on; finite, not below <paramref name="from"/>.</param>
    /// <param name="steps">N; 1 or more.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static ExponentialRise Of(double from, double to, long steps) => new ValidationErrors()
        .Require(from, Bounds.Positive)
        .Require(double.IsFinite(to) && to >= from, nameof(to), to, "finite, and not below from")
        .Require(steps, Bounds.AtLeast(1))
        .Checked(() => new ExponentialRise(from, to, steps))
        .OrThrow(nameof(ExponentialRise));

    /// <inheritdoc/>
    protected internal override double? MaxRate => To;

    /// <inheritdoc/>
    protected internal override double RateAt(long step) => step >= Steps
        ? To
        : Math.Min(From * Math.Pow(To / From, step / (double)Steps), To);
}
