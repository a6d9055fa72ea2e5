using System.Collections.Immutable;

namespace Functional.Optim.Tests.Optimizers;

/// <summary>
/// Gradient descent that halves its step until the loss falls, as a user would write it: the next step tries twice the
/// last one, which it keeps as a scalar, and a slot holds the last gradient.
/// </summary>
internal sealed record Backtracking : FunctionOptimizer
{
    protected override ImmutableArray<string> SlotNames => ["gradient"];

    protected override ImmutableArray<string> ScalarNames => ["stepSize"];

    protected override (ParameterTree<T> Parameters, OptimizerState<T> State, double Loss) Minimize<T>(
        in FunctionStep<T> step)
    {
        (double loss, ParameterTree<T> gradients) = step.Evaluate(step.Parameters);
        double last = step.State.Scalar("stepSize"), size = last == 0 ? 1 : 2 * last;
        while (true)
        {
            TreeBuffer<T> moved = step.Parameters.Layout.Rent<T>();
            for (int index = 0; index < moved.AsSpan().Length; index++)
                moved.AsSpan()[index] =
                    step.Parameters.AsSpan()[index] - (T.CreateTruncating(size) * gradients.AsSpan()[index]);
            ParameterTree<T> next = moved.ToTree();
            if (step.Evaluate(next).Loss < loss || size < 1e-10)
                return step.Next(next, loss, [step.IsDonated ? gradients : gradients.Copy()], [size]);
            size /= 2;
        }
    }
}
