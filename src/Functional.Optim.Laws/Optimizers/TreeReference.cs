using System.Collections.Immutable;

namespace Functional.Optim.Laws;

/// <summary>
/// A step of all leaves in plain code, for <see cref="OptimizerLaws"/>.<c>Matches</c> with a state of its own.
/// </summary>
/// <typeparam name="TState">What the reference keeps from step to step.</typeparam>
/// <param name="step">t, the number of the update, from 1.</param>
/// <param name="leaves">The leaves: their names and shapes.</param>
/// <param name="parameters">θ, leaf by leaf; write θ' over it.</param>
/// <param name="gradients">g, leaf by leaf.</param>
/// <param name="state">The state before the step; write the state after it.</param>
public delegate void TreeReference<TState>(
    long step, ImmutableArray<Leaf> leaves, double[][] parameters, double[][] gradients, ref TState state);
