namespace Functional.Optim.Training;

/// <summary>The batches of a run.</summary>
/// <typeparam name="TBatch">The batch.</typeparam>
/// <param name="Training">The batch of each step.</param>
/// <param name="Validation">Batch 1, 2, … of each evaluation; <see langword="null"/> for a run without evaluation.</param>
public sealed record TrainData<TBatch>(BatchSource<TBatch> Training, BatchSource<TBatch>? Validation = null);
