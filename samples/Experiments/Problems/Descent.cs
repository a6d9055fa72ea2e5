using Functional.Optim;

namespace Experiments;

/// <summary>Optimization as an unfold: from a start and a gradient, the parameters after every update.</summary>
public static class Descent
{
    /// <summary>The start, the parameters after the first update, after the second and so on without end; take what is wanted.</summary>
    /// <param name="optimizer">Makes the updates.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="gradientAt">The gradient there.</param>
    /// <param name="cancellation">Stops it before the next update.</param>
    public static IEnumerable<ParameterTree<double>> From(
        Optimizer optimizer, ParameterTree<double> start, Func<ParameterTree<double>, ParameterTree<double>> gradientAt,
        CancellationToken cancellation = default) =>
        WithStates(optimizer, start, (at, _) => gradientAt(at), cancellation).Select(reached => reached.At);

    /// <summary>The same with the optimizer's state at each, and a gradient that may depend on the number of the update, from 1.</summary>
    /// <param name="optimizer">Makes the updates.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="gradientAt">The gradient there, for an update.</param>
    /// <param name="cancellation">Stops it before the next update.</param>
    public static IEnumerable<(ParameterTree<double> At, OptimizerState<double> State)> WithStates(
        Optimizer optimizer, ParameterTree<double> start, Func<ParameterTree<double>, long, ParameterTree<double>> gradientAt,
        CancellationToken cancellation = default)
    {
        OptimizerState<double> state = optimizer.Init(start);
        for (ParameterTree<double> at = start; ; (at, state) = optimizer.Step(at, gradientAt(at, state.Step + 1), state))
        {
            yield return (at, state);
            cancellation.ThrowIfCancellationRequested();
        }
    }
}
