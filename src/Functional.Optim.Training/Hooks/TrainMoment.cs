using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>A step of a run, as its hooks see it when it is finished. The trees are valid during the call.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Optimizer">The optimizer.</param>
/// <param name="State">The state after the step.</param>
/// <param name="Outcome">The loss, the norm of the gradient and the rate.</param>
/// <param name="Report">The report of the step; <see langword="null"/> for a step without one.</param>
public readonly record struct TrainMoment<T>(
    Optimizer Optimizer, TrainState<T> State, StepOutcome Outcome, StepReport? Report)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>
    /// The parameters before the step; <c>default</c> unless <see cref="HookRun.NeedsBefore"/> asked for them, and for
    /// a <see cref="FunctionOptimizer"/>.
    /// </summary>
    public ParameterTree<T> Before { get; init; }

    /// <summary>The gradients of the step; as <see cref="Before"/>.</summary>
    public ParameterTree<T> Gradients { get; init; }

    /// <summary>The number of the step, from 1.</summary>
    public long Step => State.Step;

    /// <summary>
    /// The mean loss of the evaluation batches; <see langword="null"/> after a step without an evaluation.
    /// </summary>
    public double? ValidationLoss => Report?.ValidationLoss;
}
