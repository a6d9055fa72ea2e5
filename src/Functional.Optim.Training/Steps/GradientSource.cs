using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>
/// Computes the loss and its gradients for a batch: by automatic differentiation, by another library, or by a
/// formula. The trainer consumes the gradients, so each call must return a new tree
/// (<see cref="TreeLayout.Rent{T}"/> reuses memory).
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
/// <typeparam name="TBatch">The type of a batch.</typeparam>
/// <param name="parameters">θ; valid only during the call.</param>
/// <param name="batch">The batch of this step.</param>
/// <param name="step">
/// The number of the step, from 1, skipped steps included; a key for the random bits of dropout.
/// </param>
public delegate (double Loss, ParameterTree<T> Gradients) GradientSource<T, in TBatch>(
    ParameterTree<T> parameters, TBatch batch, long step)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
