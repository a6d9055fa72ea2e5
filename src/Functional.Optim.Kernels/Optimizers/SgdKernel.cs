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
    /// <param name="momentum">m; zeros before the first update, empty without momentum.</param>
    /// <param name="thetaOut">θ'; may be <paramref name="theta"/>.</param>
    /// <param name="momentumOut">m'; may be <paramref name="momentum"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is below 1.</exception>
    /// <exception cref="ArgumentException">
    /// A constant is out of range, lengths differ, or an output overlaps an input without being it.
    /// </exception>
    public static void Step<T>(
        in SgdHyperparameters hyper, long step,
        ReadOnlySpan<T> theta, ReadOnlySpan<T> gradient, ReadOnlySpan<T> momentum, Span<T> thetaOut, Span<T> momentumOut)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        hyper.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        T trace = T.CreateTruncating(hyper.Momentum), fresh = T.CreateTruncating(step == 1 ? 1 : 1 - hyper.Dampening);
        if (hyper.Momentum == 0) Run(hyper, default(IdentityRule<T>), theta, gradient, thetaOut, default, default);
        else if (hyper.Nesterov) Run(hyper, new NesterovRule<T>(trace), theta, gradient, thetaOut, new(momentum), new(momentumOut));
        else Run(hyper, new Then<T, ScaleRule<T>, MomentumRule<T>>(new(fresh), new(trace)), theta, gradient, thetaOut, new(momentum), new(momentumOut));
    }

    private static void Run<T, TMomentum>(
        in SgdHyperparameters hyper, in TMomentum momentum,
        ReadOnlySpan<T> theta, ReadOnlySpan<T> gradient, Span<T> thetaOut, ReadOnlySlotSpans<T> slots, SlotSpans<T> newSlots)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TMomentum : unmanaged, IUpdateRule<T> =>
        ScaledDescent.Step(momentum, hyper.L2, decay: 0, hyper.LearningRate, theta, gradient, thetaOut, slots, newSlots);
}
