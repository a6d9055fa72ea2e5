using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>Yogi over spans (Zaheer et al., 2018): no allocation, any buffers.</summary>
public static class YogiKernel
{
    /// <summary>One update: u = g + λ·θ, m as in Adam, v' = v − (1 − β₂)·sign(v − u²)·u², θ' = θ − η·m' / (√v' + ε).</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="hyper">The constants of this update.</param>
    /// <param name="step">t, the number of this update, from 1.</param>
    /// <param name="theta">θ.</param>
    /// <param name="gradient">g.</param>
    /// <param name="m">The first moment; zeros before the first update.</param>
    /// <param name="v">The second moment; the initial accumulator before the first update.</param>
    /// <param name="thetaOut">θ'; may be <paramref name="theta"/>.</param>
    /// <param name="mOut">Its successor; may be <paramref name="m"/>.</param>
    /// <param name="vOut">Its successor; may be <paramref name="v"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is below 1.</exception>
    /// <exception cref="ArgumentException">
    /// A constant is out of range, lengths differ, or an output overlaps an input without being it.
    /// </exception>
    public static void Step<T>(
        in YogiHyperparameters hyper, long step,
        ReadOnlySpan<T> theta, ReadOnlySpan<T> gradient, ReadOnlySpan<T> m, ReadOnlySpan<T> v,
        Span<T> thetaOut, Span<T> mOut, Span<T> vOut)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        hyper.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        ScaledDescent.Step(
            new YogiRule<T>(hyper.Beta1, hyper.Beta2, hyper.Epsilon, hyper.BiasCorrection, step), hyper.L2, decay: 0, hyper.LearningRate,
            theta, gradient, thetaOut, new(m, v), new(mOut, vOut));
    }
}
