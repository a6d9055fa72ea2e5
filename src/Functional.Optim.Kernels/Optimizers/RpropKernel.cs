using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>Rprop over spans (Igel and Hüsken, 2000, after Riedmiller and Braun, 1993): no allocation, any buffers.</summary>
public static class RpropKernel
{
    /// <summary>
    /// One update: the step sizes grow by η⁺ where the gradient keeps its sign and shrink by η⁻ where it flips, and θ' = θ −
    /// η·sign(u)·size, or θ where it flipped (<see cref="RpropRule{T}"/>).
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="hyper">The constants of this update.</param>
    /// <param name="theta">θ.</param>
    /// <param name="gradient">g.</param>
    /// <param name="previousGradient">The gradient before; zeros before the first update.</param>
    /// <param name="stepSize">The step sizes; the initial size before the first update.</param>
    /// <param name="thetaOut">θ'; may be <paramref name="theta"/>.</param>
    /// <param name="previousGradientOut">Its successor; may be <paramref name="previousGradient"/>.</param>
    /// <param name="stepSizeOut">Its successor; may be <paramref name="stepSize"/>.</param>
    /// <exception cref="ArgumentException">
    /// A constant is out of range, lengths differ, or an output overlaps an input without being it.
    /// </exception>
    public static void Step<T>(
        in RpropHyperparameters hyper,
        ReadOnlySpan<T> theta, ReadOnlySpan<T> gradient, ReadOnlySpan<T> previousGradient, ReadOnlySpan<T> stepSize,
        Span<T> thetaOut, Span<T> previousGradientOut, Span<T> stepSizeOut)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        hyper.Check();
        ScaledDescent.Step(
            new RpropRule<T>(hyper.EtaMinus, hyper.EtaPlus, hyper.MinimumStep, hyper.MaximumStep), hyper.L2, decay: 0, hyper.LearningRate,
            theta, gradient, thetaOut, new(previousGradient, stepSize), new(previousGradientOut, stepSizeOut));
    }
}
