using System.Collections.Immutable;
using Functional.Optim;
using Functional.Optim.Training;
using LanguageModel;

namespace Experiments;

/// <summary>A training on a text.</summary>
/// <param name="Text">The text.</param>
/// <param name="Model">What is trained: its gradients and its loss.</param>
/// <param name="Start">Makes the parameters at the start.</param>
/// <param name="Optimizer">The optimizer.</param>
/// <param name="Seed">The seed of the batches.</param>
/// <param name="BatchSize">Windows in a batch.</param>
/// <param name="Context">Tokens in a window.</param>
/// <param name="Steps">Number of steps.</param>
/// <param name="EvaluateEvery">
/// Number of steps between evaluations on the held-out text; there is one after the last step too.
/// </param>
public sealed record TextTraining(
    TokenizedText Text, TrainModel<float, TokenBatch> Model, Func<ParameterTree<float>> Start,
    Optimizer Optimizer, ulong Seed, int BatchSize, int Context, int Steps, int EvaluateEvery)
{
    private const int ReportsEvery = 10;

    /// <summary>About how many windows of the held-out text an evaluation takes; at least a batch.</summary>
    public int HeldOutWindows { get; init; } = 512;

    /// <summary>Runs independent trainings, as many at once as there are cores.</summary>
    /// <param name="trainings">The trainings.</param>
    /// <param name="progress">Receives the finished share of all steps.</param>
    /// <param name="cancellation">Stops all trainings.</param>
    /// <returns>The measurements, in the order of the trainings.</returns>
    /// <exception cref="OperationCanceledException">The trainings were stopped.</exception>
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
    /// The loss on the held-out text of a guess by frequency, which knows only how frequent each token is in
    /// the training text. A model should have a lower one. Each token counts once more than it occurs, so
    /// that none has the frequency 0.
    /// </summary>
    public static double FrequencyLoss(TokenizedText text)
    {
        double[] counts = [.. Enumerable.Repeat(1.0, text.Tokenizer.VocabularySize)];
        foreach (int token in text.Training.Span) counts[token]++;
        double all = counts.Sum();
        double sum = 0;
        foreach (int token in text.Validation.Span) sum += Math.Log(counts[token] / all);
        return -sum / text.Validation.Length;
    }

    /// <summary>
    /// The time of a step in milliseconds, and of the optimizer in it: the medians of the means of ten steps, in which
    /// an optimizer does everything that it does not do at each step. Nothing else should run meanwhile.
    /// </summary>
    /// <param name="steps">Number of steps.</param>
    /// <param name="cancellation">Stops the training.</param>
    /// <exception cref="OperationCanceledException">The training was stopped.</exception>
    public (double Step, double Optimizer) Time(int steps, CancellationToken cancellation)
    {
        TrainResult<float> result = Trainer.Run(
            TrainerOptions.Of(steps, evaluateEvery: steps, reportEvery: ReportsEvery),
            new TrainModel<float, TokenBatch>(Model.Gradient),
            Optimizer,
            new TrainData<TokenBatch>(TokenBatches.Random(Text.Training, BatchSize, Context, Seed).At),
            TrainState.Init(Optimizer, Start()),
            progress: null,
            cancellation).GetAwaiter().GetResult();
        cancellation.ThrowIfCancellationRequested();
        return (result.MillisecondsPerStep, result.OptimizerMillisecondsPerStep);
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
        StepReport[] evaluated = [.. result.History.Where(report => report.ValidationLoss is not null)];
        return new(
            [.. result.History.Select(report => report.Loss)],
            [.. result.History.Select(report => report.GradientNorm)],
            [.. evaluated.Select(report => report.Step)],
            [.. evaluated.Select(report => report.ValidationLoss!.Value)],
            result.Reason == StopReason.NonFinite);
    }

    /// <summary>Adds up the steps of trainings that run at the same time.</summary>
    private sealed class SharedProgress(long steps, IProgress<double> progress) : IProgress<StepReport>
    {
        private long made;

        public void Report(StepReport value) => Skip(1);

        internal void Skip(long count) => progress.Report((double)Interlocked.Add(ref made, count) / steps);
    }
}
