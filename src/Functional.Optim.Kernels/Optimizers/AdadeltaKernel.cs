using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>Adadelta over spans (Zeiler, 2012): no allocation, any buffers.</summary>
public static class AdadeltaKernel
{
    /// <summary>One update: u = g + λ·θ, v' = ρ·v + (1 − ρ)·u², d = u·√((a + ε) / (v' + ε)), a' = ρ·a + (1 − ρ)·d², θ' = θ − η·d.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="hyper">The constants of this update.</param>
    /// <param name="theta">θ.</param>
    /// <param name="gradient">g.</param>
    /// <param name="v">The running mean of the squared gradients; zeros before the first update.</param>
    /// <param name="delta">a, that of the squared updates; zeros before the first update.</param>
    /// <param name="thetaOut">θ'; may be <paramref name="theta"/>.</param>
    /// <param name="vOut">Its successor; may be <paramref name="v"/>.</param>
    /// <param name="deltaOut">Its successor; may be <paramref name="delta"/>.</param>
    /// <exception cref="ArgumentException">
    /// A constant is out of range, lengths differ, or an output overlaps an input without being it.
    /// </exception>
    public static void Step<T>(
        in AdadeltaHyperparameters hyper,
        ReadOnlySpan<T> theta, ReadOnlySpan<T> gradient, ReadOnlySpan<T> v, ReadOnlySpan<T> delta,
        Span<T> thetaOut, Span<T> vOut, Span<T> deltaOut)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        hyper.Check();
        ScaledDescent.Step(
            new AdadeltaRule<T>(hyper.Rho, hyper.Epsilon), hyper.L2, decay: 0, hyper.LearningRate,
            theta, gradient, thetaOut, new(v, delta), new(vOut, deltaOut));
    }
}
