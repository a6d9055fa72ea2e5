namespace Functional.Optim.Training;

/// <summary>The batches of a run.</summary>
/// <typeparam name="TBatch">The type of a batch.</typeparam>
/// <param name="Training">Returns the batch of each step.</param>
/// <param name="Validation">Returns batch 1, 2, … of each evaluation; <see langword="null"/> for no evaluation.</param>
/// <exception cref="ArgumentNullException">The source of training batches is null.</exception>
public sealed record TrainData<TBatch>(BatchSource<TBatch> Training, BatchSource<TBatch>? Validation = null)
{
    /// <summary>Returns the batch of each step.</summary>
    public BatchSource<TBatch> Training { get; init => field = Given(value); } = Given(Training);

    private static BatchSource<TBatch> Given(BatchSource<TBatch> training)
    {
        ArgumentNullException.ThrowIfNull(training);
        return training;
    }
}
