using System.Collections.Immutable;
using CommandLine;
using Functional.Optim;
using LanguageModel;

namespace Experiments;

/// <summary>The options of <see cref="ModernOptimizers"/>.</summary>
public sealed record ModernOptimizersOptions
{
    /// <summary>The training.</summary>
    public NanoTraining Nano { get; init; } = new() { Steps = 200 };

    /// <summary>Steps in which the time of a step is measured; 0 for no times.</summary>
    public int TimedSteps { get; init; } = 60;
}

/// <summary>An optimizer that takes part, by its text on a command line.</summary>
/// <param name="Text">One of <see cref="OptimizerChoice.Known"/>, with the options that it needs.</param>
/// <param name="Rate">The rate in the middle of its sweep; 1 and the only one where it finds its rate itself.</param>
public sealed record Contender(string Text, double Rate = 1)
{
    /// <summary>The rates: three, each three times the one before.</summary>
    public ImmutableArray<double> Rates => OptimizerChoice.IsRateFree(Text) ? [Rate] : [Rate / 3, Rate, 3 * Rate];
}

/// <summary>An optimizer at its best rate.</summary>
/// <param name="Swept">The training.</param>
/// <param name="IsAtEnd">Whether the rate is the first or the last of those tried, so that a better one may be
/// beyond.</param>
/// <param name="ReachedAt">The first measured step with a loss of at most the last one of AdamW.</param>
/// <param name="StateBytes">The bytes of its state for each parameter.</param>
/// <param name="Milliseconds">The time of a step; <see langword="null"/> where it was not measured.</param>
/// <param name="OptimizerMilliseconds">The time of the optimizer in it.</param>
public sealed record ModernOptimizersRow(
    SweepRow Swept, bool IsAtEnd, long? ReachedAt, double StateBytes, double? Milliseconds,
    double? OptimizerMilliseconds)
{
    /// <summary>The time to the last loss of AdamW in seconds.</summary>
    public double? SecondsToLoss => ReachedAt * Milliseconds / 1000;
}

/// <summary>The optimizers on one text.</summary>
/// <param name="Sweep">Every optimizer at each of its rates.</param>
/// <param name="Rows">Each at its best rate, the lowest loss first.</param>
public sealed record ModernOptimizersResult(OptimizerSweep Sweep, ImmutableArray<ModernOptimizersRow> Rows)
{
    /// <summary>AdamW.</summary>
    public ModernOptimizersRow Reference => Rows.Single(row => row.Swept.Optimizer == ModernOptimizers.Reference);
}

/// <summary>Which optimizer to take: the ones of today beside AdamW on the nano model, each at its best rate.</summary>
public static class ModernOptimizers
{
    /// <summary>The one that the others are compared with.</summary>
    public const string Reference = "adamW";

    private const int Extensions = 2;
    private const double ShareOfTraining = 0.9;
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(300);

    /// <summary>
    /// The optimizers, AdamW first. Of those that take matrices only, AdamW has the other leaves, at a twentieth of
    /// the rate.
    /// </summary>
    public static ImmutableArray<Contender> Contenders { get; } =
    [
        new(Reference, 3e-3),
        new("momentum", 0.1),
        new("lion", 5e-4),
        new("signum", 5e-4),
        new("adafactor", 1e-2),
        new("laProp", 3e-3),
        new("stableAdamW", 3e-3),
        new("adopt", 3e-3),
        new("adEmaMix", 3e-3),
        new("adan", 5e-3),
        new("mars", 5e-3),
        new("muon", 2e-2),
        new("norMuon", 2e-2),
        new("soap", 3e-3),
        new("scheduleFree(base=adamW)", 3e-3),
        new("prodigy"),
    ];

