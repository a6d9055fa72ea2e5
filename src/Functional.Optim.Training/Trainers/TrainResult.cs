using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>The result of a run.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="State">The state after the last finished step; save it or continue from it.</param>
/// <param name="History">The reports, in order; at most <see cref="TrainerOptions.MaxReports"/>.</param>
/// <param name="Reason">Why the run ended.</param>
/// <param name="Failure">The step and the leaf, if a number that is not finite ended the run.</param>
public sealed record TrainResult<T>(
    TrainState<T> State,
    IReadOnlyList<StepReport> History,
    StopReason Reason,
    NonFiniteGradientException? Failure = null)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>
    /// The parameters to evaluate and to ship: <see cref="Optimizer.EvaluationParameters"/> after the last step. For
    /// most optimizers they are θ, and share the memory of <see cref="TrainState{T}.Parameters"/>.
    /// </summary>
    public ParameterTree<T> EvaluationParameters { get => field.IsDefault ? State.Parameters : field; init; }

    /// <summary>
    /// What the run had to tell, such as a loss spike or a checkpoint that could not be written, one line each; the
    /// last 1,000.
    /// </summary>
    public ImmutableArray<string> Notices { get; init; } = [];

    /// <summary>Why a hook stopped the run; empty where none did.</summary>
    public string Stopped { get; init; } = "";

    /// <summary>The median time of a step over the reports, in milliseconds; NaN without reports.</summary>
    public double MillisecondsPerStep => MedianOf(report => report.StepMilliseconds);

    /// <summary>
    /// The median time of norm, clipping and update over the reports, in milliseconds; NaN without reports.
    /// </summary>
    public double OptimizerMillisecondsPerStep => MedianOf(report => report.OptimizerMilliseconds);

    /// <summary>The median of the tokens per second over the reports; NaN without reports.</summary>
    public double TokensPerSecond => MedianOf(report => report.TokensPerSecond);

    private double MedianOf(Func<StepReport, double> of) => Median.Of(History.Select(of));
}
