using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>Lion over spans (Chen et al., 2023): no allocation, any buffers.</summary>
public static class LionKernel
{
    /// <summary>One update: θ' = θ − η·(sign(β₁·m + (1 − β₁)·g) + λ·θ), m' = β₂·m + (1 − β₂)·g.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="hyper">The constants of this update.</param>
    /// <param name="theta">θ.</param>
    /// <param name="gradient">g.</param>
    /// <param name="m">The running mean of the gradients; zeros before the first update.</param>
    /// <param name="thetaOut">θ'; may be <paramref name="theta"/>.</param>
    /// <param name="mOut">Its successor; may be <paramref name="m"/>.</param>
    /// <exception cref="ArgumentException">
    /// A constant is out of range, lengths differ, or an output overlaps an input without being it.
    /// </exception>
    public static void Step<T>(
        in LionHyperparameters hyper,
        ReadOnlySpan<T> theta, ReadOnlySpan<T> gradient, ReadOnlySpan<T> m,
        Span<T> thetaOut, Span<T> mOut)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        hyper.Check();
        ScaledDescent.Step(
            new LionRule<T>(hyper.Beta1, hyper.Beta2), penalty: 0, hyper.WeightDecay, hyper.LearningRate,
            theta, gradient, thetaOut, new(m), new(mOut));
    }
}
