using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>The state of <see cref="Lbfgs"/>. States share the trees of their history; the garbage collector frees those nobody holds.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Step">How many steps are finished.</param>
/// <param name="Iterations">How many iterations they took together.</param>
/// <param name="Evaluations">How often they asked for loss and gradient.</param>
/// <param name="History">The last moves that bent the loss upwards, oldest first.</param>
/// <param name="Gradients">The gradient from which the last iteration started; <c>default</c> before the first.</param>
/// <param name="Direction">The direction it took; <c>default</c> before the first.</param>
/// <param name="StepSize">How far it went along it, or would have gone had the direction not been too flat.</param>
public sealed record LbfgsState<T>(
    long Step, long Iterations, long Evaluations, ImmutableArray<LbfgsPair<T>> History,
    ParameterTree<T> Gradients = default, ParameterTree<T> Direction = default, double StepSize = 0)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Whether two states have the same numbers and the same bits in every tree.</summary>
    public bool Equals(LbfgsState<T>? other) =>
        other is not null && (Step, Iterations, Evaluations, StepSize) == (other.Step, other.Iterations, other.Evaluations, other.StepSize)
        && Gradients == other.Gradients && Direction == other.Direction && History.AsSpan().SequenceEqual(other.History.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Step, Iterations, Evaluations, StepSize, Direction);

    /// <summary>The numbers and the length of the history.</summary>
    public override string ToString() => $"Step {Step}, {Iterations} iterations, {Evaluations} evaluations, {History.Length} moves remembered";

    internal void RequireLayout(TreeLayout layout)
    {
        if (!Direction.IsDefault) layout.RequireSame(Direction.Layout, "state");
    }
}
