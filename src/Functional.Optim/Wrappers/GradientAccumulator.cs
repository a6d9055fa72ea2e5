using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// The weighted mean of gradients, as a pure fold, for micro-batches of different sizes: add each
/// gradient with its weight, such as its number of tokens, then take the mean. Up to rounding, it is the
/// gradient of one batch with all examples.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Sum">Σ wᵢ·gᵢ.</param>
/// <param name="Weight">Σ wᵢ.</param>
/// <param name="Count">The number of gradients.</param>
public readonly record struct GradientAccumulator<T>(ParameterTree<T> Sum, double Weight, long Count)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Makes an accumulator without gradients.</summary>
    /// <param name="layout">The layout of the parameters.</param>
    public static GradientAccumulator<T> Of(TreeLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        return new(layout.Zeros<T>(), 0, 0);
    }

    /// <summary>Returns an accumulator with one more gradient.</summary>
    /// <param name="gradients">gᵢ. With weight 0 it is only counted, because the mean over no tokens is NaN.</param>
    /// <param name="weight">wᵢ; finite and not negative.</param>
    /// <exception cref="ArgumentException">The weight is negative or not finite, or the layouts differ.</exception>
    public GradientAccumulator<T> Add(ParameterTree<T> gradients, double weight = 1)
    {
        Bounds.NotNegative.Check(weight, nameof(weight));
        Sum.Layout.RequireSame(gradients.Layout, nameof(gradients));
        return new(weight == 0 ? Sum.Copy() : Sum.Plus(weight, gradients).ToTree(), Weight + weight, Count + 1);
    }

    /// <summary>The mean Σ wᵢ·gᵢ / Σ wᵢ.</summary>
    /// <exception cref="InvalidOperationException">All weights are 0, or there are no gradients.</exception>
    public ParameterTree<T> Mean() => Weight > 0
        ? Sum.Times(1 / Weight).ToTree()
        : throw new InvalidOperationException($"There is no mean of {Count} gradients whose weights add to 0.");
}
