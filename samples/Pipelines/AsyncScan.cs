using System.Runtime.CompilerServices;
using Functional.Optim;
using Functional.Optim.Autodiff;
using Functional.Optim.Kernels;

namespace Pipelines;

/// <summary>
/// Learns from an endless stream of readings. A step is a pure function of a learner and a batch, so training is a
/// fold over an <see cref="IAsyncEnumerable{T}"/>: <c>Scan</c> below knows nothing of optimizers, and <c>Chunk</c>,
/// <c>Take</c> and <c>Where</c> are those of .NET. Each element of the result is a whole learner. Readers may keep
/// it, as it never changes, and stop when they like.
/// </summary>
public static class AsyncScan
{
    private static readonly AdamW Optimizer =
        AdamW.Of(Schedule.WarmupCosine(peak: 0.1, warmupSteps: 10, totalSteps: 200, floor: 0.001), weightDecay: 0);

    /// <summary>Learns the line behind the readings, and writes the loss and the parameters.</summary>
    /// <param name="output">Where it writes.</param>
    /// <param name="cancellation">Stops the stream.</param>
    public static async Task Run(TextWriter output, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        ParameterTree<float> zeros =
            ParameterTree.Of(Leaf.Of("weight", [2, 1], new float[2]), Leaf.Of("bias", [1], new float[1]));
        IAsyncEnumerable<Learner> learners = Readings(seed: 1, cancellation)
            .Chunk(16)
            .Scan(new Learner(zeros, Optimizer.Init(zeros), double.NaN), Learn, cancellation)
            .Take(200)
            .Where(learner => learner.State.Step % 40 == 0);
        await output.WriteLineAsync("the readings are y = 2·a - b + 0.5 and noise of deviation 0.1");
        await foreach (Learner learner in learners)
        {
            ReadOnlySpan<float> weight = learner.Parameters.AsSpan("weight"), bias = learner.Parameters.AsSpan("bias");
            string line = $"y = {weight[0]:0.000}·a {weight[1]:+ 0.000;- 0.000}·b {bias[0]:+ 0.000;- 0.000}";
            await output.WriteLineAsync($"step {learner.State.Step,3}: loss {learner.Loss:0.0000}, {line}");
        }
    }

    /// <summary>One step: a pure function of a learner and a batch.</summary>
    private static Learner Learn(Learner learner, Reading[] batch)
    {
        float[] inputs = [.. batch.SelectMany(reading => (float[])[reading.A, reading.B])];
        float[] outputs = [.. batch.Select(reading => reading.Y)];
        (double loss, ParameterTree<float> gradients) = Differentiate.ValueAndGradient(
            at => (at.Constant(new(batch.Length, 2), inputs).MatMul(at["weight"]) + at["bias"])
                .MeanSquaredError(at.Constant(new(batch.Length, 1), outputs)),
            learner.Parameters);
        (ParameterTree<float> parameters, AdamState<float> state) =
            Optimizer.Step(learner.Parameters, gradients, learner.State);
        return new(parameters, state, loss);
    }

    /// <summary>The states of a fold, one after each element, as a stream.</summary>
    private static async IAsyncEnumerable<TState> Scan<T, TState>(
        this IAsyncEnumerable<T> source, TState start, Func<TState, T, TState> step,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        TState state = start;
        await foreach (T element in source.WithCancellation(cancellation)) yield return state = step(state, element);
    }

    /// <summary>Readings without end, as from a device; each depends on its number and the seed only.</summary>
    private static async IAsyncEnumerable<Reading> Readings(
        ulong seed, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        Philox random = new(seed);
        for (ulong number = 0;; number++)
        {
            await Task.Yield();
            cancellation.ThrowIfCancellationRequested();
            (float a, float b) = ((float)random.Normal(number, 0), (float)random.Normal(number, 1));
            yield return new(a, b, (2 * a) - b + 0.5f + (float)(0.1 * random.Normal(number, 2)));
        }
    }

    private readonly record struct Reading(float A, float B, float Y);

    private sealed record Learner(ParameterTree<float> Parameters, AdamState<float> State, double Loss);
}
