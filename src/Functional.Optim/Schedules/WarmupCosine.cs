namespace Functional.Optim;

/// <summary>Warm-up, then half a cosine: η = floor + (peak − floor)·(1 + cos πp) / 2 (Loshchilov and Hutter, 2017).</summary>
public sealed record WarmupCosine : WarmupDecay
{
    private WarmupCosine(double peak, long warmupSteps, long totalSteps, double floor)
        : base(peak, warmupSteps, totalSteps, floor)
    {
    }

    /// <summary>The schedule.</summary>
    /// <param name="peak">The highest rate; finite and not negative.</param>
    /// <param name="warmupSteps">W, the step that has the peak; not negative.</param>
    /// <param name="totalSteps">N, the step that first has the floor; more than W.</param>
    /// <param name="floor">The rate at the end and after it; from 0 to the peak.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static WarmupCosine Of(double peak, long warmupSteps, long totalSteps, double floor = 0) =>
        Check(peak, warmupSteps, totalSteps, floor)
            .Make(() => new WarmupCosine(peak, warmupSteps, totalSteps, floor)).OrThrow(nameof(WarmupCosine));

    /// <inheritdoc/>
    private protected override double Decay(double progress) => Anneal.Cosine.Between(Peak, Floor, progress);
}
