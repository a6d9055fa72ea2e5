namespace Functional.Optim;

using System.Numerics;

/// <summary>
/// Skips updates whose gradient contains a NaN or an infinity: parameters and state stay as they are, and the gradient
/// is counted. Too many skips in a row are an error. (Optax's <c>apply_if_finite</c> applies the update then.)
/// </summary>
/// <remarks>
/// It looks at gradients only. A rate or a scalar of the state that overflows though the gradient is finite throws an
/// <see cref="ArithmeticException"/>: that would happen at every update, so skipping would hide it.
/// </remarks>
public sealed record ApplyIfFinite : Wrapper
{
    /// <summary>The default of <see cref="MaxConsecutiveSkips"/>.</summary>
    public const long DefaultMaxConsecutiveSkips = 10;

    private ApplyIfFinite(Optimizer inner)
        : base(inner)
    {
    }

    /// <summary>The maximum number of gradients that are skipped in a row; 0 or more.</summary>
    public long MaxConsecutiveSkips { get; init => field = Setting.Check(value, Bounds.AtLeast(0)); }

    /// <summary>Wraps an optimizer, so that it skips gradients that are not finite.</summary>
    /// <param name="inner">The optimizer.</param>
    /// <param name="maxConsecutiveSkips">The maximum number of gradients that are skipped in a row; 0 or more.</param>
    /// <exception cref="ArgumentException">
    /// The number is negative, or there is no optimizer, or it already contains an <see cref="ApplyIfFinite"/>.
    /// </exception>
    public static ApplyIfFinite Around(Optimizer inner, long maxConsecutiveSkips = DefaultMaxConsecutiveSkips) =>
        CheckInside<ApplyIfFinite>(inner)
            .Require(maxConsecutiveSkips, Bounds.AtLeast(0))
            .Checked(() => new ApplyIfFinite(inner) { MaxConsecutiveSkips = maxConsecutiveSkips })
            .OrThrow(nameof(ApplyIfFinite));

    /// <inheritdoc/>
    internal override bool TakesNonFinite => true;

    /// <inheritdoc/>
    protected override (ParameterTree<T> Output, OptimizerState<T> State) Wrap<T>(in WrapperStep<T> step)
    {
        UpdateCounters counters = step.State.Counters;
        ParameterTree<T> gradients = step.Gradients;
        if (FirstNonFinite(gradients) is not { } leaf)
        {
            (ParameterTree<T> updated, OptimizerState<T> next) = step.Inside(gradients);
            return (updated, next.Counted(next.Counters with { ConsecutiveSkips = 0 }));
        }

        if (counters.ConsecutiveSkips >= MaxConsecutiveSkips)
            throw new NonFiniteGradientException(leaf.Name, step.State.Step + 1);
        (ParameterTree<T> same, OptimizerState<T> kept) = step.Unchanged();
        if (step.IsDonated) gradients.Release(nameof(ApplyIfFinite));
        return (same, kept.Counted(counters with
        {
            SkippedUpdates = counters.SkippedUpdates + 1,
            ConsecutiveSkips = counters.ConsecutiveSkips + 1,
        }));
    }

    /// <summary>
    /// The first leaf that is not finite and not frozen. The norm, which is known or cheap, is checked first. All
    /// processes skip, or none.
    /// </summary>
    private Leaf? FirstNonFinite<T>(ParameterTree<T> gradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TreeLayout layout = gradients.Layout;
        if (double.IsFinite(gradients.GlobalNorm())) return null;
        return layout.FirstNonFinite(gradients.AsSpan(), Inner.FrozenLeaves(layout).AsSpan());
    }
}
