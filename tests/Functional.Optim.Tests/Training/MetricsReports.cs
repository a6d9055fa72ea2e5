using Functional.Optim.Training;

namespace Functional.Optim.Tests.Training;

/// <summary>Reports for tests of metrics.</summary>
internal static class MetricsReports
{
    internal static StepReport Of(long step, double loss = 2.5, double? validationLoss = null) => new(
        step, 1000, loss, 3e-4, 0.5, 123456.789, TimeSpan.FromTicks(123456789), validationLoss, 1.25, 0.25, 3);

    /// <summary>Reports of the steps, every second with an evaluation.</summary>
    internal static StepReport[] Steps(int first, int last) =>
    [
        .. Enumerable.Range(first, last - first + 1).Select(step =>
            Of(step, 1.0 / step, step % 2 == 0 ? 2.0 / step : null)),
    ];
}
