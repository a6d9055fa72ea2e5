using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// The state of <see cref="Lbfgs"/>: it grows with the moves that are remembered, to 2 + 2·HistorySize trees.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct LbfgsState<T> : IOptimizerState<T, LbfgsState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    private LbfgsState(OptimizerState<T> state) => this.state = state;

    /// <summary>How many steps are finished.</summary>
    public long Step => state.Step;

    /// <summary>How many iterations they took together.</summary>
    public long Iterations => Memory.Iterations;

    /// <summary>How often they asked for loss and gradient.</summary>
    public long Evaluations => Memory.Evaluations;

    /// <summary>The last moves that bent the loss upwards, oldest first.</summary>
    public ImmutableArray<LbfgsPair<T>> History => Memory.History;

    /// <summary>The gradient from which the last iteration started; <c>default</c> before the first.</summary>
    public ParameterTree<T> Gradients => Memory.Gradients;

    /// <summary>The direction it took; <c>default</c> before the first.</summary>
    public ParameterTree<T> Direction => Memory.Direction;

    /// <summary>How far it went along it, or would have gone had the direction not been too flat.</summary>
    public double StepSize => Memory.StepSize;

    private LbfgsMemory<T> Memory => LbfgsMemory<T>.Of(state);

    /// <inheritdoc/>
    public static LbfgsState<T> From(OptimizerState<T> state) => state.Identity == Lbfgs.Identity
        ? new(state)
        : throw new ArgumentException(
            $"The state is none of {nameof(Lbfgs)}: it was made by "
            + $"{(state.Identity.Length > 0 ? $"an optimizer that keeps {state.Identity}" : "hand")}.",
            nameof(state));

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;

    /// <summary>The numbers and the length of the history.</summary>
    public override string ToString() =>
        $"Step {Step}, {Iterations} iterations, {Evaluations} evaluations, {History.Length} moves remembered";
}
