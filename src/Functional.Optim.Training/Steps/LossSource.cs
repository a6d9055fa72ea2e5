using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>The loss at the parameters for a batch, without gradients (and without dropout), for evaluation.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <typeparam name="TBatch">The batch.</typeparam>
/// <param name="parameters">θ; valid during the call only.</param>
/// <param name="batch">A batch of held-out data.</param>
public delegate double LossSource<T, in TBatch>(ParameterTree<T> parameters, TBatch batch)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
