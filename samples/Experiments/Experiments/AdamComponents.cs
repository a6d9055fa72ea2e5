using System.Collections.Immutable;
using CommandLine;
using Functional.Optim;

namespace Experiments;

/// <summary>The options of <see cref="AdamComponents"/>.</summary>
public sealed record AdamComponentsOptions
{
    /// <summary>The learning rates.</summary>
    public ImmutableArray<double> Rates { get; init; } = [0.001, 0.01, 0.1, 1];

    /// <summary>Number of steps in a run.</summary>
    public int Steps { get; init; } = 100;
}

/// <summary>One optimizer at one rate.</summary>
/// <param name="Optimizer">The name of the optimizer.</param>
/// <param name="Rate">η.</param>
/// <param name="ReachedAt">
/// The first step after which the loss is at most a hundredth of the first; null where there is none.
/// </param>
/// <param name="Losses">The loss after 0, 1, 2, … steps.</param>
public sealed record AdamComponentsRow(string Optimizer, double Rate, long? ReachedAt, ImmutableArray<double> Losses)
{
    private const int Late = 20;

    /// <summary>The loss after the last step.</summary>
    public double FinalLoss => Losses[^1];

    /// <summary>The maximum loss of the last steps; an oscillating loss may end high or low by chance.</summary>
    public double LateLoss => Losses.TakeLast(Late).Max();

    /// <summary>Whether the final loss is above the loss at the start.</summary>
    public bool Diverges => !(FinalLoss <= Losses[0]);
}

/// <summary>
/// SGD, momentum, Adam and Adam without bias correction on a loss whose curvatures differ a hundredfold.
/// </summary>
public static class AdamComponents
{
    private const string Corrected = "Adam", Uncorrected = "Adam, uncorrected";
    private const double SourceTextRate = 0.01, Target = 0.01;
    private const int SourceTextSteps = 100, SweptRates = 81;

    private static readonly ImmutableArray<(string Name, Func<double, Optimizer> At)> Optimizers =
    [
        ("SGD", rate => Sgd.Of(rate)),
        ("momentum", rate => Sgd.Of(rate, momentum: 0.9)),
        (Corrected, rate => Adam.Of(rate)),
        (Uncorrected, rate => Adam.Of(rate, biasCorrection: false)),
    ];

    private static readonly ParameterTree<double> Start = ParameterTree.Of(
        Leaf.Of("param1", [2], new[] { 1.0, 10.0 }), Leaf.Of("param2", [2], new[] { 0.1, -0.5 }));

    private static readonly ParameterTree<double> Minimum = ParameterTree.Of(
        Leaf.Of("param1", [2], new[] { 2.0, 1.0 }), Leaf.Of("param2", [2], new[] { -1.0, 3.0 }));

    private static readonly ParameterTree<double> Curvature = ParameterTree.Of(
        Leaf.Of("param1", [2], new[] { 1.0, 100.0 }), Leaf.Of("param2", [2], new[] { 1.0, 1.0 }));

    /// <summary>The experiment.</summary>
    public static Experiment Experiment { get; } = Experiments.Experiment.Of<AdamComponentsOptions>(
            "adam-components", "SGD, momentum and Adam at several learning rates", "4.2",
            "Adam combines momentum with a separate learning rate for each parameter. The loss (a − 2)² + 100·(b − "
            + "1)² + (c + 1)² + (d − 3)² is a hundred times steeper along b; whether an optimizer ends well "
            + "depends on its learning rate.",
            "The source text's four optimizers update the same parameters in turn, so every loss becomes infinite. "
            + "Here each optimizer has its own parameters.",
            "The source text's loop takes each loss before its step, so the hundredth is that after 99 steps: with "
            + "separate parameters, 8100 for SGD, 0.036 for momentum, 6453 for Adam and 2322 without correction. The "
            + "final losses below are those after the last step.",
            "The source text's rate of 0.01 is the critical one of SGD, for which rate · curvature = 0.01 · 200 = 2: "
            + "it jumps between the two sides of the valley and stays at 8100.",
            "One learning rate is not enough to compare optimizers: the order at 0.01 is not that at 0.1 and at 1.")
        .Reals("rates", "Learning rates", Bounds.Positive,
            of => of.Rates, (of, rates) => of with { Rates = rates })
        .Integer("steps", "Number of steps in a run", 1, 100_000,
            of => of.Steps, (of, steps) => of with { Steps = steps })
        .Running((options, _, _, cancellation) => ReportOf(options, Run(options, cancellation), cancellation));

    /// <summary>Every optimizer at every learning rate; the rows are ordered by rate.</summary>
    public static ImmutableArray<AdamComponentsRow> Run(
        AdamComponentsOptions options, CancellationToken cancellation = default) =>
    [
        .. from rate in options.Rates
           from optimizer in Optimizers
           select At(optimizer.Name, optimizer.At(rate), rate, options.Steps, cancellation),
    ];

