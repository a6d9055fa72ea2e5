using System.Collections.Immutable;
using CommandLine;
using Functional.Optim;
using Functional.Optim.Training;
using LanguageModel;

namespace Experiments;

/// <summary>The options of <see cref="Warmup"/>.</summary>
public sealed record WarmupOptions
{
    /// <summary>The path of the text; without one the documentation of .NET.</summary>
    public string? Text { get; init; }

    /// <summary>Number of steps in a run.</summary>
    public int Steps { get; init; } = 300;

    /// <summary>The lengths of the warm-ups, as shares of the steps.</summary>
    public ImmutableArray<double> Warmups { get; init; } = [0, 0.01, 0.05, 0.1];

    /// <summary>The peak learning rates of AdamW: a usual one and a high one.</summary>
    public ImmutableArray<double> AdamRates { get; init; } = [0.0005, 0.002];

    /// <summary>The width of the model that AdamW trains.</summary>
    public int AdamWidth { get; init; } = 128;

    /// <summary>The peak learning rates of SGD with momentum: a usual one and a high one.</summary>
    public ImmutableArray<double> SgdRates { get; init; } = [0.05, 0.6];

    /// <summary>The width of the model that SGD trains.</summary>
    public int SgdWidth { get; init; } = 64;

    /// <summary>Number of runs of each, with different starts and batches.</summary>
    public int Seeds { get; init; } = 3;

    /// <summary>The gradient norm above which it counts as an explosion.</summary>
    public double Explosion { get; init; } = 10;
}

/// <summary>One training of the model.</summary>
/// <param name="Seed">The seed of its start and its batches.</param>
/// <param name="Curve">The measurements.</param>
/// <param name="Spikes">The number of losses that are more than twice the mean of the ten before.</param>
/// <param name="Explosions">The number of gradients whose norm is above the limit or not finite.</param>
/// <param name="IsLost">Whether its final loss is more than a tenth above the loss of guessing by frequency.</param>
public sealed record WarmupTraining(ulong Seed, TrainingCurve Curve, int Spikes, int Explosions, bool IsLost)
{
    /// <summary>The source text's score, 1 / (1 + spikes + explosions): 1 without spikes and explosions.</summary>
    public double Stability => 1.0 / (1 + Spikes + Explosions);
}

/// <summary>An optimizer at one rate with one warm-up, over all seeds.</summary>
/// <param name="Optimizer">The name of the optimizer.</param>
/// <param name="Width">The width of the model.</param>
/// <param name="Rate">The peak learning rate.</param>
/// <param name="Share">The length of the warm-up, as a share of the steps.</param>
/// <param name="Steps">The length of the warm-up, in steps.</param>
/// <param name="Trainings">A training for each seed.</param>
public sealed record WarmupRow(
    string Optimizer, int Width, double Rate, double Share, int Steps, ImmutableArray<WarmupTraining> Trainings)
{
    /// <summary>The mean of the source text's score.</summary>
    public double Stability => Trainings.Average(training => training.Stability);

    /// <summary>The number of lost trainings.</summary>
    public int Lost => Trainings.Count(training => training.IsLost);

    /// <summary>Whether at least half of the trainings are lost, so that their median has no meaning.</summary>
    public bool IsMostlyLost => 2 * Lost >= Trainings.Length;

    /// <summary>The median loss on the held-out text after the last step.</summary>
    public double FinalLoss => Median.Of(Trainings.Select(training => training.Curve.FinalLoss));

    /// <summary>
    /// The median over the trainings of a value measured at every step. A training that broke counts as infinite.
    /// </summary>
    public ImmutableArray<double> Along(Func<TrainingCurve, ImmutableArray<double>> measured)
    {
        ImmutableArray<double>[] each = [.. Trainings.Select(training => measured(training.Curve))];
        return [.. Enumerable.Range(0, each.Max(values => values.Length)).Select(step =>
            Median.Of(each.Select(values => step < values.Length ? values[step] : double.PositiveInfinity)))];
    }
}

/// <summary>The trainings of all optimizers, rates and warm-ups.</summary>
/// <param name="Source">The name of the text.</param>
/// <param name="UniformLoss">ln V: the loss of giving each of the V characters the same probability.</param>
/// <param name="FrequencyLoss">The loss of guessing by frequency.</param>
/// <param name="Rows">The rows, ordered by optimizer, learning rate and warm-up.</param>
public sealed record WarmupResult(
    string Source, double UniformLoss, double FrequencyLoss, ImmutableArray<WarmupRow> Rows)
{
    /// <summary>The rows of each optimizer at each rate.</summary>
    public IEnumerable<IGrouping<string, WarmupRow>> Conditions =>
        Rows.GroupBy(row => $"{row.Optimizer}, peak {Figure.Of(row.Rate)}");
}

