using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>Adagrad over spans (Duchi, Hazan and Singer, 2011): no allocation, any buffers.</summary>
public static class AdagradKernel
{
    /// <summary>One update: u = g + λ·θ, s' = s + u², θ' = θ − η·u / (√(s' + ε_r) + ε).</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="hyper">The constants of this update.</param>
    /// <param name="theta">θ.</param>
    /// <param name="gradient">g.</param>
    /// <param name="sum">s; the initial accumulator before the first update.</param>
    /// <param name="thetaOut">θ'; may be <paramref name="theta"/>.</param>
    /// <param name="sumOut">s'; may be <paramref name="sum"/>.</param>
    /// <exception cref="ArgumentException">
    /// A constant is out of range, lengths differ, or an output overlaps an input without being it.
    /// </exception>
    public static void Step<T>(
        in AdagradHyperparameters hyper,
        ReadOnlySpan<T> theta, ReadOnlySpan<T> gradient, ReadOnlySpan<T> sum, Span<T> thetaOut, Span<T> sumOut)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        hyper.Check();
        ScaledDescent.Step(
            new AdagradRule<T>(hyper.Epsilon, hyper.EpsilonRoot), hyper.L2, decay: 0, hyper.LearningRate,
            theta, gradient, thetaOut, new(sum), new(sumOut));
    }
}
