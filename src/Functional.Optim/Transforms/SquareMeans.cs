using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Means of squares, and the mean for each element of what Adafactor does not factor: vectors and scalars.
/// </summary>
internal static class SquareMeans<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The least divisor: below it only 0 is divided, and 0 / 0 is to be 0.</summary>
    internal static T MinRoot { get; } = ElementType.SmallestNormal<T>();

    /// <summary>The mean after new squares.</summary>
    internal static double Mean(T before, double squares, double weight) =>
        ((1 - weight) * double.CreateTruncating(before)) + (weight * squares);

    /// <summary>A mean as it is kept: that of finite gradients is at most the largest number of the type.</summary>
    internal static T Kept(double mean) =>
        T.CreateTruncating(double.IsFinite(mean)
            ? Math.Min(mean, ElementType.Largest<T>())
            : mean);

    /// <summary>v' = (1 − w)·v + w·(g² + ε), and u = g / max(√v', least).</summary>
    internal static void Divide(
        ReadOnlySpan<T> gradient, Span<T> means, double weight, double epsilon, T minRoot, Span<T> update) =>
        Elementwise.Run(
            new MeanOfSquaresRule<T>(1 - weight, weight * epsilon, minRoot), gradient, gradient, update, new(means),
            new(means));
}
