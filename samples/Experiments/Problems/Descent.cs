using Functional.Optim;

namespace Experiments;

/// <summary>Optimization as a sequence: the parameters after every step, from a start and a gradient.</summary>
public static class Descent
{
    /// <summary>
    /// The start, then the parameters after each step. The sequence has no end: take as many as are needed.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="start">The parameters at the start.</param>
    /// <param name="gradientAt">The gradient at some parameters.</param>
    /// <param name="cancellation">Stops the sequence before the next step.</param>
    public static IEnumerable<ParameterTree<double>> From(
        Optimizer optimizer, ParameterTree<double> start, Func<ParameterTree<double>, ParameterTree<double>> gradientAt,
        CancellationToken cancellation = default) =>
        WithStates(optimizer, start, (at, _) => gradientAt(at), cancellation).Select(reached => reached.At);

    /// <summary>
    /// The same with the state of the optimizer. The gradient may depend on the step, counted from 1.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="start">The parameters at the start.</param>
    /// <param name="gradientAt">The gradient at some parameters and a step.</param>
    /// <param name="cancellation">Stops the sequence before the next step.</param>
    public static IEnumerable<(ParameterTree<double> At, OptimizerState<double> State)> WithStates(
        Optimizer optimizer, ParameterTree<double> start,
        Func<ParameterTree<double>, long, ParameterTree<double>> gradientAt, CancellationToken cancellation = default)
    {
        OptimizerState<double> state = optimizer.Init(start);
        for (ParameterTree<double> at = start; ; (at, state) = optimizer.Step(
            at, gradientAt(at, state.Step + 1), state))
        {
            yield return (at, state);
            cancellation.ThrowIfCancellationRequested();
        }
    }
}
