using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// A line search for a step size that satisfies the strong Wolfe conditions. First steps grow until they bracket one
/// (algorithm 3.5 of the book), then the interval shrinks around it (algorithm 3.6).
/// </summary>
/// <remarks>
/// Nocedal and Wright, Numerical Optimization, second edition, 2006,
/// <see href="https://doi.org/10.1007/978-0-387-40065-5">doi:10.1007/978-0-387-40065-5</see>. The constants, the
/// interpolation and the distance that it keeps from the ends of the interval are those of torch. In one point torch
/// differs from the book: its lower end may be a point whose loss has not decreased enough. This class follows the
/// book. Where the loss or the gradient is not finite, the step is too long, and the interval is halved.
/// </remarks>
internal sealed class StrongWolfe<T>(
    Objective<T> objective, Trial<T> start, ParameterTree<T> direction, double tolerance)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const double Decrease = 1e-4;
    private const double Flatness = 0.9;
    private const double MinGrowth = 0.01;
    private const double LargestGrowth = 10;
    private const double Margin = 0.1;
    private const int FurtherTrials = 25;

    private readonly double reach = direction.LargestMagnitude();
    private int trialsLeft = FurtherTrials;

    /// <summary>
    /// Returns a point that satisfies both conditions. When 25 further trials do not find one, or the
    /// interval is shorter than the tolerance in every parameter, it returns the best point that satisfies
    /// the first condition, which may be the start.
    /// </summary>
    /// <exception cref="NonFiniteGradientException">
    /// No step size had a finite loss and gradient, however short.
    /// </exception>
    internal Trial<T> Search(double firstStep)
    {
        Trial<T> previous = start, trial = objective.Along(start, direction, firstStep);
        while (true)
        {
            if (!IsLowEnough(trial) || (previous.StepSize > 0 && trial.Loss >= previous.Loss))
                return Zoom(previous, trial);
            if (IsFlatEnough(trial)) return trial;
            if (trial.Slope >= 0) return Zoom(trial, previous);
            if (trialsLeft-- == 0) return trial;
            double grown = trial.StepSize + (MinGrowth * (trial.StepSize - previous.StepSize));
            double next = Lowest(previous, trial, grown, LargestGrowth * trial.StepSize);
            (previous, trial) = (trial, objective.Along(start, direction, next));
        }
    }

    /// <summary>
    /// Shrinks an interval that contains a solution. <paramref name="low"/> has the lowest loss of all points whose
    /// loss has decreased enough; from there the loss decreases towards <paramref name="high"/>.
    /// </summary>
    private Trial<T> Zoom(Trial<T> low, Trial<T> high)
    {
        bool wasNearEnd = false;
        while (trialsLeft-- > 0 && Math.Abs(high.StepSize - low.StepSize) * reach >= tolerance)
        {
            double left = Math.Min(low.StepSize, high.StepSize), right = Math.Max(low.StepSize, high.StepSize);
            double next = Lowest(low, high, left, right), margin = Margin * (right - left);
            bool isNearEnd = Math.Min(right - next, next - left) < margin;
            if (isNearEnd && (wasNearEnd || next <= left || next >= right))
            {
                next = right - next < next - left ? right - margin : left + margin;
                isNearEnd = false;
            }

            wasNearEnd = isNearEnd;
            Trial<T> trial = objective.Along(start, direction, next);
            if (!IsLowEnough(trial) || trial.Loss >= low.Loss)
            {
                high = trial;
                continue;
            }

            if (IsFlatEnough(trial)) return trial;
            if (trial.Slope * (high.StepSize - low.StepSize) >= 0) high = low;
            low = trial;
        }

        if (low.StepSize == 0) objective.RequireFinite(high);
        return low;
    }

    private bool IsLowEnough(Trial<T> trial) =>
        trial.IsFinite && trial.Loss <= start.Loss + (Decrease * trial.StepSize * start.Slope);

    private bool IsFlatEnough(Trial<T> trial) => Math.Abs(trial.Slope) <= Flatness * -start.Slope;

    /// <summary>
    /// The minimum of the cubic through the losses and slopes of two points (equation 3.59), clamped to two bounds; the
    /// middle of the bounds when there is none.
    /// </summary>
    private static double Lowest(Trial<T> one, Trial<T> other, double min, double max)
    {
        (Trial<T> near, Trial<T> far) = one.StepSize <= other.StepSize ? (one, other) : (other, one);
        double length = far.StepSize - near.StepSize;
        double bend = near.Slope + far.Slope - (3 * (far.Loss - near.Loss) / length);
        double root = Math.Sqrt((bend * bend) - (near.Slope * far.Slope));
        double lowest = far.StepSize - (length * ((far.Slope + root - bend) / (far.Slope - near.Slope + (2 * root))));
        return double.IsNaN(lowest) ? (min + max) / 2 : Math.Clamp(lowest, min, max);
    }
}
