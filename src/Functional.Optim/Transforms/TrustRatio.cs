using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Scales the update of each leaf to the size of its parameters: u' = c·‖θ‖ / (‖u‖ + λ·‖θ‖ + ε) · (u + λ·θ), and u +
/// λ·θ where ‖θ‖ or ‖u‖ is 0. With λ = 0 it is the trust ratio of LAMB (You et al., 2020), with a decay that of LARS
/// (You, Gitman and Ginsburg, 2017).
/// </summary>
/// <remarks>
/// The ratio is at most the largest number of the type, so that an update of denormal numbers, which would need more,
/// stays finite.
/// </remarks>
public sealed record TrustRatio : Transform
{
    private TrustRatio()
    {
    }

    /// <summary>c, the trust coefficient; finite and positive.</summary>
    public double Coefficient { get; init => field = Setting.Check(value, Bounds.Positive); }

    /// <summary>λ, an L2 penalty that the ratio takes into account; finite and not negative.</summary>
    public double WeightDecay { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>ε; finite and not negative.</summary>
    public double Epsilon { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>Which leaves are scaled (and decay).</summary>
    public LeafFilter Filter { get; init => field = Setting.Present(value); } = LeafFilter.All;

    /// <inheritdoc/>
    protected internal override bool NeedsStatistics => true;

    /// <inheritdoc/>
    protected internal override bool LeafByLeaf => true;

    internal override bool MeasuresOnlyNorms => true;

    /// <summary>The transform with its constants.</summary>
    /// <param name="coefficient">c; finite and positive.</param>
    /// <param name="weightDecay">λ; finite and not negative.</param>
    /// <param name="epsilon">ε; finite and not negative.</param>
    /// <param name="filter">Which leaves are scaled and decay, often those of rank 2 and more; all when
    /// <see langword="null"/>.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static TrustRatio Of(
        double coefficient = 1, double weightDecay = 0, double epsilon = 0, Func<Leaf, bool>? filter = null) =>
        Setting.Make(() => new TrustRatio
        {
            Coefficient = coefficient, WeightDecay = weightDecay, Epsilon = epsilon, Filter = LeafFilter.Of(filter),
        });

    /// <inheritdoc/>
    protected internal override ImmutableArray<(string Name, LeafFilter Leaves)> LeafFilters => [("filter", Filter)];

    /// <inheritdoc/>
    protected internal override double WeightDecayFor(Leaf leaf) => IsAdapted(leaf) ? WeightDecay : 0;

    /// <inheritdoc/>
    protected internal override double PerLeafFactor(Leaf leaf, LeafSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return WeightDecayFor(leaf) * settings.WeightDecayMultiplier;
    }

    /// <inheritdoc/>
    protected internal override void Measure<T>(in UpdateStatistics<T> update, Span<double> measured)
    {
        for (int range = 0; range < update.Count; range++)
        {
            (double ofParameters, double ofUpdate) = update.Norms(range);
            double decay = PerLeafFactor(update.Leaf(range), update.Settings(range));
            measured[range] = ofParameters > 0 && ofUpdate > 0 && IsAdapted(update.Leaf(range))
                ? Coefficient * ofParameters / (ofUpdate + (decay == 0 ? 0 : decay * ofParameters) + Epsilon)
                : 1;
        }
    }

    /// <inheritdoc/>
    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
    {
        double ratio = Math.Min(pass.Measured, ElementType.Largest<T>());
        pass.Add(first, new Then<T, DecayRule<T>, ScaleRule<T>>(
            new(T.CreateTruncating(pass.Factor)), new(T.CreateTruncating(ratio))));
    }

    private bool IsAdapted(Leaf leaf) => Filter.Contains(leaf);
}
