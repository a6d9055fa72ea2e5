namespace Functional.Optim.Training;

/// <summary>
/// The reports of a run, of limited number. When the history is full, reports without an evaluation are thinned to
/// every second interval, then to every fourth, and so on. Reports with an evaluation are thinned only when they alone
/// fill half of it. The newest report is always kept. Which reports are kept depends only on the numbers of the steps.
/// </summary>
internal sealed class ReportHistory(TrainerOptions options, double expected)
{
    private readonly List<StepReport> reports = new((int)Math.Min(expected, options.MaxReports));
    private long interval = 1;
    private long evaluationInterval = 1;

    internal IReadOnlyList<StepReport> Reports => reports;

    internal void Add(StepReport report)
    {
        if (reports.Count > 0 && !IsKept(reports[^1])) reports.RemoveAt(reports.Count - 1);
        if (reports.Count == options.MaxReports) Thin();
        reports.Add(report);
    }

    /// <summary>Removes the reports of steps that a run has gone back over.</summary>
    internal void RemoveAfter(long step) => reports.RemoveAll(report => report.Step > step);

    private void Thin()
    {
        while (reports.Count > options.MaxReports / 2)
        {
            if (Evaluations() > options.MaxReports / 2) evaluationInterval *= 2;
            else interval *= 2;
            RemoveThinned();
        }
    }

    private int Evaluations()
    {
        int count = 0;
        foreach (StepReport report in reports) count += report.ValidationLoss is null ? 0 : 1;
        return count;
    }

    private void RemoveThinned()
    {
        int kept = 0;
        for (int index = 0; index < reports.Count; index++)
        {
            if (IsKept(reports[index])) reports[kept++] = reports[index];
        }

        reports.RemoveRange(kept, reports.Count - kept);
    }

    private bool IsKept(StepReport report) => report.ValidationLoss is null
        ? IsOfInterval(report.Step, options.ReportEvery, interval)
        : IsOfInterval(report.Step, options.EvaluateEvery, evaluationInterval);

    private static bool IsOfInterval(long step, long every, long interval) =>
        step % every == 0 && step / every % interval == 0;
}
