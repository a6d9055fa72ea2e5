using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim;

/// <summary>Rises in a line to the peak and stays there: η(k) = peak · min(k / W, 1). The first update has the rate peak / W.</summary>
public sealed record LinearWarmup : Schedule
{
    private LinearWarmup(double peak, long warmupSteps) => (Peak, WarmupSteps) = (peak, warmupSteps);

    /// <summary>The rate after the warm-up.</summary>
    public double Peak { get; }

    /// <summary>W, the step that first has the peak; 0 for no warm-up.</summary>
    public long WarmupSteps { get; }

    /// <summary>The schedule, or every fault found.</summary>
    /// <param name="peak">The rate after the warm-up; finite and not negative.</param>
    /// <param name="warmupSteps">W; not negative.</param>
    public static Validation<Error, LinearWarmup> Create(double peak, long warmupSteps) => new Faults()
        .Require(double.IsFinite(peak) && peak >= 0, nameof(peak), peak, "finite and not negative")
        .Require(warmupSteps >= 0, nameof(warmupSteps), warmupSteps, "0 or more")
        .Make(() => new LinearWarmup(peak, warmupSteps));

    /// <summary>The schedule.</summary>
    /// <param name="peak">The rate after the warm-up; finite and not negative.</param>
    /// <param name="warmupSteps">W; not negative.</param>
    /// <exception cref="ArgumentException">A value is out of range; every fault is listed.</exception>
    public static LinearWarmup Of(double peak, long warmupSteps) => Create(peak, warmupSteps).OrThrow(nameof(LinearWarmup));

    /// <inheritdoc/>
    protected internal override double RateAt(long step) => step < WarmupSteps ? Peak * ((double)step / WarmupSteps) : Peak;
}
