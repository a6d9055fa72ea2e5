using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>Averaged stochastic gradient descent over spans (Polyak and Juditsky, 1992): no allocation, any buffers.</summary>
public static class AsgdKernel
{
    /// <summary>
    /// One update: u = g + λ₂·θ + λ·θ, θ' = θ − η_t·u with η_t = η / (1 + λ·η·(t − 1))^α, a' = a + μ_t·(θ' − a) with
    /// μ_t = 1 / max(1, t − 1 − t₀).
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="hyper">The constants of this update.</param>
    /// <param name="step">t, the number of this update, from 1.</param>
    /// <param name="theta">θ.</param>
    /// <param name="gradient">g.</param>
    /// <param name="average">a; any numbers before the first update.</param>
    /// <param name="thetaOut">θ'; may be <paramref name="theta"/>.</param>
    /// <param name="averageOut">a'; may be <paramref name="average"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is below 1.</exception>
    /// <exception cref="ArgumentException">
    /// A constant is out of range, lengths differ, or an output overlaps an input without being it.
    /// </exception>
    public static void Step<T>(
        in AsgdHyperparameters hyper, long step,
        ReadOnlySpan<T> theta, ReadOnlySpan<T> gradient, ReadOnlySpan<T> average, Span<T> thetaOut, Span<T> averageOut)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        hyper.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        DecayRule<T> penalty = new(T.CreateTruncating(hyper.L2)), decay = new(T.CreateTruncating(hyper.Lambda));
        ScaleRule<T> rate = new(T.CreateTruncating(AsgdSteps.Rate(hyper.LearningRate, hyper.Lambda, hyper.Alpha, step)));
        AveragingRule<T> averaging = new(AsgdSteps.AverageWeight(hyper.AverageAfter, step));
        Then<T, Then<T, DecayRule<T>, DecayRule<T>>, ScaleRule<T>> update = new(new(penalty, decay), rate);
        Then<T, AveragingRule<T>, ApplyRule<T>> end = new(averaging, default);
        Elementwise.Run(
            new Then<T, Then<T, Then<T, DecayRule<T>, DecayRule<T>>, ScaleRule<T>>, Then<T, AveragingRule<T>, ApplyRule<T>>>(update, end),
            theta, gradient, thetaOut, new(average), new(averageOut));
    }
}