    private static AdamComponentsRow At(
        string name, Optimizer optimizer, double rate, int steps, CancellationToken cancellation)
    {
        ImmutableArray<double> losses =
        [
            .. Descent.From(optimizer, Start, GradientAt, cancellation).Take(steps + 1).Select(LossAt),
        ];
        int reached = losses.ToList().FindIndex(loss => loss <= Target * losses[0]);
        return new(name, rate, reached < 0 ? null : reached, losses);
    }

    private static double LossAt(ParameterTree<double> at)
    {
        double loss = 0;
        for (int index = 0; index < at.AsSpan().Length; index++)
        {
            double distance = at.AsSpan()[index] - Minimum.AsSpan()[index];
            loss += Curvature.AsSpan()[index] * distance * distance;
        }

        return loss;
    }

    private static ParameterTree<double> GradientAt(ParameterTree<double> at)
    {
        TreeBuffer<double> gradients = at.Layout.Rent<double>();
        for (int index = 0; index < at.AsSpan().Length; index++)
            gradients.AsSpan()[index] = 2 * Curvature.AsSpan()[index] * (at.AsSpan()[index] - Minimum.AsSpan()[index]);
        return gradients.ToTree();
    }

    private static Report ReportOf(
        AdamComponentsOptions options, ImmutableArray<AdamComponentsRow> rows, CancellationToken cancellation)
    {
        bool isOfSourceText(AdamComponentsRow row) => (row.Rate, options.Steps) == (SourceTextRate, SourceTextSteps);
        return new(
            FindingOf(rows),
            [
                Table.Of("optimizers", $"Each optimizer on its own parameters, {options.Steps} steps from a loss of "
                    + $"{Figure.Of(LossAt(Start), 6)}", rows)
                    .Number("rate η", row => row.Rate)
                    .Text("optimizer", row => row.Optimizer)
                    .Integer("steps to 1 % of the loss", row => row.ReachedAt)
                    .Number("final loss", row => row.FinalLoss)
                    .Number("maximum of the last 20", row => row.LateLoss)
                    .Flag("diverges", row => row.Diverges, no: "")
                    .Text("source text: final loss", row => isOfSourceText(row) ? "inf or nan" : null),
            ],
            [
                new("losses", "The loss during the run at each learning rate; it is cut at the frame where "
                    + "it diverges.",
                [
                    .. rows.GroupBy(row => row.Rate).Select(group => new Panel(
                        $"η = {Figure.Of(group.Key)}",
                        new Axis("steps"),
                        new Axis("loss", IsLog: true, Min: 1e-3, Max: 1e5),
                        [
                            .. group.Select(Mark (row, index) =>
                                Line.Over(row.Optimizer, row.Losses) with { Width = Optimizers.Length + 1 - index }),
                        ])),
                ]),
                Sweep(options, cancellation),
            ]);
    }

    private static Picture Sweep(AdamComponentsOptions options, CancellationToken cancellation)
    {
        double[] rates =
        [
            .. Enumerable.Range(0, SweptRates).Select(index => Math.Pow(10, -4 + (5.0 * index / (SweptRates - 1)))),
        ];
        return new(
            "rates",
            "The maximum loss of the last 20 steps at every learning rate: each optimizer has its own range, "
            + "and none is best at all rates.",
            new Panel(
                $"The loss after {options.Steps} steps",
                new Axis("learning rate η", IsLog: true),
                new Axis("maximum loss of the last 20 steps", IsLog: true, Min: 1e-2, Max: 1e5),
                [
                    .. Optimizers.Select(Mark (optimizer) => new Line(
                        optimizer.Name, rates,
                        [
                            .. rates.Select(rate => At(
                                optimizer.Name, optimizer.At(rate), rate, options.Steps, cancellation).LateLoss),
                        ])),
                ]));
    }

    private static string FindingOf(ImmutableArray<AdamComponentsRow> rows)
    {
        IEnumerable<string> byRate = rows.GroupBy(row => row.Rate).Select(group =>
        {
            AdamComponentsRow best = group.MinBy(row => row.Diverges ? double.PositiveInfinity : row.LateLoss)!;
            string[] diverging = [.. group.Where(row => row.Diverges).Select(row => row.Optimizer)];
            if (best.Diverges) return $"at {Figure.Of(group.Key)} none, all diverge";
            return $"at {Figure.Of(group.Key)} {best.Optimizer} (at most {Figure.Of(best.LateLoss, 3)})"
                + (diverging.Length == 0 ? ""
                    : $", while {Words.And(diverging)} {(diverging.Length == 1 ? "diverges" : "diverge")}");
        });
        (AdamComponentsRow With, AdamComponentsRow Without)[] pairs =
        [
            .. rows.Where(row => row.Optimizer == Corrected)
                .Select(with => (with, rows.First(row => row.Optimizer == Uncorrected && row.Rate == with.Rate))),
        ];
        int ahead = pairs.Count(pair => pair.Without.LateLoss < pair.With.LateLoss);
        return $"The best optimizer depends on the learning rate: {string.Join("; ", byRate)}. Without bias correction "
            + $"Adam, whose first steps are then longer, ends lower at {ahead} of {pairs.Length} rates.";
    }
}
