using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>
/// The model, the data, the optimizer or the progress threw an exception during a run; it is the
/// inner exception. The trained state is kept.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="state">The state after the last finished step.</param>
/// <param name="history">The reports until then.</param>
/// <param name="cause">The exception that was thrown.</param>
public sealed class TrainingException<T>(TrainState<T> state, IReadOnlyList<StepReport> history, Exception cause)
    : Exception($"Training stopped after step {state.Step}: {cause?.Message}", cause)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The state after the last finished step; save it or continue from it.</summary>
    public TrainState<T> State { get; } = state;

    /// <summary>The reports until then, in order; at most <see cref="TrainerOptions.MaxReports"/>.</summary>
    public IReadOnlyList<StepReport> History { get; } = history;
}
