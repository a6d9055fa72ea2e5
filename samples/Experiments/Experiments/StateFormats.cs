using System.Collections.Immutable;
using CommandLine;
using Functional.Optim;
using LanguageModel;

namespace Experiments;

/// <summary>The options of <see cref="StateFormats"/>.</summary>
public sealed record StateFormatsOptions
{
    /// <summary>The training.</summary>
    public NanoTraining Nano { get; init; } = new() { Steps = 2000 };

    /// <summary>Number of runs of each way to keep numbers.</summary>
    public int Seeds { get; init; } = 3;
}

/// <summary>A way to keep the numbers of a training.</summary>
/// <param name="State">The format of the moments.</param>
/// <param name="Parameters">
/// How the parameters are rounded to bfloat16; <see langword="null"/> where they are floats.
/// </param>
public sealed record NumberFormats(StateFormat State, ParameterRounding? Parameters = null)
{
    /// <summary>Every format of the moments, every rounding of the parameters, and all in 16 bits.</summary>
    public static ImmutableArray<NumberFormats> All { get; } =
    [
        .. Enum.GetValues<StateFormat>().Select(format => new NumberFormats(format)),
        .. Enum.GetValues<ParameterRounding>().Select(rounding => new NumberFormats(StateFormat.Full, rounding)),
        new(StateFormat.BFloat16, ParameterRounding.Kahan),
    ];

    /// <summary>An optimizer that keeps them so.</summary>
    public Optimizer Of(Optimizer optimizer) =>
        (Parameters is { } rounding ? optimizer.Then(BFloat16Parameters.Of(rounding)) : optimizer).WithState(State);

    /// <inheritdoc/>
    public override string ToString() => Parameters is { } rounding ? $"{State} (θ {rounding})" : $"{State}";
}

/// <summary>The runs of one way to keep numbers.</summary>
/// <param name="Formats">The way.</param>
/// <param name="StateBytes">The bytes of the state for each parameter.</param>
/// <param name="Curves">A run for each seed.</param>
public sealed record StateFormatsRow(NumberFormats Formats, double StateBytes, ImmutableArray<TrainingCurve> Curves)
{
    /// <summary>The mean of the held-out losses after the last step.</summary>
    public double FinalLoss => Curves.Average(curve => curve.FinalLoss);

    /// <summary>The held-out loss of each run as a share of that of another format, less 1.</summary>
    internal IEnumerable<double> DifferencesTo(StateFormatsRow full) =>
        Curves.Zip(full.Curves, (own, its) => (own.FinalLoss / its.FinalLoss) - 1);
}

/// <summary>The formats on one text.</summary>
/// <param name="Source">The name of the text.</param>
/// <param name="Parameters">The number of parameters of the model.</param>
/// <param name="Rows">The ways, all in full first.</param>
public sealed record StateFormatsResult(string Source, long Parameters, ImmutableArray<StateFormatsRow> Rows);

/// <summary>
/// What a state in 16 or 8 bits, and parameters in 16, cost in loss: AdamW on the nano model, from one start for all.
/// </summary>
public static class StateFormats
{
    /// <summary>The experiment.</summary>
    public static Experiment Experiment { get; } = Experiments.Experiment.Of<StateFormatsOptions>(
            "state-formats", "AdamW with its moments in 32, 16 and 8 bits, and parameters in 16", "4.2",
            "The same small GPT learns the same text with the moments of AdamW in each format, and with parameters θ "
            + "that are rounded to bfloat16 after each step, from the same starts and on the same batches. Starts and "
            + "batches differ between seeds, and so tell what a difference means.",
            "The source text tells optimizers apart by one run of each. Here each has several, and the spread between "
            + "the seeds is beside the differences.")
        .Nano(of => of.Nano, (of, nano) => of with { Nano = nano })
        .Integer("seeds", "Number of runs of each, with different starts and batches", 1, 100,
            of => of.Seeds, (of, seeds) => of with { Seeds = seeds })
        .Running((options, seed, progress, cancellation) =>
            ReportOf(options, Run(options, seed, progress, cancellation)))
        .Long();

