using System.Collections.Immutable;
using CommandLine;
using Functional.Optim;
using Functional.Optim.Training;
using LanguageModel;

namespace Experiments;

/// <summary>The options of <see cref="LanguageModelOptimizers"/>.</summary>
public sealed record LanguageModelOptimizersOptions
{
    /// <summary>The path of the text; without one the documentation of .NET.</summary>
    public string? Text { get; init; }

    /// <summary>Number of steps in a run.</summary>
    public int Steps { get; init; } = 400;

    /// <summary>The learning rates of SGD with momentum.</summary>
    public ImmutableArray<double> SgdRates { get; init; } = [0.03, 0.1, 0.3, 1];

    /// <summary>The learning rates of Adam and AdamW.</summary>
    public ImmutableArray<double> AdamRates { get; init; } = [0.0003, 0.001, 0.003, 0.01];

    /// <summary>λ of AdamW.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>The length of the vector of a character.</summary>
    public int Width { get; init; } = 128;

    /// <summary>Characters in a window, whose vectors the model averages.</summary>
    public int Window { get; init; } = 8;

    /// <summary>Windows in a batch.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>The distance of the target below the loss of guessing by frequency, in nats.</summary>
    public double Gain { get; init; } = 0.3;
}

/// <summary>SGD with momentum, Adam and AdamW with the language model of the source text, on a real text.</summary>
public static class LanguageModelOptimizers
{
    private const string Descent = "SGD with momentum", Plain = "Adam", Decoupled = "AdamW";
    private const double Momentum = 0.9;
    private const int EvaluationsInRun = 40, SourceTextVocabulary = 10_000;

    /// <summary>The experiment.</summary>
    public static Experiment Experiment { get; } = Experiments.Experiment.Of<LanguageModelOptimizersOptions>(
            "language-model-optimizers", "SGD, Adam and AdamW on a small language model", "4.2",
            "Each optimizer trains a small language model from the same start and on the same batches. The model "
            + "averages the vectors of the characters in a window, so it knows which characters there are but not "
            + "their order, and predicts the next one.",
            "The source text draws new random labels at every step. Nothing can be learned from them: no "
            + $"optimizer can get below ln {SourceTextVocabulary:N0} = "
            + $"{Figure.Of(Math.Log(SourceTextVocabulary), 5)}, and its \"convergence speed\" is 0 for all. Here "
            + "the model learns from a text, and the losses are those on the held-out tenth.",
            "The source text gives the optimizers different starts and different data. Here both are the same for all.",
            "The source text gives each optimizer one learning rate, 0.1 or 0.001. Here each has the best of "
            + "several: the one with the lowest mean loss over the last tenth of its batches. The held-out "
            + "text is not used for this choice.")
        .File("text", "UTF-8 text to train on; its last tenth is held out",
            "the documentation of .NET that the SDK installs",
            of => of.Text, (of, text) => of with { Text = text })
        .Integer("steps", "Number of steps in a run", 1, 1_000_000,
            of => of.Steps, (of, steps) => of with { Steps = steps })
        .Reals("sgd-rates", "Learning rates of SGD with momentum", Bounds.Positive,
            of => of.SgdRates, (of, rates) => of with { SgdRates = rates })
        .Reals("adam-rates", "Learning rates of Adam and AdamW", Bounds.Positive,
            of => of.AdamRates, (of, rates) => of with { AdamRates = rates })
        .Real("weight-decay", "Weight decay λ of AdamW", Bounds.NotNegative,
            of => of.WeightDecay, (of, decay) => of with { WeightDecay = decay })
        .Integer("width", "Length of the vector of a character; in the source text 512", 1, 4096,
            of => of.Width, (of, width) => of with { Width = width })
        .Integer("window", "Characters in a window; in the source text 128", 1, 4096,
            of => of.Window, (of, window) => of with { Window = window })
        .Integer("batch", "Windows in a batch; in the source text 32", 1, 4096,
            of => of.Batch, (of, batch) => of with { Batch = batch })
        .Real("gain", "Distance of the target below the loss of guessing by frequency, in nats", Bounds.NotNegative,
            of => of.Gain, (of, gain) => of with { Gain = gain })
        .Requiring(options => TokenizedText.Read(options.Text, Tokenizer.Characters, options.Window)
            .Map(_ => LanguageExt.Prelude.unit))
        .Running((options, seed, progress, cancellation) =>
            ReportOf(options, Run(options, seed, progress, cancellation)));

