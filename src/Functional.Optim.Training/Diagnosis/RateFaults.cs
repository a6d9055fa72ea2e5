using System.Globalization;
using static Functional.Optim.Training.ShortNumber;

namespace Functional.Optim.Training;

/// <summary>Whether the learning rate is too high or too low, by the loss and the ratios together.</summary>
internal static class RateFaults
{
    /// <summary>100 times the usual ratio of updates to parameters, 1e-3, and a hundredth of it.</summary>
    private const double HighRatio = 0.1, LowRatio = 1e-5;

    /// <summary>Half of what the loss had fallen is lost again: more than the noise of a window.</summary>
    private const double LostShare = 0.5;

    /// <summary>One bad batch makes one spike; so many are the rate's.</summary>
    private const int ManySpikes = 3;

    /// <summary>Independent noise has an autocorrelation of about 0, a loss that jumps up and down −1.</summary>
    private const double Alternating = -0.5;

    /// <summary>Jumps smaller than this share of the loss of the start do not matter.</summary>
    private const double MinJump = 0.1;

    /// <summary>A straight line falls a quarter in the last quarter.</summary>
    private const double StraightShare = 0.2;

    internal static Finding? TooHigh(LossCurve curve, LeafRatios ratios)
    {
        if (!curve.IsJudged) return null;
        double explosion = LossFaults.BoundOfExplosion(curve), fallen = curve.Start - curve.Best.Loss;
        double lost = curve.Best.Loss + (LostShare * fallen);
        if (curve.End > explosion)
            return Found(curve, curve.End, explosion, $"the loss rose from {Of(curve.Start)} to {Of(curve.End)}");
        if (fallen > curve.SmallChange && curve.End > lost)
        {
            return Found(curve, curve.End, lost, string.Create(
                CultureInfo.InvariantCulture,
                $"the loss rose again to {Of(curve.End)}, from {Of(curve.Best.Loss)} at step {curve.Best.Step}"));
        }

        int spikes = LossFaults.SpikesOf(curve).Count;
        if (spikes >= ManySpikes) return Found(curve, spikes, ManySpikes, $"the loss has {spikes} spikes");
        if (curve.FallsLate) return null;
        double jump = JumpOf(curve), correlation = AutocorrelationOf(curve);
        if (jump > MinJump * Math.Abs(curve.Start) && correlation < Alternating)
        {
            return Found(
                curve, correlation, Alternating,
                $"the loss jumps up and down by {Of(jump)} and does not fall; its autocorrelation is "
                + Of(correlation));
        }

        double ratio = ratios.LateRatio;
        return ratio > HighRatio
            ? Found(curve, ratio, HighRatio, $"updates are {Of(ratio)} of the parameters, and the loss does not fall")
            : null;
    }

    internal static Finding? TooLow(LossCurve curve, LeafRatios ratios)
    {
        double ratio = ratios.Ratio;
        if (!curve.IsJudged || !(ratio is > 0 and < LowRatio)) return null;
        bool isStraight = curve.Falls && curve.LastQuarterShare >= StraightShare;
        if (!isStraight && (curve.Falls || curve.End > LossFaults.BoundOfExplosion(curve))) return null;
        return new(Fault.LearningRateTooLow, curve.LastStep, ratio, LowRatio, string.Create(
            CultureInfo.InvariantCulture,
            $"updates are {Of(ratio)} of the parameters, the median up to step {curve.LastStep}, where above "
            + $"{Of(LowRatio)} is usual; the loss {(isStraight ? "falls in a straight line" : "does not fall")}, from "
            + $"{Of(curve.Start)} to {Of(curve.End)}"));
    }

    private static Finding Found(LossCurve curve, double value, double bound, string what) =>
        new(Fault.LearningRateTooHigh, curve.LastStep, value, bound, string.Create(
            CultureInfo.InvariantCulture, $"{what}, up to step {curve.LastStep}; the bound is {Of(bound)}"));

    /// <summary>The median of the changes from report to report over the second half.</summary>
    private static double JumpOf(LossCurve curve)
    {
        (long Step, double Loss)[] points = curve.SecondHalf.ToArray();
        return Median.Of(points.Zip(points.Skip(1), (left, right) => Math.Abs(right.Loss - left.Loss)));
    }

    /// <summary>The correlation of neighbouring losses over the second half.</summary>
    private static double AutocorrelationOf(LossCurve curve)
    {
        double[] losses = [.. curve.SecondHalf.ToArray().Select(point => point.Loss)];
        double mean = losses.Average(), variance = losses.Sum(loss => (loss - mean) * (loss - mean));
        double shared = losses.Zip(losses.Skip(1), (left, right) => (left - mean) * (right - mean)).Sum();
        return variance > 0 && double.IsFinite(variance) ? shared / variance : 0;
    }
}
