using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// The search of a step size that satisfies the strong Wolfe conditions: Nocedal and Wright, Numerical Optimization (2006),
/// algorithms 3.5 (steps grow until they enclose one) and 3.6 (the interval shrinks around it).
/// </summary>
/// <remarks>
/// The constants, the interpolation and what keeps it away from the ends of the interval are torch's. Where torch strays from the
/// book, letting the lower end of the interval be a point whose loss has not fallen enough, the book is followed. A point whose loss
/// or gradient is not finite lies too far out: the interval is halved.
/// </remarks>
internal sealed class StrongWolfe<T>(Objective<T> objective, Trial<T> start, ParameterTree<T> direction, double tolerance)
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
    /// The point that satisfies both conditions; the best that satisfies the first, which may be the start itself, when 25 further
    /// trials did not find it or the interval has become shorter than the tolerance in every parameter.
    /// </summary>
    /// <exception cref="NonFiniteGradientException">No step, however short, had a finite loss and gradient.</exception>
    internal Trial<T> Search(double firstStep)
    {
        Trial<T> previous = start, trial = objective.Along(start, direction, firstStep);
        while (true)
        {
            if (!IsLowEnough(trial) || (previous.StepSize > 0 && trial.Loss >= previous.Loss)) return Zoom(previous, trial);
            if (IsFlatEnough(trial)) return trial;
            if (trial.Slope >= 0) return Zoom(trial, previous);
            if (trialsLeft-- == 0) return trial;
            double grown = trial.StepSize + (MinGrowth * (trial.StepSize - previous.StepSize));
            double next = Lowest(previous, trial, grown, LargestGrowth * trial.StepSize);
            (previous, trial) = (trial, objective.Along(start, direction, next));
        }
    }

    /// <summary>
    /// Shrinks an interval that holds a point to be found. Of the points tried that are low enough, <paramref name="low"/> is the
    /// lowest, and from it the loss falls towards <paramref name="high"/>.
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
    /// Where the cubic through the losses and slopes of two points is lowest (equation 3.59), kept between two bounds; their middle
    /// where there is no such point.
    /// </summary>
    private static double Lowest(Trial<T> one, Trial<T> other, double least, double largest)
    {
        (Trial<T> near, Trial<T> far) = one.StepSize <= other.StepSize ? (one, other) : (other, one);
        double length = far.StepSize - near.StepSize;
        double bend = near.Slope + far.Slope - (3 * (far.Loss - near.Loss) / length);
        double root = Math.Sqrt((bend * bend) - (near.Slope * far.Slope));
        double lowest = far.StepSize - (length * ((far.Slope + root - bend) / (far.Slope - near.Slope + (2 * root))));
        return double.IsNaN(lowest) ? (least + largest) / 2 : Math.Clamp(lowest, least, largest);
    }
}
