namespace Functional.Optim;

/// <summary>
/// Warm-up, then the peak until the last steps, then a decay over those: line, cosine or 1 − √p (WSD, Hu et al., 2024; the shapes,
/// Hägele et al., 2024); Transformers' get_wsd_schedule. A run can go on from any step of the peak, as nothing before the decay depends
/// on the end.
/// </summary>
public sealed record WarmupStableDecay : WarmupDecay
{
    private WarmupStableDecay(double peak, long warmupSteps, long decaySteps, long totalSteps, double floor, Anneal anneal)
        : base(peak, warmupSteps, totalSteps, floor) => (DecaySteps, Anneal) = (decaySteps, anneal);

    /// <summary>D, the steps of the decay, the last ones before the end.</summary>
    public long DecaySteps { get; }

    /// <summary>The shape of the decay.</summary>
    public Anneal Anneal { get; }

    /// <inheritdoc/>
    private protected override long DecayStart => TotalSteps - DecaySteps;

    /// <summary>The schedule.</summary>
    /// <param name="peak">The highest rate; finite and not negative.</param>
    /// <param name="warmupSteps">W, the step that first has the peak; not negative.</param>
    /// <param name="decaySteps">D, the steps of the decay; from 1 to N − W.</param>
    /// <param name="totalSteps">N, the step that first has the floor; more than W.</param>
    /// <param name="floor">The rate at the end and after it; from 0 to the peak.</param>
    /// <param name="anneal">The shape of the decay.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static WarmupStableDecay Of(
        double peak, long warmupSteps, long decaySteps, long totalSteps, double floor = 0, Anneal anneal = Anneal.Linear) =>
        Check(peak, warmupSteps, totalSteps, floor)
            .Require(
                decaySteps >= 1 && decaySteps <= totalSteps - warmupSteps, nameof(decaySteps), decaySteps,
                $"from 1 to the {totalSteps - warmupSteps} steps after the warm-up")
            .Require(anneal)
            .Make(() => new WarmupStableDecay(peak, warmupSteps, decaySteps, totalSteps, floor, anneal)).OrThrow(nameof(WarmupStableDecay));

    /// <inheritdoc/>
    private protected override double Decay(double progress) => Anneal.Between(Peak, Floor, progress);
}