/// <summary>A small GPT on a real text, at learning rates that need a warm-up and that do not.</summary>
public static class Warmup
{
    private const string Decoupled = "AdamW", Descent = "SGD with momentum";
    private const double Momentum = 0.9, FloorShare = 0.01, LostShare = 1.1, MaxDrawn = 20;
    private const int SpikeMemory = 10;

    private static readonly Preset Shape = Preset.All[0] with { Layers = 4, Heads = 4, Context = 32, BatchSize = 8 };

    /// <summary>The experiment.</summary>
    public static Experiment Experiment { get; } = Experiments.Experiment.Of<WarmupOptions>(
            "warmup", "A small GPT with and without a warm-up", "4.4",
            "A warm-up raises the learning rate over the first steps. A small GPT shows where that matters: each "
            + "optimizer runs at a usual rate and at a high one, with warm-ups that all end inside the run, from "
            + "several starts. After the warm-up the rate falls along half a cosine to a hundredth of the peak. AdamW "
            + "trains a wider model than SGD, because its large steps break only wide models.",
            "The source text draws random labels, so its loss never moves: no spikes, no explosions, "
            + "and a stability of 1.000 for every run. Here the model learns from a text, and the high "
            + "rates are high enough to break it.",
            "The source text has a warm-up of 1000 steps in a run of 500: its long warm-ups never end.",
            "The source text's score is 1 / (1 + spikes + explosions). A spike is a loss of more than twice the mean "
            + "of the ten before, from the twelfth on; an explosion is a gradient longer than 10. It cannot see spikes "
            + "among the first eleven losses, where runs without a warm-up break; here a gradient that is not finite "
            + "ends a run and is an explosion too.")
        .File("text", "UTF-8 text to train on; its last tenth is held out",
            "the documentation of .NET that the SDK installs",
            of => of.Text, (of, text) => of with { Text = text })
        .Integer("steps", "Number of steps in a run", 20, 100_000,
            of => of.Steps, (of, steps) => of with { Steps = steps })
        .Reals("warmups", "Lengths of the warm-ups, as shares of the steps", Bounds.HalfOpenUnitInterval,
            of => of.Warmups, (of, warmups) => of with { Warmups = warmups })
        .Reals("adam-rates", "Peak learning rates of AdamW", Bounds.Positive,
            of => of.AdamRates, (of, rates) => of with { AdamRates = rates })
        .Reals("sgd-rates", "Peak learning rates of SGD with momentum", Bounds.Positive,
            of => of.SgdRates, (of, rates) => of with { SgdRates = rates })
        .Integer("adam-width", "Width of the model that AdamW trains", Shape.Heads, 1024,
            of => of.AdamWidth, (of, width) => of with { AdamWidth = width })
        .Integer("sgd-width", "Width of the model that SGD trains", Shape.Heads, 1024,
            of => of.SgdWidth, (of, width) => of with { SgdWidth = width })
        .Integer("seeds", "Number of runs of each, with different starts and batches", 1, 100,
            of => of.Seeds, (of, seeds) => of with { Seeds = seeds })
        .Real("explosion", "Gradient norm above which it counts as an explosion", Bounds.Positive,
            of => of.Explosion, (of, explosion) => of with { Explosion = explosion })
        .Checked((options, errors) => errors
            .Require(options.AdamWidth % Shape.Heads == 0, "--adam-width", options.AdamWidth,
                $"a multiple of {Shape.Heads}")
            .Require(options.SgdWidth % Shape.Heads == 0, "--sgd-width", options.SgdWidth,
                $"a multiple of {Shape.Heads}"))
        .Requiring(options => TokenizedText.Read(options.Text, Shape.Tokens, Shape.Context)
            .Map(_ => LanguageExt.Prelude.unit))
        .Running((options, seed, progress, cancellation) =>
            ReportOf(options, Run(options, seed, progress, cancellation)));

