using System.Collections.Immutable;

namespace Functional.Optim.Training;

/// <summary>The finite training losses of a run in order, and their medians over windows.</summary>
/// <param name="Points">Step and loss.</param>
internal sealed record LossCurve(ImmutableArray<(long Step, double Loss)> Points)
{
    /// <summary>With fewer reports the medians of two windows say nothing about a trend.</summary>
    private const int MinPoints = 20;

    /// <summary>A window is a tenth of the run: short enough to follow it, long enough for a median.</summary>
    private const int Windows = 10;

    /// <summary>
    /// A change of less than 1 % of the loss is none. Cross-entropy that is stuck at its start, ln V, moves less.
    /// </summary>
    private const double MinChange = 0.01;

    private ImmutableArray<double> Medians { get; init; } = [];

    internal bool IsJudged => Points.Length >= MinPoints;

    internal long FirstStep => Points[0].Step;

    internal long LastStep => Points[^1].Step;

    /// <summary>The median of the first window.</summary>
    internal double Start => Medians[0];

    /// <summary>The median of the last window.</summary>
    internal double End => Medians[^1];

    /// <summary>The least median of a window, and the last step of that window.</summary>
    internal (double Loss, long Step) Best
    {
        get
        {
            int best = Medians.IndexOf(Medians.Min());
            return (Medians[best], Points[Math.Min((best + 1) * Window, Points.Length) - 1].Step);
        }
    }

    internal double Fall => Start - End;

    /// <summary>A loss that changed less than this stayed as it was.</summary>
    internal double SmallChange => MinChange * Math.Abs(Start);

    internal bool Falls => Fall > SmallChange;

    /// <summary>Which part of the fall happened in the last quarter of the run: ¼ for a straight line.</summary>
    internal double LastQuarterShare
    {
        get
        {
            // The fall from one median to another is over the distance of their middles, a window less than the run.
            double quarter = (Windows - 1) / 4.0;
            int index = Windows - 1 - (int)Math.Ceiling(quarter);
            double weight = Math.Ceiling(quarter) - quarter;
            double then = ((1 - weight) * Medians[index]) + (weight * Medians[index + 1]);
            return (then - End) / Fall;
        }
    }

    /// <summary>The points of the second half.</summary>
    internal ReadOnlySpan<(long Step, double Loss)> SecondHalf => Points.AsSpan()[(Points.Length / 2)..];

    /// <summary>Whether the loss falls over the second half.</summary>
    internal bool FallsLate => Medians[Windows / 2] - End > MinChange * Math.Abs(Medians[Windows / 2]);

    private int Window => Points.Length / Windows;

    internal static LossCurve Of(IReadOnlyList<StepReport> reports)
    {
        LossCurve curve = new(
        [
            .. reports.Where(report => double.IsFinite(report.Loss)).Select(report => (report.Step, report.Loss)),
        ]);
        if (!curve.IsJudged) return curve;
        int window = curve.Window, count = curve.Points.Length;
        return curve with
        {
            // The last window ends with the run; what does not divide by the windows is left to the one before.
            Medians =
            [
                .. Enumerable.Range(0, Windows).Select(index => Median.Of(curve.Points.AsSpan().Slice(
                        index == Windows - 1 ? count - window : index * window, window)
                    .ToArray().Select(point => point.Loss))),
            ],
        };
    }
}
