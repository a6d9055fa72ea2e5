using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>Adamax over spans (Kingma and Ba, 2015, section 7): no allocation, any buffers.</summary>
public static class AdamaxKernel
{
    /// <summary>One update: u = g + λ·θ, m' = β₁·m + (1 − β₁)·u, n' = max(β₂·n, |u| + ε), θ' = θ − η·m' / ((1 − β₁ᵗ)·n').</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="hyper">The constants of this update.</param>
    /// <param name="step">t, the number of this update, from 1.</param>
    /// <param name="theta">θ.</param>
    /// <param name="gradient">g.</param>
    /// <param name="m">The first moment; zeros before the first update.</param>
    /// <param name="norm">n, the infinity norm; zeros before the first update.</param>
    /// <param name="thetaOut">θ'; may be <paramref name="theta"/>.</param>
    /// <param name="mOut">Its successor; may be <paramref name="m"/>.</param>
    /// <param name="normOut">Its successor; may be <paramref name="norm"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is below 1.</exception>
    /// <exception cref="ArgumentException">
    /// A constant is out of range, lengths differ, or an output overlaps an input without being it.
    /// </exception>
    public static void Step<T>(
        in AdamaxHyperparameters hyper, long step,
        ReadOnlySpan<T> theta, ReadOnlySpan<T> gradient, ReadOnlySpan<T> m, ReadOnlySpan<T> norm,
        Span<T> thetaOut, Span<T> mOut, Span<T> normOut)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        hyper.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        ScaledDescent.Step(
            new AdamaxRule<T>(hyper.Beta1, hyper.Beta2, hyper.Epsilon, step), hyper.L2, decay: 0, hyper.LearningRate,
            theta, gradient, thetaOut, new(m, norm), new(mOut, normOut));
    }
}
