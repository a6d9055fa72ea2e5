using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// The weighted mean of gradients as a pure fold, for micro-batches of different sizes: add each with its weight, such as its number
/// of tokens, and take the mean. To rounding, it is the gradient of all of them in one batch.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Sum">Σ wᵢ·gᵢ.</param>
/// <param name="Weight">Σ wᵢ.</param>
/// <param name="Count">How many gradients were added.</param>
public readonly record struct GradientAccumulator<T>(ParameterTree<T> Sum, double Weight, long Count)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>An accumulator without gradients.</summary>
    /// <param name="layout">The layout of the parameters.</param>
    public static GradientAccumulator<T> Of(TreeLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        return new(layout.Zeros<T>(), 0, 0);
    }

    /// <summary>This accumulator and one gradient more.</summary>
    /// <param name="gradients">gᵢ; counted only where wᵢ is 0, such as the NaN of a mean over no tokens.</param>
    /// <param name="weight">wᵢ; finite and not negative.</param>
    /// <exception cref="ArgumentException">The weight is negative or not finite, or the layouts differ.</exception>
    public GradientAccumulator<T> Add(ParameterTree<T> gradients, double weight = 1)
    {
        Bounds.NotNegative.Check(weight, nameof(weight));
        Sum.Layout.RequireSame(gradients.Layout, nameof(gradients));
        return new(weight == 0 ? Sum.Copy() : Sum.Plus(weight, gradients).ToTree(), Weight + weight, Count + 1);
    }

    /// <summary>Σ wᵢ·gᵢ / Σ wᵢ.</summary>
    /// <exception cref="InvalidOperationException">The weights are all 0, or there are none.</exception>
    public ParameterTree<T> Mean() => Weight > 0
        ? Sum.Times(1 / Weight).ToTree()
        : throw new InvalidOperationException($"There is no mean of {Count} gradients whose weights add to 0.");
}