    /// <summary>The experiment.</summary>
    public static Experiment Experiment { get; } = Experiments.Experiment.Of<ModernOptimizersOptions>(
            "modern-optimizers", "AdamW and the optimizers after it on the nano model, each at its best rate", "4.2",
            "The same small GPT learns the same text with each optimizer, from the same start and on the same batches, "
            + "and each has the best rate of a sweep of its own. What counts is the held-out loss after equal steps, "
            + "how soon it is at the last loss of AdamW, and what a step costs in time and in memory.",
            "The source text compares optimizers at one learning rate each. Which is best then depends on the rates: "
            + "here each sweep goes on by a rate where its best one is the first or the last.")
        .Nano(of => of.Nano, (of, nano) => of with { Nano = nano })
        .Integer("timed-steps", "Steps in which the time of a step is measured; 0 for no times", 0, 10_000,
            of => of.TimedSteps, (of, steps) => of with { TimedSteps = steps })
        .Running((options, seed, progress, cancellation) =>
            ReportOf(options, Run(options, seed, progress, cancellation)))
        .Long();

    /// <summary>Every optimizer at each of its rates; then the time of each at its best, one after another.</summary>
    /// <exception cref="LanguageExt.Common.ErrorException">
    /// The text cannot be read, or is too short for a window.
    /// </exception>
    public static ModernOptimizersResult Run(
        ModernOptimizersOptions options, ulong seed, IProgress<double> progress, CancellationToken cancellation)
    {
        NanoTraining nano = options.Nano;
        TextTraining training = nano.On(nano.Read().ThrowIfFail(), Composition.Identity, seed);
        OptimizerSweep sweep = OptimizerSweep.Run(
            [
                .. Contenders.Select(contender => new SweptOptimizer(
                    contender.Text, contender.Rates, rate => OptimizerOf(nano.Preset, contender, rate))),
            ],
            training, Extensions, ProgressPart.Of(progress, 0, ShareOfTraining), cancellation);
        double target = sweep.Best.Single(row => row.Optimizer == Reference).Curve.FinalLoss;
        ImmutableArray<ModernOptimizersRow>.Builder rows = ImmutableArray.CreateBuilder<ModernOptimizersRow>();
        foreach ((SweptOptimizer swept, SweepRow best) in sweep.Optimizers.Zip(sweep.Best))
        {
            cancellation.ThrowIfCancellationRequested();
            TextTraining own = training with { Optimizer = swept.At(best.Rate) };
            (double Step, double Optimizer)? time = null;
            if (options.TimedSteps > 0)
            {
                cancellation.WaitHandle.WaitOne(Rest);
                time = own.Time(options.TimedSteps, cancellation);
            }

            rows.Add(new(
                best,
                swept.Rates.Length > 1 && (best.Rate == swept.Rates[0] || best.Rate == swept.Rates[^1]),
                best.Curve.ReachedAt(target),
                (double)own.Optimizer.Init(own.Start()).ByteCount / sweep.Parameters,
                time?.Step,
                time?.Optimizer));
            progress.Report(ShareOfTraining + ((1 - ShareOfTraining) * rows.Count / Contenders.Length));
        }

        return new(sweep, [.. rows.OrderBy(row => row.Swept.Curve.FinalLoss)]);
    }

    /// <summary>The optimizer that MiniGpt makes of the text, at another rate.</summary>
    private static Optimizer OptimizerOf(Preset preset, Contender contender, double rate) =>
        OptimizerChoice.Create(OptimizerChoice.At(OptimizerChoice.With(preset, contender.Text), rate))
            .OrThrow(contender.Text);

