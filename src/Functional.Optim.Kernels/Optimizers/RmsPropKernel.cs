using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>RMSprop over spans (Tieleman and Hinton, 2012; centered: Graves, 2013): no allocation, any buffers.</summary>
public static class RmsPropKernel
{
    /// <summary>
    /// One update: u = g + λ·θ, v' = α·v + (1 − α)·u², d = u / (√(v' + ε_r) + ε), or centered by the root of v' − a'² with
    /// a' = α·a + (1 − α)·u; θ' = θ − η·d, or with momentum b' = μ·b + d, θ' = θ − η·b'.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="hyper">The constants of this update.</param>
    /// <param name="theta">θ.</param>
    /// <param name="gradient">g.</param>
    /// <param name="v">v; zeros before the first update.</param>
    /// <param name="mean">a; zeros before the first update, empty unless centered.</param>
    /// <param name="momentum">b; zeros before the first update, empty without momentum.</param>
    /// <param name="thetaOut">θ'; may be <paramref name="theta"/>.</param>
    /// <param name="vOut">v'; may be <paramref name="v"/>.</param>
    /// <param name="meanOut">a'; may be <paramref name="mean"/>.</param>
    /// <param name="momentumOut">b'; may be <paramref name="momentum"/>.</param>
    /// <exception cref="ArgumentException">
    /// A constant is out of range, lengths differ, or an output overlaps an input without being it.
    /// </exception>
    public static void Step<T>(
        in RmsPropHyperparameters hyper,
        ReadOnlySpan<T> theta, ReadOnlySpan<T> gradient, ReadOnlySpan<T> v, ReadOnlySpan<T> mean, ReadOnlySpan<T> momentum,
        Span<T> thetaOut, Span<T> vOut, Span<T> meanOut, Span<T> momentumOut)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        hyper.Check();
        if (hyper.Centered)
        {
            CenteredRmsPropRule<T> centered = new(hyper.Alpha, hyper.Epsilon, hyper.EpsilonRoot);
            if (hyper.Momentum == 0) Run(hyper, centered, theta, gradient, thetaOut, new(v, mean), new(vOut, meanOut));
            else WithMomentum(hyper, centered, theta, gradient, thetaOut, new(v, mean, momentum), new(vOut, meanOut, momentumOut));
        }
        else
        {
            RmsPropRule<T> scaling = new(hyper.Alpha, hyper.Epsilon, hyper.EpsilonRoot);
            if (hyper.Momentum == 0) Run(hyper, scaling, theta, gradient, thetaOut, new(v), new(vOut));
            else WithMomentum(hyper, scaling, theta, gradient, thetaOut, new(v, momentum), new(vOut, momentumOut));
        }
    }

    private static void WithMomentum<T, TScaling>(
        in RmsPropHyperparameters hyper, in TScaling scaling,
        ReadOnlySpan<T> theta, ReadOnlySpan<T> gradient, Span<T> thetaOut, ReadOnlySlotSpans<T> slots, SlotSpans<T> newSlots)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TScaling : unmanaged, IUpdateRule<T> =>
        Run(
            hyper, new Then<T, TScaling, MomentumRule<T>>(scaling, new(T.CreateTruncating(hyper.Momentum))),
            theta, gradient, thetaOut, slots, newSlots);

    private static void Run<T, TScaling>(
        in RmsPropHyperparameters hyper, in TScaling scaling,
        ReadOnlySpan<T> theta, ReadOnlySpan<T> gradient, Span<T> thetaOut, ReadOnlySlotSpans<T> slots, SlotSpans<T> newSlots)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TScaling : unmanaged, IUpdateRule<T> =>
        ScaledDescent.Step(scaling, hyper.L2, decay: 0, hyper.LearningRate, theta, gradient, thetaOut, slots, newSlots);
}
