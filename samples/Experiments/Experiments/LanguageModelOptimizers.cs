using System.Collections.Immutable;
using CommandLine;
using Functional.Optim;
using Functional.Optim.Training;
using LanguageModel;

namespace Experiments;

/// <summary>What can be varied in <see cref="LanguageModelOptimizers"/>.</summary>
public sealed record LanguageModelOptimizersOptions
{
    /// <summary>The file of the text; the documentation of .NET without one.</summary>
    public string? Text { get; init; }

    /// <summary>Updates in a run.</summary>
    public int Steps { get; init; } = 400;

    /// <summary>The rates of SGD with momentum to choose from.</summary>
    public ImmutableArray<double> SgdRates { get; init; } = [0.03, 0.1, 0.3, 1];

    /// <summary>The rates of Adam and of AdamW to choose from.</summary>
    public ImmutableArray<double> AdamRates { get; init; } = [0.0003, 0.001, 0.003, 0.01];

    /// <summary>λ of AdamW.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>The length of the vector of a character.</summary>
    public int Width { get; init; } = 128;

    /// <summary>The characters of a window, which the model pools.</summary>
    public int Window { get; init; } = 8;

    /// <summary>The windows of a batch.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>How far the target is below the loss of guessing by frequency, in nats.</summary>
    public double Gain { get; init; } = 0.3;
}

/// <summary>One optimizer at one rate.</summary>
/// <param name="Optimizer">Its name.</param>
/// <param name="Rate">η.</param>
/// <param name="Curve">What was measured along the way.</param>
/// <param name="FrequencyAt">After how many updates the held-out loss is first no more than that of guessing by frequency.</param>
/// <param name="TargetAt">The same for the target.</param>
public sealed record LanguageModelRow(string Optimizer, double Rate, TrainingCurve Curve, long? FrequencyAt, long? TargetAt)
{
    /// <summary>Whether its rate is the best of the optimizer's: it has the least mean loss over the last tenth of the batches.</summary>
    public bool IsBest { get; init; }
}

/// <summary>The optimizers on one text.</summary>
/// <param name="Source">What the text is.</param>
/// <param name="Parameters">The parameters of the model.</param>
/// <param name="FrequencyLoss">The loss of guessing by frequency.</param>
/// <param name="Rows">Every optimizer at every rate of its own.</param>
public sealed record LanguageModelResult(string Source, long Parameters, double FrequencyLoss, ImmutableArray<LanguageModelRow> Rows)
{
    /// <summary>Each optimizer at the best of its rates.</summary>
    public IEnumerable<LanguageModelRow> Best => Rows.Where(row => row.IsBest);
}

/// <summary>SGD with momentum, Adam and AdamW on the chapter's pooled language model and a real text.</summary>
public static class LanguageModelOptimizers
{
    private const string Descent = "SGD with momentum", Plain = "Adam", Decoupled = "AdamW";
    private const double Momentum = 0.9;
    private const int Looks = 40, ChapterVocabulary = 10_000;

    /// <summary>The experiment.</summary>
    public static Experiment Experiment { get; } = Experiments.Experiment.Of<LanguageModelOptimizersOptions>(
            "language-model-optimizers", "SGD, Adam and AdamW on a small language model", "4.2",
            "A small language model, trained by each optimizer from the same start and on the same batches. It averages the vectors of the "
            + "characters in a window, so it knows which are there and not in what order, and guesses the next one.",
            $"The chapter draws new random labels at every step. Nothing can be learned from them: no optimizer can get below "
            + $"ln {ChapterVocabulary:N0} = {Figure.Of(Math.Log(ChapterVocabulary), 5)}, and its \"convergence speed\" is 0 for all. Here the "
            + "model learns from a text, and the losses are those on a tenth that is held out.",
            "The chapter's optimizers differ in start and in data. Here one seed makes both for all of them.",
            "The chapter gives each optimizer one rate, 0.1 or 0.001. Here each has the best of several, which is the one with the least mean "
            + "loss over the last tenth of its batches; the held-out text does not choose.")
        .File("text", "The text to learn from, UTF-8, its last tenth held out", "the documentation of .NET that the SDK installs",
            of => of.Text, (of, text) => of with { Text = text })
        .Integer("steps", "Updates in a run", 1, 1_000_000, of => of.Steps, (of, steps) => of with { Steps = steps })
        .Reals("sgd-rates", "Rates of SGD with momentum to choose from", Bounds.Positive,
            of => of.SgdRates, (of, rates) => of with { SgdRates = rates })
        .Reals("adam-rates", "Rates of Adam and of AdamW to choose from", Bounds.Positive,
            of => of.AdamRates, (of, rates) => of with { AdamRates = rates })
        .Real("weight-decay", "λ of AdamW", Bounds.NotNegative,
            of => of.WeightDecay, (of, decay) => of with { WeightDecay = decay })
        .Integer("width", "The length of the vector of a character; the chapter's is 512", 1, 4096,
            of => of.Width, (of, width) => of with { Width = width })
        .Integer("window", "The characters of a window; the chapter's has 128", 1, 4096,
            of => of.Window, (of, window) => of with { Window = window })
        .Integer("batch", "The windows of a batch; the chapter's has 32", 1, 4096,
            of => of.Batch, (of, batch) => of with { Batch = batch })
        .Real("gain", "How far the target is below the loss of guessing by frequency, in nats", Bounds.NotNegative,
            of => of.Gain, (of, gain) => of with { Gain = gain })
        .Requiring(options => TokenizedText.Read(options.Text, options.Window).Map(_ => LanguageExt.Prelude.unit))
        .Running((options, seed, progress, cancellation) => ReportOf(options, Run(options, seed, progress, cancellation)));

