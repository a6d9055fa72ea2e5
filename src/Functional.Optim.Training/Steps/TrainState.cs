using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>Makes train states.</summary>
public static class TrainState
{
    /// <summary>The state before the first step.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="optimizer">The optimizer that will make the steps.</param>
    /// <param name="parameters">θ at the start.</param>
    public static TrainState<T> Init<T>(Optimizer optimizer, ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return new(parameters, optimizer.Init(parameters));
    }
}

/// <summary>All that a training run carries from step to step; equal when every bit is.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Parameters">θ.</param>
/// <param name="Optimizer">The state of the optimizer, with the number of updates.</param>
/// <param name="SkippedSteps">How many steps were left out, their gradients not being finite.</param>
public readonly record struct TrainState<T>(ParameterTree<T> Parameters, OptimizerState<T> Optimizer, long SkippedSteps = 0)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>
    /// How many steps are finished: updates, and gradients that made none, gathered or left out
    /// (<see cref="UpdateCounters.SkippedUpdates"/>). It numbers the batches, so none is drawn again; the schedule goes by the updates alone.
    /// </summary>
    public long Step => Optimizer.Step + Optimizer.Counters.SkippedUpdates;
}