    /// <summary>
    /// Every optimizer at each of its learning rates with every warm-up, from the seed and the seeds after it.
    /// </summary>
    /// <exception cref="LanguageExt.Common.ErrorException">
    /// The text cannot be read, or is too short for a window.
    /// </exception>
    public static WarmupResult Run(
        WarmupOptions options, ulong seed, IProgress<double> progress, CancellationToken cancellation)
    {
        TokenizedText text = TokenizedText.Read(options.Text, Shape.Tokens, Shape.Context).ThrowIfFail();
        (string Name, int Width, double Rate, Func<Schedule, Optimizer> At)[] optimizers =
        [
            .. options.AdamRates.Select(rate =>
                (Decoupled, options.AdamWidth, rate, (Func<Schedule, Optimizer>)(schedule => AdamW.Of(schedule)))),
            .. options.SgdRates.Select(rate =>
                (Descent, options.SgdWidth, rate, (Func<Schedule, Optimizer>)(schedule => Sgd.Of(schedule, Momentum)))),
        ];
        (WarmupRow Row, Optimizer Optimizer)[] planned =
        [
            .. from choice in optimizers
               from share in options.Warmups
               let steps = Math.Min((int)Math.Round(share * options.Steps), options.Steps - 1)
               let schedule = Schedule.WarmupCosine(choice.Rate, steps, options.Steps, FloorShare * choice.Rate)
               select (new WarmupRow(choice.Name, choice.Width, choice.Rate, share, steps, []), choice.At(schedule)),
        ];
        TextTraining[] trainings =
        [
            .. from plan in planned
               from index in Enumerable.Range(0, options.Seeds)
               let start = seed + (ulong)index
               let model = new GptModel(Shape with { Width = plan.Row.Width }, text.Tokenizer.VocabularySize, start)
               select new TextTraining(
                   text, new TrainModel<float, TokenBatch>(model.Gradient, model.Loss), model.Init,
                   plan.Optimizer, start, Shape.BatchSize, Shape.Context, options.Steps, EvaluateEvery: options.Steps),
        ];
        double frequencyLoss = TextTraining.FrequencyLoss(text);
        WarmupTraining[] measured =
        [
            .. from run in trainings.Zip(
                   TextTraining.RunAll(trainings, progress, cancellation),
                   (training, curve) => (training.Seed, Curve: curve))
               let curve = run.Curve
               let explosions = curve.GradientNorms.Count(norm => norm > options.Explosion) + (curve.Breaks ? 1 : 0)
               let isLost = !(curve.FinalLoss <= LostShare * frequencyLoss)
               select new WarmupTraining(run.Seed, curve, Spikes(curve.Losses), explosions, isLost),
        ];
        return new(
            text.Corpus.Source, Math.Log(text.Tokenizer.VocabularySize), frequencyLoss,
            [.. planned.Zip(measured.Chunk(options.Seeds), (plan, each) => plan.Row with { Trainings = [.. each] })]);
    }

    /// <summary>
    /// The number of losses from the twelfth on that are more than twice the mean of the ten before, as
    /// the source text counts them.
    /// </summary>
    public static int Spikes(IReadOnlyList<double> losses) => Enumerable.Range(0, losses.Count)
        .Count(step => step > SpikeMemory
            && losses[step] > 2 * losses.Skip(step - SpikeMemory).Take(SpikeMemory).Average());

    private static Report ReportOf(WarmupOptions options, WarmupResult result) => new(
        FindingOf(options, result),
        [
            Table.Of(
                    "warmups",
                    $"{options.Seeds} runs of each, {options.Steps} steps on {result.Source}; guessing by frequency "
                    + $"has a loss of {Figure.Of(result.FrequencyLoss)}, and a run that ends a tenth above it is lost",
                    result.Rows)
                .Text("optimizer", row => row.Optimizer)
                .Integer("width of the model", row => row.Width)
                .Number("peak rate η", row => row.Rate)
                .Text("warm-up", row => Percent(row.Share))
                .Integer("warm-up (steps)", row => row.Steps)
                .Integer("loss spikes", row => row.Trainings.Sum(training => training.Spikes))
                .Integer("gradient explosions", row => row.Trainings.Sum(training => training.Explosions))
                .Number("mean stability", row => row.Stability, 3)
                .Integer("runs lost", row => row.Lost)
                .Number("median held-out loss", row => row.IsMostlyLost ? null : row.FinalLoss, missing: "lost")
                .Number("source text: stability", _ => 1),
            Table.Of("runs", "All runs", result.Rows.SelectMany(
                row => row.Trainings.Select(training => (Row: row, Training: training))))
                .Text("optimizer", run => run.Row.Optimizer)
                .Number("peak rate η", run => run.Row.Rate)
                .Text("warm-up", run => Percent(run.Row.Share))
                .Text("seed", run => $"{run.Training.Seed}")
                .Integer("steps", run => run.Training.Curve.Losses.Length)
                .Integer("loss spikes", run => run.Training.Spikes)
                .Integer("gradient explosions", run => run.Training.Explosions)
                .Number("stability", run => run.Training.Stability, 3)
                .Number("held-out loss", run => run.Training.IsLost ? null : run.Training.Curve.FinalLoss,
                    missing: "lost"),
        ],
        [
            Outcome(result),
            Along(result, "losses", "batch loss (nats a character)", curve => curve.Losses, null),
            Along(result, "norms", "‖g‖ of a batch", curve => curve.GradientNorms, options.Explosion),
        ]);

