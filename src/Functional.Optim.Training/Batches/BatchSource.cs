namespace Functional.Optim.Training;

/// <summary>
/// The batch of a step. It depends on the number of the step (and a seed inside) only, so a resumed run sees the batches that an
/// uninterrupted one would.
/// </summary>
/// <typeparam name="TBatch">The batch.</typeparam>
/// <param name="step">The number of the step, or of the evaluation batch; from 1.</param>
public delegate TBatch BatchSource<out TBatch>(long step);
