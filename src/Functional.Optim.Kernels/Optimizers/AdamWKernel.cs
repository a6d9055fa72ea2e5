using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>AdamW over spans (Loshchilov and Hutter, 2019): no allocation, any buffers.</summary>
public static class AdamWKernel
{
    /// <summary>One update: m and v as in Adam, θ' = θ − η·(m̂ / (√v̂ + ε) + λ·θ).</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="hyper">The constants of this update.</param>
    /// <param name="step">t, the number of this update, from 1.</param>
    /// <param name="theta">θ.</param>
    /// <param name="gradient">g.</param>
    /// <param name="m">The first moment; zeros before the first update.</param>
    /// <param name="v">The second moment; zeros before the first update.</param>
    /// <param name="thetaOut">θ'; may be <paramref name="theta"/>.</param>
    /// <param name="mOut">m'; may be <paramref name="m"/>.</param>
    /// <param name="vOut">v'; may be <paramref name="v"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is below 1.</exception>
    /// <exception cref="ArgumentException">
    /// A constant is out of range, lengths differ, or an output overlaps an input without being it.
    /// </exception>
    public static void Step<T>(
        in AdamWHyperparameters hyper, long step,
        ReadOnlySpan<T> theta, ReadOnlySpan<T> gradient, ReadOnlySpan<T> m, ReadOnlySpan<T> v,
        Span<T> thetaOut, Span<T> mOut, Span<T> vOut)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        hyper.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        ScaledDescent.Step(
            new AdamRule<T>(hyper.Beta1, hyper.Beta2, hyper.Epsilon, biasCorrection: true, step),
            penalty: 0, hyper.WeightDecay, hyper.LearningRate, theta, gradient, thetaOut, new(m, v), new(mOut, vOut));
    }

    /// <summary>One update of AMSGrad (Reddi, Kale and Kumar, 2018) as in torch: m and v as in Adam, x' = max(x, v'), θ' = θ − η·(m̂ / (√x̂ + ε) + λ·θ).</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="hyper">The constants of this update.</param>
    /// <param name="step">t, the number of this update, from 1.</param>
    /// <param name="theta">θ.</param>
    /// <param name="gradient">g.</param>
    /// <param name="m">The first moment; zeros before the first update.</param>
    /// <param name="v">The second moment; zeros before the first update.</param>
    /// <param name="largest">x, the largest second moment; zeros before the first update.</param>
    /// <param name="thetaOut">θ'; may be <paramref name="theta"/>.</param>
    /// <param name="mOut">m'; may be <paramref name="m"/>.</param>
    /// <param name="vOut">v'; may be <paramref name="v"/>.</param>
    /// <param name="largestOut">x'; may be <paramref name="largest"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is below 1.</exception>
    /// <exception cref="ArgumentException">
    /// A constant is out of range, lengths differ, or an output overlaps an input without being it.
    /// </exception>
    public static void Step<T>(
        in AdamWHyperparameters hyper, long step,
        ReadOnlySpan<T> theta, ReadOnlySpan<T> gradient, ReadOnlySpan<T> m, ReadOnlySpan<T> v, ReadOnlySpan<T> largest,
        Span<T> thetaOut, Span<T> mOut, Span<T> vOut, Span<T> largestOut)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        hyper.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        ScaledDescent.Step(
            new AmsGradRule<T>(hyper.Beta1, hyper.Beta2, hyper.Epsilon, biasCorrection: true, correctFirst: false, step),
            penalty: 0, hyper.WeightDecay, hyper.LearningRate, theta, gradient, thetaOut, new(m, v, largest), new(mOut, vOut, largestOut));
    }
}
