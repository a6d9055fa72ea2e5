namespace Functional.Optim.Training;

/// <summary>
/// Returns the batch of a step. The batch must depend only on the number of the step (and on a seed in the source), so
/// that a resumed run sees the batches of an uninterrupted one.
/// </summary>
/// <typeparam name="TBatch">The type of a batch.</typeparam>
/// <param name="step">The number of the step, or of the evaluation batch, from 1.</param>
public delegate TBatch BatchSource<out TBatch>(long step);
