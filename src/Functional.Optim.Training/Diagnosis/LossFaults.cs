using System.Globalization;
using static Functional.Optim.Training.ShortNumber;

namespace Functional.Optim.Training;

/// <summary>The faults that the reports of a run show.</summary>
internal static class LossFaults
{
    /// <summary>
    /// Three times the loss of the initial parameters is worse than no training: no healthy run ends there.
    /// </summary>
    private const double ExplodingLoss = 3;

    /// <summary>
    /// A straight line falls a quarter in the last quarter; a run that has converged about a tenth or less.
    /// </summary>
    private const double SlowShare = 0.2;

    /// <summary>
    /// A rise of the validation loss by a tenth of what it had fallen; less is the noise of evaluations.
    /// </summary>
    private const double OverfittingShare = 0.1;

    /// <summary>The least number of evaluations, and how many at the end must agree.</summary>
    private const int MinEvaluations = 4, LastEvaluations = 2;

    /// <summary>Steps before and after a loss that it is compared with.</summary>
    private const int SpikeWindow = 32, SpikeReturn = 8;

    /// <summary>The share of the whole range of the loss that a spike has at least; others do not matter.</summary>
    private const double MinSpike = 0.05;

    /// <summary>
    /// Gradients of healthy runs change by a factor of some tens; 100 times the start is another regime.
    /// </summary>
    private const double ExplodingGradient = 100;

    /// <summary>How many gradient norms in a row are compared, by their median.</summary>
    private const int GradientWindow = 5;

    /// <summary>
    /// In units of the standard deviation, estimated by 1.4826 times the median of the deviations: of normal noise six
    /// happen once in 10⁹ steps.
    /// </summary>
    internal const double SpikeScore = 6;

    private const double NormalConsistency = 1.4826;

    internal static Finding? Exploding(IReadOnlyList<StepReport> reports, LossCurve curve)
    {
        foreach (StepReport report in reports)
        {
            if (double.IsFinite(report.Loss)) continue;
            return new(Fault.LossExploding, report.Step, report.Loss, double.MaxValue, string.Create(
                CultureInfo.InvariantCulture,
                $"the loss is {Of(report.Loss)} at step {report.Step}; allowed is a finite number"));
        }

        if (!curve.IsJudged) return null;
        double bound = BoundOfExplosion(curve);
        return curve.End <= bound ? null : new(
            Fault.LossExploding, curve.LastStep, curve.End, bound, string.Create(
                CultureInfo.InvariantCulture,
                $"the loss is {Of(curve.End)} at step {curve.LastStep}, from {Of(curve.Start)} at the start; "
                + $"at most {Of(bound)} is usual"));
    }

    /// <summary>A loss above this is far above the start, whatever the sign of the loss.</summary>
    internal static double BoundOfExplosion(LossCurve curve) =>
        curve.Start + ((ExplodingLoss - 1) * Math.Max(Math.Abs(curve.Start), curve.Start - curve.Best.Loss));

    internal static Finding? NonFiniteGradients(IReadOnlyList<StepReport> reports)
    {
        foreach (StepReport report in reports)
        {
            bool isFinite = double.IsFinite(report.GradientNorm);
            if (isFinite && report.SkippedSteps == 0) continue;
            long skipped = reports[^1].SkippedSteps;
            return new(
                Fault.NonFiniteGradients, report.Step, isFinite ? skipped : report.GradientNorm,
                isFinite ? 0 : double.MaxValue, string.Create(
                    CultureInfo.InvariantCulture,
                    $"first seen at step {report.Step}, where the norm of the gradient is {Of(report.GradientNorm)}; "
                    + $"{skipped} steps were skipped up to step {reports[^1].Step}, and 0 is usual"));
        }

        return null;
    }

    internal static Finding? NotFalling(LossCurve curve)
    {
        // A loss that fell and rose again, or that explodes, has other findings.
        if (!curve.IsJudged || curve.Start - curve.Best.Loss > curve.SmallChange) return null;
        double bound = curve.Start - curve.SmallChange;
        return curve.End <= bound || curve.End > BoundOfExplosion(curve) ? null : new(
            Fault.LossNotFalling, curve.LastStep, curve.End, bound, string.Create(
                CultureInfo.InvariantCulture,
                $"the loss is {Of(curve.End)} at step {curve.LastStep}, from {Of(curve.Start)} at the start; "
                + $"a fall below {Of(bound)} was to be expected"));
    }

    internal static Finding? Slow(LossCurve curve)
    {
        if (!curve.IsJudged || !curve.Falls || curve.LastQuarterShare < SlowShare) return null;
        return new(Fault.SlowConvergence, curve.LastStep, curve.LastQuarterShare, SlowShare, string.Create(
            CultureInfo.InvariantCulture,
            $"{Of(100 * curve.LastQuarterShare)} % of the fall from {Of(curve.Start)} to {Of(curve.End)} is in the "
            + $"last quarter, up to step {curve.LastStep}; a run near its end has less than {Of(100 * SlowShare)} %"));
    }

