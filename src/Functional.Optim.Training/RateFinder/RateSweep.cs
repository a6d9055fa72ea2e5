using System.Collections.Immutable;

namespace Functional.Optim.Training;

/// <summary>The result of a learning-rate range test.</summary>
/// <param name="Points">The steps, by rising rate.</param>
public sealed record RateSweep(ImmutableArray<RatePoint> Points)
{
    /// <summary>
    /// The first part of the points, whose smoothed losses still depend on few losses, is not looked at.
    /// </summary>
    private const int Skipped = 5;

    /// <summary>
    /// The rate where the smoothed loss falls fastest over log η; <see langword="null"/> where it never falls.
    /// </summary>
    public double? Suggestion
    {
        get
        {
            (double? rate, double steepest) = (null, 0);
            for (int index = Skipped; index < Points.Length - 1; index++)
            {
                double slope = (Points[index + 1].SmoothedLoss - Points[index - 1].SmoothedLoss)
                    / Math.Log(Points[index + 1].Rate / Points[index - 1].Rate);
                if (slope < steepest) (rate, steepest) = (Points[index].Rate, slope);
            }

            return rate;
        }
    }

    /// <summary>The rate of the lowest smoothed loss; <see langword="null"/> where no loss is finite.</summary>
    public double? RateOfLowest
    {
        get
        {
            (double? rate, double lowest) = (null, double.PositiveInfinity);
            foreach (RatePoint point in Points)
            {
                if (point.SmoothedLoss < lowest) (rate, lowest) = (point.Rate, point.SmoothedLoss);
            }

            return rate;
        }
    }
}