    /// <summary>Every optimizer at each of its learning rates, from one start and on the same batches.</summary>
    /// <exception cref="LanguageExt.Common.ErrorException">
    /// The text cannot be read, or is too short for a window.
    /// </exception>
    public static OptimizerSweep Run(
        LanguageModelOptimizersOptions options, ulong seed, IProgress<double> progress, CancellationToken cancellation)
    {
        TokenizedText text = TokenizedText.Read(options.Text, Tokenizer.Characters, options.Window).ThrowIfFail();
        PooledModel model = new(text.Tokenizer.VocabularySize, options.Width, seed);
        SweptOptimizer[] optimizers =
        [
            new(Descent, options.SgdRates, rate => Sgd.Of(rate, Momentum)),
            // The line of Adam is wider, so that it stays visible below that of AdamW.
            new(Plain, options.AdamRates, rate => Adam.Of(rate)) { LineWidth = 5 },
            new(Decoupled, options.AdamRates, rate => AdamW.Of(rate, weightDecay: options.WeightDecay)),
        ];
        return OptimizerSweep.Run(
            optimizers,
            new TextTraining(
                text, new TrainModel<float, TokenBatch>(model.Gradient, model.Loss), model.Init,
                Composition.Identity, seed, options.Batch, options.Window, options.Steps, EvaluateEvery(options)),
            extensions: 0, progress, cancellation);
    }

    /// <summary>The loss that is the target.</summary>
    private static double TargetOf(LanguageModelOptimizersOptions options, OptimizerSweep result) =>
        result.FrequencyLoss - options.Gain;

    private static int EvaluateEvery(LanguageModelOptimizersOptions options) =>
        Math.Max(options.Steps / EvaluationsInRun, 1);

    private static Report ReportOf(LanguageModelOptimizersOptions options, OptimizerSweep result) => new(
        FindingOf(options, result),
        [
            TableOf(
                options,
                result,
                "optimizers",
                $"Each optimizer at its best learning rate, {options.Steps} steps of {result.Parameters:N0} parameters "
                + $"on {result.Source}; guessing by frequency has a loss of {Figure.Of(result.FrequencyLoss)}",
                result.Best)
                .Number("mean ‖g‖", row => row.Curve.GradientNorms.Average())
                .Number("maximum ‖g‖", row => row.Curve.GradientNorms.Max())
                .Number("last ‖g‖", row => row.Curve.GradientNorms[^1])
                .Number("source text: minimum possible loss", _ => Math.Log(SourceTextVocabulary), 5)
                .Integer("source text: convergence speed", _ => 0),
            TableOf(options, result, "rates", "All learning rates", result.Rows)
                .Flag("best", row => row.IsBest, no: ""),
        ],
        [Curves(options, result), result.Rates()]);

    private static Table<SweepRow> TableOf(
        LanguageModelOptimizersOptions options, OptimizerSweep result, string name, string title,
        IEnumerable<SweepRow> rows) =>
        Table.Of(name, title, rows)
            .Text("optimizer", row => row.Optimizer)
            .Number("rate η", row => row.Rate)
            .Number("first loss", row => row.Curve.Losses[0])
            .Number("mean of last tenth", row => row.Curve.LateLoss)
            .Number("held-out loss", row => row.Curve.FinalLoss)
            .Integer("steps to guessing by frequency", row => row.Curve.ReachedAt(result.FrequencyLoss))
            .Integer("steps to target", row => row.Curve.ReachedAt(TargetOf(options, result)));

    private static string FindingOf(LanguageModelOptimizersOptions options, OptimizerSweep result)
    {
        SweepRow[] best = [.. result.Best.OrderBy(row => row.Curve.FinalLoss)];
        double target = TargetOf(options, result);
        string ends = Words.And(best.Select(row => $"{Figure.Of(row.Curve.FinalLoss)} for {row.Optimizer} "
            + $"(η = {Figure.Of(row.Rate)})"));
        string arrivals = Words.And(best.Select(row => row.Curve.ReachedAt(target) is { } step
            ? $"{row.Optimizer} after {step} steps"
            : $"{row.Optimizer} not at all"));
        SweepRow plain = best.Single(row => row.Optimizer == Plain),
            decoupled = best.Single(row => row.Optimizer == Decoupled);
        double shrinks = 1 - Math.Pow(1 - (decoupled.Rate * options.WeightDecay), options.Steps);
        return $"Guessing by frequency has a held-out loss of {Figure.Of(result.FrequencyLoss)}. At the best learning "
            + $"rates the final losses are {ends}. The target of {Figure.Of(target)} is reached by {arrivals}. Adam "
            + $"and AdamW are {Figure.Of(Math.Abs(plain.Curve.FinalLoss - decoupled.Curve.FinalLoss), 2)} apart; in so "
            + $"few steps the decay shrinks a weight by {Figure.Of(100 * shrinks, 2)} %.";
    }

    private static Picture Curves(LanguageModelOptimizersOptions options, OptimizerSweep result) => new(
        "curves",
        "The loss on the held-out text and the norm of the gradient, each optimizer at its best learning rate. "
        + "Dashed: the loss of guessing by frequency, and the target.",
        result.HeldOutLosses(new HorizontalLine(null, TargetOf(options, result))),
        new Panel(
            "Gradient norm",
            new Axis("steps", Min: 0, Max: options.Steps),
            new Axis("mean ‖g‖ since the evaluation before"),
            [
                .. result.Best.Select(Mark (row) => result.Over(
                    row, row.Curve.GradientNorms.Chunk(EvaluateEvery(options)).Select(norms => norms.Average()))),
            ]));
}