    /// <summary>Every way from the seed and the seeds after it.</summary>
    /// <exception cref="LanguageExt.Common.ErrorException">
    /// The text cannot be read, or is too short for a window.
    /// </exception>
    public static StateFormatsResult Run(
        StateFormatsOptions options, ulong seed, IProgress<double> progress, CancellationToken cancellation)
    {
        NanoTraining nano = options.Nano;
        TokenizedText text = nano.Read().ThrowIfFail();
        Optimizer adamW = OptimizerChoice.Create(nano.Preset).OrThrow(nameof(AdamW));
        TextTraining[] ofSeeds =
            [.. Enumerable.Range(0, options.Seeds).Select(run => nano.On(text, adamW, seed + (ulong)run))];
        ImmutableArray<TrainingCurve> curves = TextTraining.RunAll(
            [
                .. from formats in NumberFormats.All
                   from training in ofSeeds
                   select training with { Optimizer = formats.Of(training.Optimizer) },
            ], progress, cancellation);
        ParameterTree<float> start = ofSeeds[0].Start();
        return new(
            text.Corpus.Source,
            start.Layout.ParameterCount,
            [
                .. NumberFormats.All.Select((formats, index) => new StateFormatsRow(
                    formats,
                    (double)formats.Of(adamW).Init(start).ByteCount / start.Layout.ParameterCount,
                    [.. curves.AsSpan().Slice(index * options.Seeds, options.Seeds)])),
            ]);
    }

    private static Report ReportOf(StateFormatsOptions options, StateFormatsResult result)
    {
        StateFormatsRow full = result.Rows[0];
        return new(
            FindingOf(options, result),
            [
                Table.Of(
                    "formats",
                    $"AdamW, {options.Nano.Steps} steps of {result.Parameters:N0} parameters on {result.Source}, "
                    + $"{(options.Seeds == 1 ? "1 seed" : $"{options.Seeds} seeds")}",
                    result.Rows)
                    .Text("format", row => $"{row.Formats}")
                    .Number("state (bytes a parameter)", row => row.StateBytes, 3)
                    .Number("held-out loss, mean", row => row.FinalLoss, 5)
                    .Number("lowest", row => row.Curves.Min(curve => curve.FinalLoss), 5)
                    .Number("highest", row => row.Curves.Max(curve => curve.FinalLoss), 5)
                    .Number("against Full, mean (%)", row => 100 * row.DifferencesTo(full).Average(), 2)
                    .Number("largest (%)", row => 100 * row.DifferencesTo(full).MaxBy(Math.Abs), 2),
            ],
            [
                new Picture(
                    "curves",
                    "The loss on the held-out text, and its difference to that of Full, means over the seeds.",
                    new Panel(
                        $"Held-out loss, {result.Source}",
                        new Axis("steps", Min: 0, Max: options.Nano.Steps),
                        new Axis("held-out loss (nats a character)"),
                        [.. result.Rows.Select(Mark (row) => Over(row, Mean(row)))]),
                    new Panel(
                        "Difference to Full",
                        new Axis("steps", Min: 0, Max: options.Nano.Steps),
                        new Axis("difference (%)"),
                        [
                            .. result.Rows.Select(Mark (row) => Over(
                                row, Mean(row).Zip(Mean(full), (own, its) => 100 * ((own / its) - 1)))),
                        ])),
            ]);
    }

    private static IEnumerable<double> Mean(StateFormatsRow row) => row.Curves[0].HeldOutLosses
        .Select((_, index) => row.Curves.Average(curve => curve.HeldOutLosses[index]));

    private static Line Over(StateFormatsRow row, IEnumerable<double> values) =>
        new($"{row.Formats}", [.. row.Curves[0].HeldOutSteps.Select(step => (double)step)], [.. values]);

    private static string FindingOf(StateFormatsOptions options, StateFormatsResult result)
    {
        StateFormatsRow full = result.Rows[0];
        double spread = full.Curves.Max(curve => curve.FinalLoss) - full.Curves.Min(curve => curve.FinalLoss);
        string others = Words.And(result.Rows.Skip(1).Select(row =>
            $"{Figure.Of(100 * row.DifferencesTo(full).Average(), 2)} % with {row.Formats}"));
        return $"With full moments and parameters the held-out loss after {options.Nano.Steps} steps is "
            + $"{Figure.Of(full.FinalLoss)} ({Figure.Of(full.StateBytes, 3)} bytes a parameter), and differs by "
            + $"{Figure.Of(100 * spread / full.FinalLoss, 2)} % between the seeds. The mean of the "
            + $"differences to it is {others}.";
    }
}
