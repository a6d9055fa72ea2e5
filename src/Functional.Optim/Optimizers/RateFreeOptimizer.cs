using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// An optimizer that finds its learning rate: it keeps d, an estimate of the distance from the start to a minimum, and
/// multiplies its steps by it. The learning rate multiplies d; it is 1, or a schedule that goes up to 1.
/// </summary>
/// <remarks>
/// d is a scalar of the state, and a sum over all leaves that are not frozen: groups change the steps of their leaves,
/// but all share one d. It can only rise, so a run that starts with too large a <see cref="D0"/> stays too fast. The
/// sums are in double. A gradient that is not finite throws before anything changes. Where one leaf is added or changed
/// (<see cref="Optimizer.Continue"/>), d, the slots of all leaves and the count of their updates start again.
/// </remarks>
public abstract record RateFreeOptimizer : ScalingOptimizer
{
    /// <summary>The default of d₀.</summary>
    protected internal const double UsualD0 = 1e-6;

    /// <summary>The index of d among the scalars.</summary>
    internal const int D = 0;

    /// <summary>The index of the numerator of the estimate.</summary>
    internal const int Numerator = 1;

    /// <summary>The index of the rate of the update, d times η before d changes.</summary>
    internal const int UpdateRate = 2;

    /// <summary>The index of the number of updates that d was estimated from.</summary>
    internal const int Updates = 3;

    private protected RateFreeOptimizer()
    {
    }

    /// <summary>d₀, the first d; finite and positive, and small: d rises to its size in a few updates.</summary>
    public double D0 { get; init => field = Setting.Check(value, Bounds.Positive); } = UsualD0;

    /// <inheritdoc/>
    protected internal sealed override ImmutableArray<Transform> Transforms
    {
        get
        {
            Check();
            return [.. Scale.SignOf(Maximize), .. ScalingTransforms];
        }
    }

    /// <inheritdoc/>
    /// <remarks>A copy in its transform: a plan must not lead back to the optimizer.</remarks>
    private protected sealed override ImmutableArray<Transform> ScalingTransforms =>
        [new RateFreeScaling(this with { Groups = [], StateFormat = null })];

    /// <inheritdoc/>
    private protected sealed override bool TakesDecayForm(DecayForm form) => form == DecayForm.Scaled;

    /// <summary>The names of the slots.</summary>
    internal abstract ImmutableArray<string> SlotNames { get; }

    /// <summary>The slot that keeps the parameters of the start; −1 for none.</summary>
    internal virtual int StartSlot => -1;

    /// <summary>The names of the scalars: d, numerator, rate, updates, then others.</summary>
    internal virtual ImmutableArray<string> ScalarNames => Scalars;

    internal static ImmutableArray<string> Scalars { get; } = ["d", "numerator", "rate", "updates"];

    /// <summary>Writes the scalars that are not 0 at the start, but for d.</summary>
    internal virtual void InitScalars(Span<double> scalars)
    {
    }

    /// <summary>
    /// Estimates d from the gradient, the parameters and the slots. The scalars have the number of this update already.
    /// </summary>
    /// <param name="update">The incoming update.</param>
    /// <param name="rate">η of this update.</param>
    /// <param name="decay">λ of this update.</param>
    /// <param name="multipliers">What λ is multiplied by in each range.</param>
    internal abstract void Estimate<T>(
        in UpdateStatistics<T> update, double rate, double decay, ReadOnlySpan<double> multipliers)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Adds the rule of the update.</summary>
    /// <param name="first">The rules before.</param>
    /// <param name="pass">The pass, whose factor is the multiplier of the leaf's rate.</param>
    /// <param name="decay">λ of the leaf at this update.</param>
    internal abstract void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass, double decay)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TFirst : unmanaged, IUpdateRule<T>;

    /// <summary>The L2 penalty that makes g of the incoming update; none where the decay is decoupled.</summary>
    /// <param name="decay">λ of the leaf at this update.</param>
    private protected DecayRule<T> Penalty<T>(double decay)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new(T.CreateTruncating(DecouplesDecay ? 0 : decay));

    /// <summary>
    /// The sums over all leaves of what a rule returns for g, and of what it leaves in its first slot; see
    /// <see cref="UpdateStatistics{T}.Sums{TRule}"/>.
    /// </summary>
    /// <param name="update">The incoming update.</param>
    /// <param name="decay">λ of this update.</param>
    /// <param name="multipliers">What λ is multiplied by in each range.</param>
    /// <param name="terms">The rule, which gets g for its update.</param>
    private protected (double Returned, double InFirstSlot) Sums<T, TTerms>(
        in UpdateStatistics<T> update, double decay, ReadOnlySpan<double> multipliers, in TTerms terms)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTerms : unmanaged, IUpdateRule<T>
    {
        using LeafParts parts = update.Parts(2);
        for (int range = 0; range < update.Count; range++)
        {
            (parts[update.Leaf(range), 0], parts[update.Leaf(range), 1]) = update.Sums(
                range, new Then<T, DecayRule<T>, TTerms>(Penalty<T>(decay * multipliers[range]), terms));
        }

        return (update.Sum(parts, 0), update.Sum(parts, 1));
    }

    /// <summary>
    /// The rate of an update, which is at most the largest number of the type: 1 / ‖g₁‖ of denormal gradients exceeds it.
    /// </summary>
    private protected static double Limited<T>(double rate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Math.Min(rate, ElementType.Largest<T>());

    /// <summary>d' = max(d, min(estimate, growth·d)).</summary>
    private protected static double Risen(double d, double estimate, double growth) =>
        Math.Max(d, Math.Min(estimate, d * growth));
}
