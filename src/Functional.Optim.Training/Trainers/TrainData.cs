namespace Functional.Optim.Training;

/// <summary>The batches of a run.</summary>
/// <typeparam name="TBatch">The batch.</typeparam>
/// <param name="Training">The batch of each step.</param>
/// <param name="Validation">Batch 1, 2, … of each evaluation; <see langword="null"/> for a run without evaluation.</param>
/// <exception cref="ArgumentNullException">There are no batches to train on.</exception>
public sealed record TrainData<TBatch>(BatchSource<TBatch> Training, BatchSource<TBatch>? Validation = null)
{
    /// <summary>The batch of each step.</summary>
    public BatchSource<TBatch> Training { get; init => field = Given(value); } = Given(Training);

    private static BatchSource<TBatch> Given(BatchSource<TBatch> training)
    {
        ArgumentNullException.ThrowIfNull(training);
        return training;
    }
}
