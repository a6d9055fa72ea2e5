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
    /// <param name="validation">The batches of an evaluation, which every process computes whole.</param>
    /// <exception cref="ArgumentException">
    /// The processes do not divide the micro-batches, or there is a loss without validation batches, or validation
    /// batches without a loss.
    /// </exception>
    public static DataParallel<T, TBatch> Of<T, TBatch>(
        TreeShard shard, TrainModel<T, TBatch> model, MicroBatchSource<TBatch> microBatches, int count,
        BatchSource<TBatch>? validation = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(shard);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(microBatches);
        if (model.Loss is null != validation is null)
        {
            throw new ArgumentException(
                "An evaluation takes a loss of the model and validation batches; one of them is null.",
                nameof(validation));
        }

        int processes = shard.Ranks.Count;
        return count > 0 && BitOperations.IsPow2(count) && count % processes == 0
            ? new(shard, model, microBatches, count, validation)
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
/// by their number. So parameters, state and losses have the same bits on any number of processes. Every process
/// evaluates the whole validation batches. Not thread-safe: one step at a time.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <typeparam name="TBatch">The type of a batch.</typeparam>
public sealed class DataParallel<T, TBatch>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TreeShard shard;
    private readonly TrainModel<T, TBatch> model;
    private readonly MicroBatchSource<TBatch> microBatches;
    private readonly int count;
    private readonly BatchSource<TBatch>? validation;
    private readonly PairwiseSum<T> sum;
    private readonly int[] receivedStarts;
    private readonly int[] lossStarts;
    private readonly double[] losses;
    private readonly AlignedBuffer<T> received;

    internal DataParallel(
        TreeShard shard, TrainModel<T, TBatch> model, MicroBatchSource<TBatch> microBatches, int count,
        BatchSource<TBatch>? validation)
    {
        (this.shard, this.model, this.microBatches, this.count) = (shard, model, microBatches, count);
        this.validation = validation;
        int processes = shard.Ranks.Count, length = processes == 1 ? 0 : shard.Layout.TotalLength;
        sum = new(count / processes);
        lossStarts = [.. Enumerable.Range(0, processes + 1)];
        receivedStarts = [.. lossStarts.Select(of => of * length)];
        losses = new double[processes];
        received = new(processes * length);
        Model = new(Gradients, model.Loss is null ? null : Loss);
        Data = new(static step => step, validation is null ? null : static index => index);
    }

    /// <summary>The model over the shard of the parameters; a batch is the number of its step.</summary>
    public TrainModel<T, long> Model { get; }

    /// <summary>The numbers of the steps and of the validation batches.</summary>
    public TrainData<long> Data { get; }

    /// <summary>The whole parameters, from the shards of all processes, which call it together.</summary>
    /// <param name="parameters">The shard of this process.</param>
    /// <returns>A tree of its own.</returns>
    public ParameterTree<T> Whole(ParameterTree<T> parameters)
    {
        shard.Layout.RequireSame(parameters.Layout, nameof(parameters));
        TreeBuffer<T> whole = shard.Whole.Rent<T>();
        parameters.AsSpan().CopyTo(whole.AsSpan()[shard.Start..]);
        shard.Ranks.AllGather(whole.AsSpan(), shard.Starts.AsSpan());
        return whole.ToTree();
    }

    private (double Loss, ParameterTree<T> Gradients) Gradients(ParameterTree<T> parameters, long batch, long step)
    {
        bool isAlone = shard.Ranks.Count == 1;
        ParameterTree<T> whole = isAlone ? parameters : Whole(parameters);
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

        if (!isAlone) whole.Release(nameof(DataParallel));
        (double total, ParameterTree<T> added) = sum.Take();
        if (isAlone && count == 1) return (total, added);
        ParameterTree<T> mean = isAlone ? Divided(added) : Exchanged(added);
        added.Release(nameof(DataParallel));
        losses[shard.Ranks.Rank] = total;
        if (!isAlone) shard.Ranks.AllGather<double>(losses, lossStarts);
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

    private double Loss(ParameterTree<T> parameters, long batch)
    {
        if (shard.Ranks.Count == 1) return model.Loss!(parameters, validation!(batch));
        ParameterTree<T> whole = Whole(parameters);
        double loss = model.Loss!(whole, validation!(batch));
        whole.Release(nameof(DataParallel));
        return loss;
    }
}
