using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>What a run left after.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="State">The state after the last step that was finished; save it or go on from it.</param>
/// <param name="History">The reports, in order: all of them up to <see cref="TrainerOptions.MaxReports"/>.</param>
/// <param name="Reason">Why the run ended.</param>
/// <param name="Failure">The step and the leaf, when a number that is not finite ended it.</param>
public sealed record TrainResult<T>(
    TrainState<T> State, IReadOnlyList<StepReport> History, StopReason Reason, NonFiniteGradientException? Failure = null)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>
    /// What to evaluate and to ship: <see cref="Optimizer.EvaluationParameters"/> after the last step, which is θ itself for most
    /// optimizers, and then one memory with <see cref="TrainState{T}.Parameters"/>.
    /// </summary>
    public ParameterTree<T> EvaluationParameters { get => field.IsDefault ? State.Parameters : field; init; }

    /// <summary>The median over the reports of the time of a step; NaN without reports.</summary>
    public double MillisecondsPerStep => MedianOf(report => report.StepMilliseconds);

    /// <summary>The median over the reports of the time of norm, clipping and update; NaN without reports.</summary>
    public double OptimizerMillisecondsPerStep => MedianOf(report => report.OptimizerMilliseconds);

    /// <summary>The median over the reports of the tokens per second; NaN without reports.</summary>
    public double TokensPerSecond => MedianOf(report => report.TokensPerSecond);

    private double MedianOf(Func<StepReport, double> of) => Median.Of(History.Select(of));
}
