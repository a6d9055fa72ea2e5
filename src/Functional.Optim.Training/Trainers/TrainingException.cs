using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>Model, data, optimizer or progress threw during a run (the inner exception); what was trained is kept.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="state">The state after the last step that was finished.</param>
/// <param name="history">The reports until then.</param>
/// <param name="cause">What was thrown.</param>
public sealed class TrainingException<T>(TrainState<T> state, IReadOnlyList<StepReport> history, Exception cause)
    : Exception($"Training stopped after step {state.Step}: {cause?.Message}", cause)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The state after the last step that was finished; save it or go on from it.</summary>
    public TrainState<T> State { get; } = state;

    /// <summary>The reports until then, in order: all of them up to <see cref="TrainerOptions.MaxReports"/>.</summary>
    public IReadOnlyList<StepReport> History { get; } = history;
}
