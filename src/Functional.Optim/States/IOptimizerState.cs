using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// A typed view of an <see cref="OptimizerState{T}"/>: the same step and slots under the names of the field.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
/// <typeparam name="TSelf">The state itself.</typeparam>
public interface IOptimizerState<T, TSelf>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TSelf : struct, IOptimizerState<T, TSelf>
{
    /// <summary>How many updates are finished.</summary>
    long Step { get; }

    /// <summary>The same state, untyped.</summary>
    OptimizerState<T> ToState();

    /// <summary>
    /// The typed view of a state, or of the one part of a composition whose slots have the names of this type.
    /// </summary>
    /// <param name="state">The state of the optimizer, the composition or the transform.</param>
    /// <exception cref="ArgumentException">No transform has such slots, or more than one:
    /// <see cref="OptimizerState{T}.Part"/>.</exception>
    static abstract TSelf From(OptimizerState<T> state);
}