    private static Report ReportOf(ModernOptimizersOptions options, ModernOptimizersResult result) => new(
        FindingOf(options, result),
        [
            Table.Of(
                "optimizers",
                $"Each optimizer at its best rate, {options.Nano.Steps} steps of {result.Sweep.Parameters:N0} parameters "
                + $"on {result.Sweep.Source}, the lowest loss first; the loss is measured every "
                + $"{result.Sweep.Training.EvaluateEvery} steps",
                result.Rows)
                .Text("optimizer", row => row.Swept.Optimizer)
                .Number("best rate η", row => row.Swept.Rate)
                .Flag("at the end of its sweep", row => row.IsAtEnd, no: "")
                .Number("held-out loss", row => Measured(row.Swept.Curve.FinalLoss), missing: "lost")
                .Integer($"steps to the loss of {Reference}", row => row.ReachedAt)
                .Number("ms a step", row => row.Milliseconds, 3)
                .Number("ms of it the optimizer", row => row.OptimizerMilliseconds, 2)
                .Number($"seconds to the loss of {Reference}", row => row.SecondsToLoss, 3)
                .Number("state (bytes a parameter)", row => row.StateBytes, 3),
            Table.Of("rates", "All learning rates", result.Sweep.Rows)
                .Text("optimizer", row => row.Optimizer)
                .Number("rate η", row => row.Rate)
                .Number("mean of last tenth", row => Measured(row.Curve.LateLoss), missing: "lost")
                .Number("held-out loss", row => Measured(row.Curve.FinalLoss), missing: "lost")
                .Flag("best", row => row.IsBest, no: ""),
        ],
        [
            new Picture(
                "curves",
                "The loss on the held-out text, each optimizer at its best learning rate. Dashed and grey: the last "
                + $"loss of {Reference}. Higher losses are cut at the frame.",
                Curves(result)),
            result.Sweep.Rates(),
        ]);

    private static double? Measured(double loss) => double.IsFinite(loss) ? loss : null;

    private static Panel Curves(ModernOptimizersResult result)
    {
        Panel panel = result.Sweep.HeldOutLosses(new HorizontalLine(null, result.Reference.Swept.Curve.FinalLoss));
        return panel with { Y = panel.Y with { Max = result.Sweep.FrequencyLoss } };
    }

    private static string FindingOf(ModernOptimizersOptions options, ModernOptimizersResult result)
    {
        ModernOptimizersRow reference = result.Reference;
        ModernOptimizersRow[] sooner =
        [
            .. result.Rows.Where(row => row.ReachedAt < reference.ReachedAt).OrderBy(row => row.ReachedAt),
        ];
        string arrivals = sooner.Length == 0
            ? $"No other reaches the last loss of {Reference} in fewer steps."
            : $"The last loss of {Reference} is reached in fewer steps by "
                + $"{Words.And(sooner.Select(row => $"{NameOf(row)} (after {row.ReachedAt})"))}.";
        ModernOptimizersRow[] timed =
        [
            .. result.Rows.Where(row => row.SecondsToLoss is not null && reference.SecondsToLoss is not null)
                .OrderBy(row => row.SecondsToLoss),
        ];
        string time = timed.Length == 0
            ? ""
            : timed[0] == reference ? $" Counted in time none reaches it before {Reference}."
            : $" Counted in time {NameOf(timed[0])} reaches it first, in "
                + $"{Figure.Of(timed[0].SecondsToLoss!.Value / reference.SecondsToLoss!.Value, 2)} of the time of "
                + $"{Reference}; a step of it takes "
                + $"{Figure.Of(timed[0].Milliseconds!.Value / reference.Milliseconds!.Value, 3)} times as long.";
        return $"After {options.Nano.Steps} steps the held-out losses of {result.Rows.Length} optimizers, each at its "
            + $"best rate, go from {LossOf(result.Rows[0])} to {LossOf(result.Rows[^1])}; {LossOf(reference)} is "
            + $"number {result.Rows.IndexOf(reference) + 1}. {arrivals}{time}";
    }

    private static string LossOf(ModernOptimizersRow row) =>
        $"{Figure.Of(row.Swept.Curve.FinalLoss)} of {NameOf(row)} (η = {Figure.Of(row.Swept.Rate)})";

    private static string NameOf(ModernOptimizersRow row) => row.Swept.Optimizer;
}
