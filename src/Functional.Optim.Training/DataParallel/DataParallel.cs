using System.Numerics;
using System.Numerics.Tensors;
using Functional.Optim.Kernels;

namespace Functional.Optim.Training;

/// <summary>Training on several processes, each with a part of the batch and of the state.</summary>
public static class DataParallel
{
    /// <summary>Prepares the training of a model on the processes of a shard.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TBatch">The type of a batch.</typeparam>
    /// <param name="shard">The shard of this process.</param>
    /// <param name="model">The model, which sees the whole parameters and one micro-batch.</param>
    /// <param name="microBatches">Returns the micro-batches, all of one size.</param>
    /// <param name="count">How many a step has; a power of two, of which the number of processes is a divisor.</param>
    /// <param name="validation">The batches of an evaluation, which are divided among the processes.</param>
    /// <param name="validationBatches">
    /// How many there are: <see cref="TrainerOptions.EvaluationBatches"/> of the run; 1 or more.
    /// </param>
    /// <param name="cancellationToken">
    /// Stops the run of all processes, where the trainer gets <see cref="DataParallel{T, TBatch}.Cancellation"/>.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The processes do not divide the micro-batches, there is a loss without validation batches, or validation batches
    /// without a loss, or their number is below 1.
    /// </exception>
    public static DataParallel<T, TBatch> Of<T, TBatch>(
        TreeShard shard, TrainModel<T, TBatch> model, MicroBatchSource<TBatch> microBatches, int count,
        BatchSource<TBatch>? validation = null, int validationBatches = 1,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(shard);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(microBatches);
        ArgumentOutOfRangeException.ThrowIfLessThan(validationBatches, 1);
        model.RequireEvaluation(validation);
        int processes = shard.Ranks.Count;
        return count > 0 && BitOperations.IsPow2(count) && count % processes == 0
            ? new(shard, model, microBatches, count, validation, validationBatches, cancellationToken)
            : throw new ArgumentException(
                $"A step of {count} micro-batches is not divided by {processes} processes; allowed is a power of two of "
                + "micro-batches, and a power of two of processes up to that.", nameof(count));
    }
}

