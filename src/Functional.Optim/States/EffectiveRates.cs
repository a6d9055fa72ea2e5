using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The effective learning rate of each parameter under Adam: η(t)·s / (√v̂ + ε), which the last update multiplied m̂
/// by, with v̂ = v / (1 − β₂ᵗ) (of the largest v under AMSGrad), t the number of that update for the leaf, and s the
/// learning-rate multiplier of the leaf's group. <see cref="AdamStatistics"/> has their mean and deviation.
/// </summary>
public static class EffectiveRates
{
    /// <summary>
    /// The rates of a state under its optimizer: <see cref="Adam"/>, <see cref="AdamW"/> or a composition with Adam's
    /// transform. They are computed in double and rounded to T.
    /// </summary>
    /// <remarks>
    /// The rate is 0 in frozen leaves, before the first update of a leaf, and where Adam keeps no moments. A parameter
    /// that never had a gradient has the rate η/ε, which with ε = 0 is infinite.
    /// </remarks>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="optimizer">The optimizer, for its learning rate, its constants and its groups.</param>
    /// <param name="state">The state after the update; of a composition, <c>AdamState&lt;T&gt;.From(state)</c>.</param>
    /// <param name="layout">
    /// The layout of the parameters and of the result; <see langword="null"/> for that of the moments, which lacks
    /// frozen leaves.
    /// </param>
    /// <exception cref="ArgumentException">The optimizer has no Adam transform, or more than one.</exception>
    public static ParameterTree<T> Of<T>(Optimizer optimizer, AdamState<T> state, TreeLayout? layout = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        AdamRates<T> rates = AdamRates<T>.Of(optimizer, state);
        ParameterTree<T> divisor = rates.Divisor;
        TreeBuffer<T> effective = (layout ?? divisor.Layout).Rent<T>();
        foreach (Leaf leaf in effective.Layout.Leaves)
        {
            // The index of a leaf is that of its moments.
            if (divisor.Layout.Find(leaf.Name) is { } kept && kept.Equals(leaf) && rates.Of(kept) is { } map)
                Fill(map, divisor.AsSpan(kept), effective.AsSpan(leaf));
        }

        return effective.ToTree();
    }

    private static unsafe void Fill<T>(AdamRates<T>.RateMap map, ReadOnlySpan<T> divisor, Span<T> effective)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int index = 0; index < divisor.Length; index++)
        {
            double rate;
            ScalarLane<double> second = ScalarLane<double>.Broadcast(double.CreateTruncating(divisor[index]));
            ScalarLane<double>.Store(map.Of(second), &rate);
            effective[index] = T.CreateTruncating(rate);
        }
    }
}
