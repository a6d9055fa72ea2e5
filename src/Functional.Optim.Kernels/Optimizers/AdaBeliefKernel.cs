using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>AdaBelief over spans (Zhuang et al., 2020): no allocation, any buffers.</summary>
public static class AdaBeliefKernel
{
    /// <summary>One update: m as in Adam, s' = β₂·s + (1 − β₂)·(u − m')² + ε_r, θ' = θ − η·m̂ / (√ŝ + ε).</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="hyper">The constants of this update.</param>
    /// <param name="step">t, the number of this update, from 1.</param>
    /// <param name="theta">θ.</param>
    /// <param name="gradient">g.</param>
    /// <param name="m">The first moment; zeros before the first update.</param>
    /// <param name="s">The running mean of (u − m)²; zeros before the first update.</param>
    /// <param name="thetaOut">θ'; may be <paramref name="theta"/>.</param>
    /// <param name="mOut">Its successor; may be <paramref name="m"/>.</param>
    /// <param name="sOut">Its successor; may be <paramref name="s"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is below 1.</exception>
    /// <exception cref="ArgumentException">
    /// A constant is out of range, lengths differ, or an output overlaps an input without being it.
    /// </exception>
    public static void Step<T>(
        in AdaBeliefHyperparameters hyper, long step,
        ReadOnlySpan<T> theta, ReadOnlySpan<T> gradient, ReadOnlySpan<T> m, ReadOnlySpan<T> s,
        Span<T> thetaOut, Span<T> mOut, Span<T> sOut)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        hyper.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        ScaledDescent.Step(
            new AdaBeliefRule<T>(hyper.Beta1, hyper.Beta2, hyper.Epsilon, hyper.EpsilonRoot, step),
            hyper.DecoupledDecay ? 0 : hyper.WeightDecay, hyper.DecoupledDecay ? hyper.WeightDecay : 0, hyper.LearningRate,
            theta, gradient, thetaOut, new(m, s), new(mOut, sOut));
    }
}
