namespace Functional.Optim.Training;

/// <summary>
/// Returns a micro-batch of a step. It must depend on the numbers only (and on a seed in the source), so that it is the
/// same whichever process asks for it.
/// </summary>
/// <typeparam name="TBatch">The type of a batch.</typeparam>
/// <param name="step">The number of the step, from 1.</param>
/// <param name="index">The number of the micro-batch within the step, from 0.</param>
public delegate TBatch MicroBatchSource<out TBatch>(long step, int index);
