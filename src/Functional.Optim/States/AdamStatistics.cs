using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// How far Adam has come: the norms of its moments, and the effective rates η(t)·s / (√v̂ + ε) that its last update
/// multiplied m̂ by, with v̂ = v / (1 − β₂ᵗ) (of the largest v under AMSGrad), t the number of that update and s the
/// learning-rate multiplier of the leaf's group.
/// </summary>
/// <remarks>
/// Every parameter of the leaves asked for counts, those of frozen leaves do not. Before the first update no parameter
/// has been moved and the effective rates are 0; their deviation is the population's, so 0 for one parameter. A
/// parameter that never had a gradient has the rate η/ε, which with ε = 0 is infinite, and so are then the mean and the
/// deviation. Added in double, in blocks of a fixed order: the same bits for any number of threads.
/// </remarks>
/// <param name="Step">How many updates are finished.</param>
/// <param name="FirstMomentNorm">‖m‖ of the state, not bias-corrected.</param>
/// <param name="SecondMomentNorm">‖v‖ of the state, not bias-corrected.</param>
/// <param name="EffectiveRateMean">The mean of the effective rates; 0 when there are none.</param>
/// <param name="EffectiveRateDeviation">Their standard deviation, √(Σ(r − mean)² / n).</param>
public readonly record struct AdamStatistics(
    long Step, double FirstMomentNorm, double SecondMomentNorm, double EffectiveRateMean, double EffectiveRateDeviation)
{
    /// <summary>
    /// The statistics of a state under its optimizer: <see cref="Adam"/>, <see cref="AdamW"/> or a composition with
    /// Adam's transform.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="optimizer">The optimizer, for its learning rate, its constants and its groups.</param>
    /// <param name="state">The state after the update; of a composition, <c>AdamState&lt;T&gt;.From(state)</c>.</param>
    /// <param name="leaves">Which leaves to count; all when <see langword="null"/>.</param>
    /// <exception cref="ArgumentException">The optimizer has no Adam transform, or more than one.</exception>
    public static AdamStatistics Of<T>(Optimizer optimizer, AdamState<T> state, Func<Leaf, bool>? leaves = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        AdamRates<T> rates = AdamRates<T>.Of(optimizer, state);
        // Of a slot in another format each is a decoded copy.
        ParameterTree<T> m = state.M, v = state.V, divisor = rates.Divisor;
        double firstNorm = 0, secondNorm = 0, sum = 0, squares = 0;
        long count = 0;
        foreach (Leaf leaf in m.Layout.Leaves)
        {
            if (!Counts(leaf)) continue;
            firstNorm = double.Hypot(firstNorm, BlockReduction.Norm(m.AsSpan(leaf)));
            secondNorm = double.Hypot(secondNorm, BlockReduction.Norm(v.AsSpan(leaf)));
            count += leaf.Length;
            if (rates.Of(leaf) is { } map) sum += BlockReduction.Sum(divisor.AsSpan(leaf), map);
        }

        double mean = count == 0 ? 0 : sum / count;
        if (!double.IsFinite(mean)) return new(state.Step, firstNorm, secondNorm, mean, mean);
        foreach (Leaf leaf in v.Layout.Leaves)
        {
            if (!Counts(leaf)) continue;
            squares += rates.Of(leaf) is { } map
                ? BlockReduction.SumOfSquares(divisor.AsSpan(leaf), map with { From = mean })
                : leaf.Length * mean * mean;
        }

        return new(state.Step, firstNorm, secondNorm, mean, count == 0 ? 0 : Math.Sqrt(squares / count));

        bool Counts(Leaf leaf) => (leaves is null || leaves(leaf)) && !rates.IsFrozen(leaf);
    }

    /// <summary>The members, with the same numbers in every culture.</summary>
    public override string ToString() => RecordText.Of(nameof(AdamStatistics), PrintMembers);
}
