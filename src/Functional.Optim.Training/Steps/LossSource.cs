using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>Computes the loss for a batch, without gradients and without dropout, for evaluation.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <typeparam name="TBatch">The type of a batch.</typeparam>
/// <param name="parameters">θ; valid only during the call.</param>
/// <param name="batch">A batch of held-out data.</param>
public delegate double LossSource<T, in TBatch>(ParameterTree<T> parameters, TBatch batch)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