/// <summary>
/// Data-parallel training with sharded state (ZeRO-1; Rajbhandari et al., 2019, arXiv:1910.02054): each process computes
/// the gradients of its micro-batches, gets the sum for its <see cref="TreeShard"/>, updates that, and gathers the
/// parameters of all. It is a model and data for a <see cref="Trainer"/>, which trains the shard as it would a tree.
/// </summary>
/// <remarks>
/// Losses and gradients are added by one binary tree over the micro-batches, whatever process has them, and then divided
/// by their number; the losses of an evaluation are those of its batches, whatever process computes them. So parameters,
/// state and losses have the same bits on any number of processes. Not thread-safe: one step at a time.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <typeparam name="TBatch">The type of a batch.</typeparam>
#pragma warning disable CA1001 // The source of the token has neither a timer nor a wait handle to be disposed of.
public sealed class DataParallel<T, TBatch>
#pragma warning restore CA1001
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TreeShard shard;
    private readonly TrainModel<T, TBatch> model;
    private readonly MicroBatchSource<TBatch> microBatches;
    private readonly int count;
    private readonly BatchSource<TBatch>? validation;
    private readonly CancellationToken asked;
    private readonly CancellationTokenSource agreed = new();
    private readonly PairwiseSum<T> sum;
    private readonly int[] receivedStarts;
    private readonly int[] processStarts;
    private readonly double[] losses;
    private readonly double[] validationLosses;
    private readonly int[] validationStarts;
    private readonly AlignedBuffer<T> received;

    internal DataParallel(
        TreeShard shard, TrainModel<T, TBatch> model, MicroBatchSource<TBatch> microBatches, int count,
        BatchSource<TBatch>? validation, int validationBatches, CancellationToken asked)
    {
        (this.shard, this.model, this.microBatches, this.count) = (shard, model, microBatches, count);
        (this.validation, this.asked) = (validation, asked);
        int processes = shard.Ranks.Count, length = processes == 1 ? 0 : shard.Layout.TotalLength;
        sum = new(count / processes);
        processStarts = [.. Enumerable.Range(0, processes + 1)];
        receivedStarts = [.. processStarts.Select(of => of * length)];
        losses = new double[processes];
        validationLosses = new double[validationBatches];
        validationStarts = [.. processStarts.Select(of => (int)((long)validationBatches * of / processes))];
        received = new(processes * length);
        Model = new(Gradients, model.Loss is null ? null : Loss);
        Data = new(static step => step, validation is null ? null : static index => index);
    }

    /// <summary>The model over the shard of the parameters; a batch is the number of its step.</summary>
    public TrainModel<T, long> Model { get; }

    /// <summary>The numbers of the steps and of the validation batches.</summary>
    public TrainData<long> Data { get; }

    /// <summary>
    /// Stops the trainers of all processes after the same step, the one in which any of them was asked to stop.
    /// </summary>
    public CancellationToken Cancellation => IsAlone ? asked : agreed.Token;

    private bool IsAlone => shard.Ranks.Count == 1;

    private (double Loss, ParameterTree<T> Gradients) Gradients(ParameterTree<T> parameters, long batch, long step)
    {
        ParameterTree<T> whole = IsAlone ? parameters : shard.Gather(parameters);
        sum.Clear();
        int own = count / shard.Ranks.Count;
        for (int index = shard.Ranks.Rank * own; index < (shard.Ranks.Rank + 1) * own; index++)
        {
            // The key of random bits is that of the micro-batch, so that it does not depend on the process either.
            (double loss, ParameterTree<T> gradients) =
                model.Gradient(whole, microBatches(batch, index), ((step - 1) * count) + index + 1);
            shard.Whole.RequireSame(gradients.Layout, nameof(gradients));
            sum.Add(loss, gradients.IsIn(whole) ? gradients.Copy() : gradients);
        }

        if (!IsAlone) whole.Release(nameof(DataParallel));
        (double total, ParameterTree<T> added) = sum.Take();
        if (IsAlone && count == 1) return (total, added);
        ParameterTree<T> mean = IsAlone ? Divided(added) : Exchanged(added);
        added.Release(nameof(DataParallel));
        losses[shard.Ranks.Rank] = total;
        if (!IsAlone)
        {
            shard.Ranks.AllGather<double>(losses, processStarts);
            AgreeToStop();
        }

        PairwiseSum<T>.OfRows<double>(losses, 1);
        return (losses[0] / count, mean);
    }

    private ParameterTree<T> Divided(ParameterTree<T> added)
    {
        TreeBuffer<T> mean = added.Layout.Rent<T>();
        TensorPrimitives.Multiply(added.AsSpan(), T.CreateTruncating(1.0 / count), mean.AsSpan());
        return mean.ToTree();
    }

    /// <summary>The mean gradient of the shard, of what each process has added.</summary>
    private ParameterTree<T> Exchanged(ParameterTree<T> added)
    {
        int length = shard.Layout.TotalLength;
        shard.Ranks.AllToAll(added.AsSpan(), shard.Starts.AsSpan(), received.Span, receivedStarts);
        PairwiseSum<T>.OfRows(received.Span, length);
        Span<T> mean = received.Span[..length];
        TensorPrimitives.Multiply(mean, T.CreateTruncating(1.0 / count), mean);
        return shard.Tree<T>(mean);
    }

    /// <summary>The loss of a validation batch; at the first one, all are computed.</summary>
    private double Loss(ParameterTree<T> parameters, long batch)
    {
        if (IsAlone) return model.Loss!(parameters, validation!(batch));
        if (batch > validationLosses.Length)
        {
            throw new InvalidOperationException(
                $"An evaluation of {validationLosses.Length} batches has no batch {batch}; allowed are as many batches "
                + "as those of the trainer.");
        }

        if (batch == 1) Evaluate(parameters);
        return validationLosses[batch - 1];
    }

    private void Evaluate(ParameterTree<T> parameters)
    {
        ParameterTree<T> whole = shard.Gather(parameters);
        (int first, int end) = (validationStarts[shard.Ranks.Rank], validationStarts[shard.Ranks.Rank + 1]);
        for (int index = first; index < end && !asked.IsCancellationRequested; index++)
            validationLosses[index] = model.Loss!(whole, validation!(index + 1));
        whole.Release(nameof(DataParallel));
        shard.Ranks.AllGather<double>(validationLosses, validationStarts);
        AgreeToStop();
        agreed.Token.ThrowIfCancellationRequested();
    }

    /// <summary>All stop where one was asked to.</summary>
    private void AgreeToStop()
    {
        if (shard.Least(asked.IsCancellationRequested ? 0 : 1) == 0) agreed.Cancel();
    }
}
