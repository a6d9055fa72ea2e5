using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>
/// The learning-rate range test (Smith, 2017, <see href="https://arxiv.org/abs/1506.01186">arXiv:1506.01186</see>):
/// trains from one state with a rate that rises exponentially, and watches the loss. The state is a value, so the test
/// changes nothing: the run starts from it afterwards.
/// </summary>
/// <remarks>
/// The losses are smoothed by an exponential average of 0.9, without bias. The test ends early when the smoothed loss
/// exceeds four times the lowest one, or is not finite. The suggestion is the rate where the smoothed loss falls
/// fastest over the logarithm of the rate; the rate of the lowest loss divided by ten is another usual choice.
/// </remarks>
public static class LearningRateFinder
{
    private const double Smoothing = 0.9, DivergenceFactor = 4;

    /// <summary>Runs the test.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TBatch">The type of a batch.</typeparam>
    /// <param name="optimizer">
    /// Makes the optimizer with a schedule, such as <c>rate => AdamW.Of(rate, weightDecay: 0.1)</c>.
    /// </param>
    /// <param name="gradientSource">Computes the loss and its gradients.</param>
    /// <param name="parameters">The parameters to start from; they stay as they are.</param>
    /// <param name="batches">The batch of each step, from 1.</param>
    /// <param name="from">The lowest rate; finite and positive.</param>
    /// <param name="to">The highest rate; finite, above <paramref name="from"/>.</param>
    /// <param name="steps">The number of steps; 10 or more.</param>
    /// <param name="cancellationToken">Ends the test after the running step, with the points so far.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static RateSweep Run<T, TBatch>(
        Func<Schedule, Optimizer> optimizer,
        GradientSource<T, TBatch> gradientSource,
        ParameterTree<T> parameters,
        BatchSource<TBatch> batches,
        double from = 1e-7,
        double to = 10,
        int steps = 100,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(gradientSource);
        ArgumentNullException.ThrowIfNull(batches);
        Schedule rise = new ValidationErrors()
            .Require(from, Bounds.Positive)
            .Require(double.IsFinite(to) && to > from, nameof(to), to, "finite, and above from")
            .Require(steps, Bounds.AtLeast(10))
            .Make(() => Schedule.ExponentialRise(from, to, steps))
            .OrThrow(nameof(LearningRateFinder));
        Optimizer rising = optimizer(rise);
        TrainState<T> state = TrainState.Init(rising, parameters.Copy());
        ImmutableArray<RatePoint>.Builder points = ImmutableArray.CreateBuilder<RatePoint>(steps);
        double average = 0, weight = 0, lowest = double.PositiveInfinity;
        while (points.Count < steps && !cancellationToken.IsCancellationRequested)
        {
            long step = points.Count + 1;
            (state, StepOutcome outcome) = TrainStep.RunDonating(
                rising, gradientSource, state, batches(step), NonFinitePolicy.Skip, maxConsecutiveSkips: steps);
            average = (Smoothing * average) + ((1 - Smoothing) * outcome.Loss);
            weight = (Smoothing * weight) + (1 - Smoothing);
            double smoothed = average / weight;
            points.Add(new(rise.At(step), outcome.Loss, smoothed));
            lowest = Math.Min(lowest, smoothed);
            // Losses may be negative, so the distance from the lowest is compared with that of the first.
            if (!double.IsFinite(smoothed) || smoothed - lowest > (DivergenceFactor - 1) * Math.Abs(lowest)) break;
        }

        state.Parameters.Release(nameof(LearningRateFinder));
        state.Optimizer.Release(nameof(LearningRateFinder));
        return new(points.ToImmutable());
    }
}
