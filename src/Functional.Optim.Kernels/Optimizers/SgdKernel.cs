using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>Stochastic gradient descent with momentum over spans (Sutskever et al., 2013, in torch's form): no allocation.</summary>
public static class SgdKernel
{
    /// <summary>
    /// One update: u = g + λ·θ, m' = μ·m + (1 − τ)·u (m' = u at the first update), θ' = θ − η·m', or with Nesterov
    /// θ' = θ − η·(u + μ·m').
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="hyper">The constants of this update.</param>
    /// <param name="step">t, the number of this update, from 1.</param>
    /// <param name="theta">θ.</param>
    /// <param name="gradient">g.</param>
    /// <param name="momentum">m; zeros before the first update.</param>
    /// <param name="thetaOut">θ'; may be <paramref name="theta"/>.</param>
    /// <param name="momentumOut">m'; may be <paramref name="momentum"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is below 1.</exception>
    /// <exception cref="ArgumentException">Lengths differ, or an output overlaps an input without being it.</exception>
    public static void Step<T>(
        in SgdHyperparameters hyper, long step,
        ReadOnlySpan<T> theta, ReadOnlySpan<T> gradient, ReadOnlySpan<T> momentum, Span<T> thetaOut, Span<T> momentumOut)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        DecayRule<T> penalty = new(T.CreateTruncating(hyper.L2));
        TraceRule<T> trace = new(
            T.CreateTruncating(hyper.Momentum), T.CreateTruncating(step == 1 ? 1 : 1 - hyper.Dampening), hyper.Nesterov);
        ScaleRule<T> rate = new(T.CreateTruncating(hyper.LearningRate));
        Then<T, Then<T, DecayRule<T>, TraceRule<T>>, ScaleRule<T>> update = new(new(penalty, trace), rate);
        Elementwise.Run(
            new Then<T, Then<T, Then<T, DecayRule<T>, TraceRule<T>>, ScaleRule<T>>, ApplyRule<T>>(update, default),
            theta, gradient, thetaOut, new(momentum), new(momentumOut));
    }
}
