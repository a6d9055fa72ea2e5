using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>
/// The loss and its gradients at the parameters, for a batch: an automatic differentiation, another library, a formula. The trainer
/// consumes the gradients, so each call returns a tree of its own (<see cref="TreeLayout.Rent{T}"/> recycles the memory).
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
/// <typeparam name="TBatch">The batch.</typeparam>
/// <param name="parameters">θ; valid during the call only.</param>
/// <param name="batch">The batch of this step.</param>
/// <param name="step">The number of the step, from 1, skipped steps counted; a key for the random bits of dropout.</param>
public delegate (double Loss, ParameterTree<T> Gradients) GradientSource<T, in TBatch>(ParameterTree<T> parameters, TBatch batch, long step)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
