using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>Makes train states.</summary>
public static class TrainState
{
    /// <summary>Makes the state before the first step.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="optimizer">The optimizer that will make the steps.</param>
    /// <param name="parameters">The initial parameters θ.</param>
    public static TrainState<T> Init<T>(Optimizer optimizer, ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return new(parameters, optimizer.Init(parameters));
    }
}

/// <summary>The whole state of a training run between steps. States are equal when every bit is.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Parameters">θ, the parameters.</param>
/// <param name="Optimizer">The state of the optimizer, with the number of updates.</param>
/// <param name="SkippedSteps">
/// The number of steps that were skipped: loss or gradients were not finite, or a <see cref="TrainHook"/> refused them.
/// </param>
public readonly record struct TrainState<T>(
    ParameterTree<T> Parameters, OptimizerState<T> Optimizer, long SkippedSteps = 0)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>
    /// The number of finished steps: updates, and gradients without an update, accumulated or skipped
    /// (<see cref="UpdateCounters.SkippedUpdates"/>). Batches are numbered by it, so no batch is used
    /// twice. Schedules use the number of updates.
    /// </summary>
    public long Step => Optimizer.Step + Optimizer.Counters.SkippedUpdates;
}