    private static string FindingOf(WarmupOptions options, WarmupResult result)
    {
        IEnumerable<string> ends = result.Conditions.Select(rows =>
            $"from {LossOf(rows.First())} to {LossOf(rows.Last())} for {rows.Key} "
            + $"(stability {Figure.Of(rows.First().Stability, 2)} to {Figure.Of(rows.Last().Stability, 2)})");
        IEnumerable<string> losses = result.Conditions.Where(rows => rows.Any(row => row.Lost > 0)).Select(rows =>
            $"{rows.Key} loses {Words.And(rows.Select(row => $"{row.Lost}"))} of {options.Seeds} runs with warm-ups of "
            + $"{Words.And(rows.Select(row => Percent(row.Share)))}");
        return $"From a warm-up of {Percent(options.Warmups[0])} to one of {Percent(options.Warmups[^1])} of the steps "
            + $"the median held-out loss goes {Words.And(ends)}. "
            + $"{string.Join("; ", losses.DefaultIfEmpty("No run is lost"))}.";

        static string LossOf(WarmupRow row) => row.IsMostlyLost ? "lost" : Figure.Of(row.FinalLoss, 3);
    }

    private static Picture Outcome(WarmupResult result)
    {
        ImmutableArray<string> shares = [.. result.Rows.Select(row => Percent(row.Share)).Distinct()];
        return new(
            "outcome",
            "The mean stability and the final losses against the warm-up. A line connects the medians; a dot is "
            + "a run. Dashed: the loss of guessing by frequency. Runs above ln V, the loss of equal "
            + "probabilities, are drawn at ln V.",
            new Panel(
                "Stability",
                new Axis("warm-up") { Names = shares },
                new Axis("1 / (1 + spikes + explosions), mean", Min: 0, Max: 1.05),
                [
                    .. result.Conditions.Select(
                        Mark (rows) => new Bars(rows.Key, [.. rows.Select(row => row.Stability)])),
                ]),
            new Panel(
                "Loss after the last step",
                new Axis("warm-up", Min: -0.5, Max: shares.Length - 0.5) { Names = shares },
                new Axis("held-out loss (nats a character)"),
                [
                    .. result.Conditions.Select(
                        Mark (rows) => Line.Over(rows.Key, [.. rows.Select(row => Drawn(row.FinalLoss))])),
                    .. result.Conditions.SelectMany(rows => rows.Select(Mark (row, place) => new Points(
                        null, [.. row.Trainings.Select(_ => (double)place)],
                        [.. row.Trainings.Select(training => Drawn(training.Curve.FinalLoss))]) { Like = rows.Key })),
                    new HorizontalLine(null, result.FrequencyLoss),
                ]));

        double Drawn(double loss) => loss <= result.UniformLoss ? loss : result.UniformLoss;
    }

    private static Picture Along(
        WarmupResult result, string name, string axis, Func<TrainingCurve, ImmutableArray<double>> measured,
        double? limit) => new(
        name,
        $"The {axis} at each step, the median over the runs; larger values are cut at the frame."
        + (limit is null ? "" : " Dashed: the norm above which a gradient explodes."),
        [
            .. result.Conditions.Select(rows =>
            {
                (string Name, ImmutableArray<double> Values)[] lines =
                [
                    .. rows.Select(row => (Percent(row.Share), row.Along(measured))),
                ];
                double[] drawn = [.. lines.SelectMany(line => line.Values).Where(value => value > 0)];
                double top = Math.Max(MaxDrawn, 2 * limit ?? 0);
                bool isCut = drawn.Any(value => value > top);
                return new Panel(
                    rows.Key,
                    new Axis("step"),
                    new Axis(axis, IsLog: true, Min: isCut ? 0.9 * drawn.Min() : null, Max: isCut ? top : null),
                    [
                        .. lines.Select(Mark (line) =>
                            Line.Over($"warm-up {line.Name}", line.Values) with { Width = 1.5f }),
                        .. limit is { } at ? (Mark[])[new HorizontalLine(null, at)] : [],
                    ]);
            }),
        ]);

    private static string Percent(double share) => $"{Figure.Of(100 * share)} %";
}
