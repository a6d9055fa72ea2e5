using System.Collections.Immutable;
using Functional.Optim;
using Functional.Optim.Training;
using LanguageModel;

namespace Experiments;

/// <summary>A training on text that is to be run.</summary>
/// <param name="Text">The text.</param>
/// <param name="Model">What is trained: its gradients and its loss.</param>
/// <param name="Start">Makes the parameters to start from.</param>
/// <param name="Optimizer">Makes the updates.</param>
/// <param name="Seed">Where the batches come from: those of one seed are the same.</param>
/// <param name="BatchSize">The windows of a batch.</param>
/// <param name="Context">The tokens of a window.</param>
/// <param name="Steps">Updates.</param>
/// <param name="EvaluateEvery">Updates from one look at the held-out text to the next; there is one after the last update too.</param>
public sealed record TextTraining(
    TokenizedText Text, TrainModel<float, TokenBatch> Model, Func<ParameterTree<float>> Start, Optimizer Optimizer, ulong Seed,
    int BatchSize, int Context, int Steps, int EvaluateEvery)
{
    private const int HeldOutWindows = 512;

    /// <summary>Runs trainings that do not depend on each other, as many at once as there are cores.</summary>
    /// <param name="trainings">The trainings.</param>
    /// <param name="progress">Who is told the share of all their updates that is made.</param>
    /// <param name="cancellation">Stops all.</param>
    /// <returns>What was measured, in the order of the trainings.</returns>
    /// <exception cref="OperationCanceledException">They were stopped.</exception>
    public static ImmutableArray<TrainingCurve> RunAll(
        IReadOnlyList<TextTraining> trainings, IProgress<double> progress, CancellationToken cancellation)
    {
        TrainingCurve[] curves = new TrainingCurve[trainings.Count];
        SharedProgress shared = new(trainings.Sum(training => (long)training.Steps), progress);
        Parallel.ForEachAsync(
                Enumerable.Range(0, trainings.Count),
                cancellation,
                async (index, token) => curves[index] = await trainings[index].Run(shared, token))
            .GetAwaiter().GetResult();
        return [.. curves];
    }

    /// <summary>
    /// The loss on the held-out text of who knows only how frequent each token is in the rest: what any model should beat. A token that
    /// is not in the rest counts as if it were there once.
    /// </summary>
    public static double FrequencyLoss(TokenizedText text)
    {
        double[] counts = [.. Enumerable.Repeat(1.0, text.Tokenizer.Vocabulary.Length)];
        foreach (int token in text.Training) counts[token]++;
        double all = counts.Sum();
        return -text.Validation.Average(token => Math.Log(counts[token] / all));
    }

    private async ValueTask<TrainingCurve> Run(SharedProgress progress, CancellationToken cancellation)
    {
        int evaluations = Math.Max(HeldOutWindows / BatchSize, 1);
        TrainResult<float> result = await Trainer.Run(
            TrainerOptions.Of(Steps, EvaluateEvery, evaluations),
            Model,
            Optimizer,
            new TrainData<TokenBatch>(
                TokenBatches.Random(Text.Training, BatchSize, Context, Seed).At,
                TokenBatches.Sequential(Text.Validation, BatchSize, Context, evaluations).At),
            TrainState.Init(Optimizer, Start()),
            progress,
            cancellation);
        progress.Skip(Steps - result.History.Count);
        StepReport[] looks = [.. result.History.Where(report => report.ValidationLoss is not null)];
        return new(
            [.. result.History.Select(report => report.Loss)],
            [.. result.History.Select(report => report.GradientNorm)],
            [.. looks.Select(report => report.Step)],
            [.. looks.Select(report => report.ValidationLoss!.Value)],
            result.Reason == StopReason.NonFinite);
    }

    /// <summary>Adds up the updates of trainings that run at once.</summary>
    private sealed class SharedProgress(long steps, IProgress<double> progress) : IProgress<StepReport>
    {
        private long made;

        public void Report(StepReport value) => Skip(1);

        internal void Skip(long count) => progress.Report((double)Interlocked.Add(ref made, count) / steps);
    }
}