    /// <summary>Every optimizer at every rate of its own, all from one start and on the same batches.</summary>
    /// <exception cref="LanguageExt.Common.ErrorException">The text cannot be read, or is too short for a window.</exception>
    public static LanguageModelResult Run(
        LanguageModelOptimizersOptions options, ulong seed, IProgress<double> progress, CancellationToken cancellation)
    {
        TokenizedText text = TokenizedText.Read(options.Text, options.Window).ThrowIfFail();
        PooledModel model = new(text.Tokenizer.Vocabulary.Length, options.Width, seed);
        (string Name, double Rate, Optimizer Optimizer)[] choices =
        [
            .. options.SgdRates.Select(rate => (Descent, rate, (Optimizer)Sgd.Of(rate, Momentum))),
            .. options.AdamRates.Select(rate => (Plain, rate, (Optimizer)Adam.Of(rate))),
            .. options.AdamRates.Select(rate => (Decoupled, rate, (Optimizer)AdamW.Of(rate, weightDecay: options.WeightDecay))),
        ];
        ImmutableArray<TrainingCurve> curves = TextTraining.RunAll(
            [
                .. choices.Select(choice => new TextTraining(
                    text, new TrainModel<float, TokenBatch>(model.Gradient, model.Loss), model.Init, choice.Optimizer, seed,
                    options.Batch, options.Window, options.Steps, EvaluateEvery(options))),
            ],
            progress,
            cancellation);
        double frequencyLoss = TextTraining.FrequencyLoss(text);
        LanguageModelRow[] rows =
        [
            .. choices.Zip(curves, (choice, curve) => new LanguageModelRow(
                choice.Name, choice.Rate, curve, curve.ReachedAt(frequencyLoss), curve.ReachedAt(frequencyLoss - options.Gain))),
        ];
        LanguageModelRow[] best = [.. rows.GroupBy(row => row.Optimizer).Select(group => group.MinBy(row => row.Curve.LateLoss)!)];
        return new(
            text.Corpus.Source, model.Layout.ParameterCount, frequencyLoss,
            [.. rows.Select(row => row with { IsBest = best.Contains(row) })]);
    }

    private static int EvaluateEvery(LanguageModelOptimizersOptions options) => Math.Max(options.Steps / Looks, 1);

    private static Report ReportOf(LanguageModelOptimizersOptions options, LanguageModelResult result) => new(
        FindingOf(options, result),
        [
            TableOf(
                "optimizers",
                $"Each at the best of its rates, {options.Steps} updates of {result.Parameters:N0} parameters on {result.Source}; guessing by "
                + $"frequency has a loss of {Figure.Of(result.FrequencyLoss)}",
                result.Best)
                .Number("mean ‖g‖", row => row.Curve.GradientNorms.Average())
                .Number("greatest ‖g‖", row => row.Curve.GradientNorms.Max())
                .Number("last ‖g‖", row => row.Curve.GradientNorms[^1])
                .Number("chapter: least loss possible", _ => Math.Log(ChapterVocabulary), 5)
                .Integer("chapter: convergence speed", _ => 0),
            TableOf("rates", "Every rate", result.Rows).Flag("best", row => row.IsBest, no: ""),
        ],
        [Curves(options, result), Rates(result)]);

