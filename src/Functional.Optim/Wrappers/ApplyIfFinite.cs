namespace Functional.Optim;

/// <summary>
/// Leaves out updates whose gradient holds a NaN or an infinity: parameters and state stay as they are, and the gradient is counted.
/// Too many in a row are an error (Optax's <c>apply_if_finite</c>, which applies them then).
/// </summary>
public sealed record ApplyIfFinite : Wrapper
{
    /// <summary>The most gradients in a row that are left out, unless another number is given.</summary>
    public const long DefaultMostInARow = 10;

    private ApplyIfFinite(Optimizer inner)
        : base(inner)
    {
    }

    /// <summary>The most gradients in a row that are left out; 0 or more.</summary>
    public long MaxConsecutiveSkips { get; init => field = Setting.Check(value, Bounds.AtLeast(0)); }

    /// <summary>The optimizer with its watch.</summary>
    /// <param name="inner">The optimizer.</param>
    /// <param name="maxConsecutiveSkips">The most gradients in a row that are left out; 0 or more.</param>
    /// <exception cref="ArgumentException">The number is negative, or there is no optimizer, or inside is another of these.</exception>
    public static ApplyIfFinite Around(Optimizer inner, long maxConsecutiveSkips = DefaultMostInARow) =>
        CheckInside<ApplyIfFinite>(inner).Require(maxConsecutiveSkips, Bounds.AtLeast(0)).Make(() => new ApplyIfFinite(inner) { MaxConsecutiveSkips = maxConsecutiveSkips }).OrThrow(nameof(ApplyIfFinite));

    /// <inheritdoc/>
    internal override bool TakesNonFinite => true;

    /// <inheritdoc/>
    protected override (ParameterTree<T> Output, OptimizerState<T> State) Wrap<T>(in WrapperStep<T> step)
    {
        UpdateCounters counters = step.State.Counters;
        ParameterTree<T> gradients = step.Gradients;
        if (double.IsFinite(gradients.GlobalNorm()) || gradients.Layout.FirstNonFinite(gradients.AsSpan(), Inner.FrozenLeaves(gradients.Layout).AsSpan()) is not { } leaf)
        {
            (ParameterTree<T> moved, OptimizerState<T> next) = step.Inside(gradients);
            return (moved, next.Counted(next.Counters with { ConsecutiveSkips = 0 }));
        }

        if (counters.ConsecutiveSkips >= MaxConsecutiveSkips) throw new NonFiniteGradientException(leaf.Name, step.State.Step + 1);
        (ParameterTree<T> same, OptimizerState<T> kept) = step.Unchanged();
        if (step.IsDonated) gradients.Release(nameof(ApplyIfFinite));
        return (same, kept.Counted(counters with { SkippedUpdates = counters.SkippedUpdates + 1, ConsecutiveSkips = counters.ConsecutiveSkips + 1 }));
    }
}