    internal static Finding? Overfitting(IReadOnlyList<StepReport> reports, LossCurve curve)
    {
        (long Step, double Loss)[] evaluations =
        [
            .. reports.Where(report => report.ValidationLoss is { } loss && double.IsFinite(loss))
                .Select(report => (report.Step, report.ValidationLoss!.Value)),
        ];
        if (evaluations.Length < MinEvaluations || !curve.IsJudged) return null;
        (long Step, double Loss) best = evaluations.MinBy(evaluation => evaluation.Loss);
        double fallen = evaluations[0].Loss - best.Loss;
        double bound = best.Loss + (OverfittingShare * Math.Max(fallen, OverfittingShare * Math.Abs(best.Loss)));
        if (evaluations[^LastEvaluations..].Any(evaluation => evaluation.Loss <= bound)) return null;
        double atBest = Around(curve, best.Step);
        (long step, double last) = evaluations[^1];
        return curve.End >= atBest ? null : new(Fault.Overfitting, step, last, bound, string.Create(
            CultureInfo.InvariantCulture,
            $"the validation loss is {Of(last)} at step {step}, above {Of(bound)}; it was {Of(best.Loss)} at step "
            + $"{best.Step}, and the training loss fell from {Of(atBest)} to {Of(curve.End)} since"));
    }

    internal static Finding? Spikes(LossCurve curve)
    {
        (int count, int first, double score, double level) = SpikesOf(curve);
        if (count == 0) return null;
        (long step, double loss) = curve.Points[first];
        return new(Fault.LossSpikes, step, score, SpikeScore, string.Create(
            CultureInfo.InvariantCulture,
            $"the loss is {Of(loss)} at step {step}, {Of(score)} standard deviations above {Of(level)}, where "
            + $"{Of(SpikeScore)} are rare; spikes so far: {count}"));
    }

    /// <summary>How many losses are far above those before and come back, and the first of them.</summary>
    internal static (int Count, int First, double Score, double Level) SpikesOf(LossCurve curve)
    {
        if (!curve.IsJudged) return default;
        double matters = MinSpike * Math.Max(Math.Abs(curve.Start - curve.Best.Loss), curve.SmallChange);
        (int count, int first, double firstScore, double firstLevel) = (0, 0, 0, 0);
        double[] losses = [.. curve.Points.Select(point => point.Loss)];
        for (int index = SpikeReturn; index < losses.Length - 1; index++)
        {
            double[] before = losses[Math.Max(0, index - SpikeWindow)..index];
            double level = Median.Of(before);
            double deviation = NormalConsistency * Median.Of(before.Select(loss => Math.Abs(loss - level)));
            double rise = losses[index] - level;
            if (rise <= matters || rise <= SpikeScore * deviation) continue;
            double[] after = losses[(index + 1)..Math.Min(index + 1 + SpikeReturn, losses.Length)];
            if (Median.Of(after) > level + (rise / 2)) continue;
            if (count++ == 0)
                (first, firstScore, firstLevel) = (index, rise / Math.Max(deviation, matters / SpikeScore), level);
            while (index + 1 < losses.Length && losses[index + 1] - level > rise / 2) index++;
        }

        return (count, first, firstScore, firstLevel);
    }

    internal static Finding? ExplodingGradients(IReadOnlyList<StepReport> reports)
    {
        (long Step, double Norm)[] norms =
        [
            .. reports.Where(report => double.IsFinite(report.GradientNorm))
                .Select(report => (report.Step, report.GradientNorm)),
        ];
        if (norms.Length < 2 * GradientWindow) return null;
        double start = Median.Of(norms[..GradientWindow].Select(norm => norm.Norm)), bound = ExplodingGradient * start;
        if (start == 0) return null;
        for (int end = 2 * GradientWindow; end <= norms.Length; end++)
        {
            double now = Median.Of(norms[(end - GradientWindow)..end].Select(norm => norm.Norm));
            if (now <= bound) continue;
            long step = norms[end - 1].Step;
            return new(Fault.ExplodingGradients, step, now, bound, string.Create(
                CultureInfo.InvariantCulture,
                $"the norm of the gradient is {Of(now)} around step {step}, from {Of(start)} at the start; at most "
                + $"{Of(bound)} is usual"));
        }

        return null;
    }

    /// <summary>The median of the losses up to a step, over as many reports as a window of spikes has.</summary>
    private static double Around(LossCurve curve, long step)
    {
        double[] until = [.. curve.Points.Where(point => point.Step <= step).Select(point => point.Loss)];
        return until.Length == 0 ? curve.Start : Median.Of(until[Math.Max(0, until.Length - SpikeReturn)..]);
    }
}
