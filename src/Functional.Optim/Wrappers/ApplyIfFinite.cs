using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim;

/// <summary>
/// Leaves out updates whose gradient holds a NaN or an infinity: the numbers of parameters and state stay as they are, and the gradient
/// is counted.
/// Too many in a row are an error (Optax's <c>apply_if_finite</c>, which applies them then).
/// </summary>
public sealed record ApplyIfFinite : Wrapper
{
    private ApplyIfFinite(Optimizer inner)
        : base(inner)
    {
    }

    /// <summary>The most gradients in a row that are left out; 0 or more.</summary>
    public long MostInARow { get; init => field = (long)Bounds.AtLeast(0).Check(value); }

    /// <summary>The optimizer with its watch, or every fault found.</summary>
    /// <param name="inner">The optimizer.</param>
    /// <param name="mostInARow">The most gradients in a row that are left out; 0 or more.</param>
    public static Validation<Error, ApplyIfFinite> Create(Optimizer inner, long mostInARow = 10) =>
        CheckInside<ApplyIfFinite>(inner).Require(mostInARow, Bounds.AtLeast(0)).Make(() => new ApplyIfFinite(inner) { MostInARow = mostInARow });

    /// <summary>The optimizer with its watch.</summary>
    /// <inheritdoc cref="Create"/>
    /// <exception cref="ArgumentException">The number is negative, or there is no optimizer, or inside is another of these.</exception>
    public static ApplyIfFinite Around(Optimizer inner, long mostInARow = 10) => Create(inner, mostInARow).OrThrow(nameof(ApplyIfFinite));

    private protected override (ParameterTree<T> Parameters, OptimizerState<T> State) Run<T>(
        ParameterTree<T> parameters, ParameterTree<T> gradients, OptimizerState<T> state, PassEnd ending, bool donate)
    {
        UpdateCounters counters = state.Counters;
        if (double.IsFinite(gradients.GlobalNorm()) || gradients.FirstNonFiniteLeaf() is not { } leaf)
        {
            (ParameterTree<T> moved, OptimizerState<T> next) = Inner.RunInside(parameters, gradients, state, ending, donate);
            return (moved, next.With(next.Counters with { LeftOutInARow = 0 }));
        }

        if (counters.LeftOutInARow >= MostInARow) throw new NonFiniteGradientException(leaf.Name, state.Step + 1);
        UpdateCounters counted = counters with { WithoutUpdate = counters.WithoutUpdate + 1, LeftOutInARow = counters.LeftOutInARow + 1 };
        if (!donate) return (ending == PassEnd.Deltas ? parameters.Layout.Zeros<T>() : parameters.Copy(), state.Copy().With(counted));
        const string consumer = nameof(ApplyIfFinite) + "; use the tree that it returned";
        gradients.Release(consumer);
        return (parameters.HandOn(consumer), state.HandOn(consumer).With(counted));
    }
}