    private static Table<LanguageModelRow> TableOf(string name, string title, IEnumerable<LanguageModelRow> rows) =>
        Table.Of(name, title, rows)
            .Text("optimizer", row => row.Optimizer)
            .Number("rate η", row => row.Rate)
            .Number("first loss", row => row.Curve.Losses[0])
            .Number("mean of last tenth", row => row.Curve.LateLoss)
            .Number("held-out loss", row => row.Curve.FinalLoss)
            .Integer("updates to guessing by frequency", row => row.FrequencyAt)
            .Integer("updates to target", row => row.TargetAt);

    private static string FindingOf(LanguageModelOptimizersOptions options, LanguageModelResult result)
    {
        LanguageModelRow[] best = [.. result.Best.OrderBy(row => row.Curve.FinalLoss)];
        double target = result.FrequencyLoss - options.Gain;
        string ends = Words.And(best.Select(row => $"{row.Optimizer} (η = {Figure.Of(row.Rate)}) at {Figure.Of(row.Curve.FinalLoss)}"));
        string arrivals = Words.And(best.Select(row => row.TargetAt is { } step ? $"{row.Optimizer} after {step} updates" : $"{row.Optimizer} not at all"));
        LanguageModelRow plain = best.Single(row => row.Optimizer == Plain), decoupled = best.Single(row => row.Optimizer == Decoupled);
        double shrinks = 1 - Math.Pow(1 - (decoupled.Rate * options.WeightDecay), options.Steps);
        return $"At the best of its rates each ends on the held-out text where guessing by frequency has {Figure.Of(result.FrequencyLoss)}: {ends}. "
            + $"The target of {Figure.Of(target)} is reached by {arrivals}. Adam and AdamW are "
            + $"{Figure.Of(Math.Abs(plain.Curve.FinalLoss - decoupled.Curve.FinalLoss), 2)} apart; in so few updates the decay takes "
            + $"{Figure.Of(100 * shrinks, 2)} % off a weight.";
    }

    private static Picture Curves(LanguageModelOptimizersOptions options, LanguageModelResult result) => new(
        "curves",
        "The loss on the held-out text and the norm of the gradient, each optimizer at the best of its rates. "
        + "Dashed: the loss of guessing by frequency, and the target.",
        new Panel(
            $"Held-out loss, {result.Source}",
            new Axis("updates", Least: 0, Greatest: options.Steps),
            new Axis("held-out loss (nats a character)"),
            [
                .. result.Best.Select(Mark (row) => Over(row, row.Curve.HeldOutLosses)),
                new Level(null, result.FrequencyLoss),
                new Level(null, result.FrequencyLoss - options.Gain),
            ]),
        new Panel(
            "Gradient norm",
            new Axis("updates", Least: 0, Greatest: options.Steps),
            new Axis("mean ‖g‖ of the batches since the look before"),
            [
                .. result.Best.Select(Mark (row) => Over(
                    row, row.Curve.GradientNorms.Chunk(EvaluateEvery(options)).Select(norms => norms.Average()))),
            ]));

    /// <summary>A line over the looks at the held-out text; AdamW runs over Adam, whose line is wider, so that it is still seen.</summary>
    private static Line Over(LanguageModelRow row, IEnumerable<double> values)
    {
        (double Step, double Value)[] points = [.. row.Curve.HeldOutSteps.Zip(values, (step, value) => ((double)step, value))];
        return new($"{row.Optimizer}, η = {Figure.Of(row.Rate)}", [.. points.Select(point => point.Step)], [.. points.Select(point => point.Value)])
        {
            Like = row.Optimizer, Width = row.Optimizer == Plain ? 5 : 2,
        };
    }

    private static Picture Rates(LanguageModelResult result) => new(
        "rates",
        "The held-out loss after the last update at every rate; a star is the rate that is taken for the best. What ends higher is "
        + "cut at the frame, and what breaks has no point. Dashed: the loss of guessing by frequency.",
        new Panel(
            "What a rate is worth",
            new Axis("learning rate η", IsLog: true),
            new Axis("final held-out loss (nats a character)", Greatest: result.Best.Select(row => row.Curve.FinalLoss).Where(double.IsFinite).Append(result.FrequencyLoss).Max() + 0.2),
            [
                .. result.Rows.GroupBy(row => row.Optimizer).Select(Mark (group) => new Line(
                    group.Key, [.. group.Select(row => row.Rate)], [.. group.Select(row => row.Curve.FinalLoss)]) { HasDots = true }),
                .. result.Best.Select(Mark (row) => new Points(null, [row.Rate], [row.Curve.FinalLoss]) { Like = row.Optimizer, AreStars = true }),
                new Level(null, result.FrequencyLoss),
            ]));
}
