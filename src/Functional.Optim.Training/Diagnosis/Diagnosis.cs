using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>
/// Finds the faults of a run in its history: the troubleshooting guide of the source text, and the update-to-parameter
/// ratio of each leaf.
/// </summary>
/// <remarks>
/// Pure functions: the same history gives the same findings. Medians over windows are compared, so that the noise of
/// batches is no fault. A history that is too short to judge has no findings but NaN and infinities. Thread-safe.
/// </remarks>
public static class Diagnosis
{
    /// <summary>The findings of a history, the gravest kind first; empty for a healthy run.</summary>
    /// <param name="reports">The reports, in order.</param>
    /// <param name="leafNorms">
    /// The norms of leaves at some steps, in order; without them leaves and ratios are not judged.
    /// </param>
    /// <param name="frozenLeaves">The names of frozen leaves, which are not judged.</param>
    /// <exception cref="ArgumentNullException">The reports or the norms are null.</exception>
    public static ImmutableArray<Finding> Of(
        IReadOnlyList<StepReport> reports,
        IReadOnlyList<LeafNorms> leafNorms,
        IReadOnlySet<string>? frozenLeaves = null)
    {
        ArgumentNullException.ThrowIfNull(reports);
        ArgumentNullException.ThrowIfNull(leafNorms);
        LossCurve curve = LossCurve.Of(reports);
        LeafRatios ratios = LeafRatios.Of(leafNorms, frozenLeaves);
        Finding?[] findings =
        [
            LossFaults.Exploding(reports, curve),
            LossFaults.NonFiniteGradients(reports),
            LossFaults.NotFalling(curve),
            LossFaults.Slow(curve),
            LossFaults.Overfitting(reports, curve),
            LossFaults.Spikes(curve),
            LeafFaults.Vanishing(ratios),
            LossFaults.ExplodingGradients(reports),
            LeafFaults.Dead(ratios),
            LeafFaults.ExplodingUpdates(ratios),
            RateFaults.TooHigh(curve, ratios),
            RateFaults.TooLow(curve, ratios),
        ];
        return [.. findings.OfType<Finding>()];
    }

    /// <summary>
    /// The findings of the result of a run. A gradient that ended the run has no report; here it is found too.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="result">The result.</param>
    /// <param name="leafNorms">The norms of leaves at some steps, in order.</param>
    /// <param name="frozenLeaves">The names of frozen leaves, which are not judged.</param>
    /// <exception cref="ArgumentNullException">The result or the norms are null.</exception>
    public static ImmutableArray<Finding> Of<T>(
        TrainResult<T> result,
        IReadOnlyList<LeafNorms> leafNorms,
        IReadOnlySet<string>? frozenLeaves = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(result);
        ImmutableArray<Finding> findings = Of(result.History, leafNorms, frozenLeaves);
        return result.Failure is not { } failure
            ? findings
            :
            [
                .. findings.Where(finding => finding.Kind != Fault.NonFiniteGradients)
                    .Append(new Finding(
                        Fault.NonFiniteGradients, failure.Step, double.NaN, double.MaxValue,
                        failure.Message) { Leaf = failure.Leaf })
                    .OrderBy(finding => finding.Kind),
            ];
    }
}
