using System.Collections.Immutable;
using CommandLine;
using Functional.Optim;

namespace Experiments;

/// <summary>The options of <see cref="AdaptiveRate"/>.</summary>
public sealed record AdaptiveRateOptions
{
    /// <summary>The fixed learning rates of SGD.</summary>
    public ImmutableArray<double> Rates { get; init; } = [0.001, 0.01, 0.1];

    /// <summary>η of Adam.</summary>
    public double AdamRate { get; init; } = 0.01;

    /// <summary>Number of steps in a run.</summary>
    public int Steps { get; init; } = 100;
}

/// <summary>A parameter and its rate after a step.</summary>
/// <param name="Value">The value of the parameter.</param>
/// <param name="EffectiveRate">
/// The factor of the gradient, or of Adam's mean of gradients, in the step; null before the first step.
/// </param>
/// <param name="UncorrectedRate">
/// The same as the source text computes it, from a second moment without bias correction.
/// </param>
public readonly record struct AdaptedParameter(double Value, double? EffectiveRate, double? UncorrectedRate);

/// <summary>Both parameters after a step.</summary>
/// <param name="Step">The number of finished steps.</param>
/// <param name="Loss">The loss.</param>
/// <param name="Flat">The parameter with the small gradient.</param>
/// <param name="Steep">The parameter with the large gradient.</param>
public sealed record AdaptiveRatePoint(long Step, double Loss, AdaptedParameter Flat, AdaptedParameter Steep)
{
    /// <summary>The effective rate of the flat parameter divided by that of the steep one.</summary>
    public double? Ratio => Flat.EffectiveRate / Steep.EffectiveRate;
}

/// <summary>A run of one optimizer.</summary>
/// <param name="Name">The name.</param>
/// <param name="Points">The points after 0, 1, 2, … steps.</param>
public sealed record AdaptiveRateRun(string Name, ImmutableArray<AdaptiveRatePoint> Points)
{
    /// <summary>The point after the last step.</summary>
    public AdaptiveRatePoint Last => Points[^1];

    /// <summary>Whether the final loss is above the loss at the start.</summary>
    public bool Diverges => !(Last.Loss <= Points[0].Loss);
}

/// <summary>An optimizer at many learning rates.</summary>
/// <param name="Optimizer">The name of the optimizer.</param>
/// <param name="Losses">The final loss at each rate.</param>
public sealed record AdaptiveRateSweep(string Optimizer, ImmutableArray<(double Rate, double Loss)> Losses)
{
    /// <summary>The rate with the lowest loss, and that loss.</summary>
    public (double Rate, double Loss) Best =>
        Losses.MinBy(at => double.IsNaN(at.Loss) ? double.PositiveInfinity : at.Loss);
}

/// <summary>
/// Fixed learning rates and Adam on two parameters, one with ten thousand times the curvature of the other.
/// </summary>
public static class AdaptiveRate
{
    private const string Flat = "flat", Steep = "steep";
    private const int SweptRates = 61;
    private const double FlatCurvature = 0.01, SteepCurvature = 100, FlatMinimum = 5, SteepMinimum = 2;
    private static readonly ImmutableArray<int> SourceTextSteps = [0, 10, 20, 50, 99];

    private static readonly ParameterTree<double> Start = ParameterTree.Of(
        Leaf.Of(Flat, [1], new[] { 1.0 }), Leaf.Of(Steep, [1], new[] { 1.0 }));

    /// <summary>The experiment.</summary>
    public static Experiment Experiment { get; } = Experiments.Experiment.Of<AdaptiveRateOptions>(
            "adaptive-rate", "The effective learning rates of Adam", "4.2",
            "Adam divides each parameter's rate by the size of its gradients: the flat direction of "
            + "0.01·(a − 5)² + 100·(b − 2)² gets a rate thousands of times that of the steep one, and "
            + "both move by η in the first step.",
            "The source text computes the rates before the step and from a second moment without bias correction: they "
            + "are 10 times too large at its step 10 and 3.25 times at 99. Its row 0 shows η, because there is no "
            + "moment yet; the first step has the rates 0.125 and 0.00005.",
            "The source text shows this as a gain, but Adam loses: it ends at 5.34, and gradient descent with "
            + "the rate 0.001 at 0.159. The rate of 0.01 is too small for Adam; at a better rate Adam ends "
            + "much lower than any fixed rate.")
        .Reals("rates", "Fixed learning rates of SGD", Bounds.Positive,
            of => of.Rates, (of, rates) => of with { Rates = rates })
        .Real("adam-rate", "Learning rate of Adam", Bounds.Positive,
            of => of.AdamRate, (of, rate) => of with { AdamRate = rate })
        .Integer("steps", "Number of steps in a run", 1, 10_000,
            of => of.Steps, (of, steps) => of with { Steps = steps })
        .Running((options, _, _, cancellation) => ReportOf(options, Run(options, cancellation), cancellation));

    /// <summary>Every fixed rate, then Adam.</summary>
    public static ImmutableArray<AdaptiveRateRun> Run(
        AdaptiveRateOptions options, CancellationToken cancellation = default) =>
    [
        .. options.Rates.Distinct().Select(rate => WithSgd(rate, options.Steps, cancellation)),
        WithAdam(options.AdamRate, options.Steps, cancellation),
    ];

    /// <summary>SGD and Adam at rates from 0.0001 to 10.</summary>
    /// <param name="steps">Number of steps in a run.</param>
    /// <param name="cancellation">Stops the run.</param>
    public static ImmutableArray<AdaptiveRateSweep> Sweep(int steps, CancellationToken cancellation = default)
    {
        double[] rates =
        [
            .. Enumerable.Range(0, SweptRates).Select(index => Math.Pow(10, -4 + (5.0 * index / (SweptRates - 1)))),
        ];
        return
        [
            new("SGD", [.. rates.Select(rate => (rate, FinalLoss(Sgd.Of(rate))))]),
            new("Adam", [.. rates.Select(rate => (rate, FinalLoss(Adam.Of(rate))))]),
        ];

        double FinalLoss(Optimizer optimizer) =>
            LossAt(Descent.From(optimizer, Start, GradientAt, cancellation).ElementAt(steps));
    }

    private static AdaptiveRateRun WithSgd(double rate, int steps, CancellationToken cancellation) =>
        new($"SGD at {Figure.Of(rate)}", Down(Sgd.Of(rate), steps, (state, _) => (rate, null), cancellation));

    private static AdaptiveRateRun WithAdam(double rate, int steps, CancellationToken cancellation)
    {
        Adam adam = Adam.Of(rate), uncorrected = Adam.Of(rate, biasCorrection: false);
        return new(
            $"Adam at {Figure.Of(rate)}",
            Down(adam, steps, (state, name) => (RateOf(adam, state, name), RateOf(uncorrected, state, name)),
                cancellation));

        static double RateOf(Adam optimizer, OptimizerState<double> state, string name) =>
            optimizer.Statistics(AdamState<double>.From(state), leaf => leaf.Name == name).EffectiveRateMean;
    }

    private static ImmutableArray<AdaptiveRatePoint> Down(
        Optimizer optimizer, int steps,
        Func<OptimizerState<double>, string, (double Effective, double? Uncorrected)> rates,
        CancellationToken cancellation)
    {
        return
        [
            .. Descent.WithStates(optimizer, Start, (at, _) => GradientAt(at), cancellation)
                .Take(steps + 1).Select(PointOf),
        ];

        AdaptiveRatePoint PointOf((ParameterTree<double> At, OptimizerState<double> State) reached) => new(
            reached.State.Step, LossAt(reached.At), ParameterOf(reached.At, reached.State, Flat),
            ParameterOf(reached.At, reached.State, Steep));

        AdaptedParameter ParameterOf(ParameterTree<double> at, OptimizerState<double> state, string name)
        {
            if (state.Step == 0) return new(Of(at, name), null, null);
            (double effective, double? uncorrected) = rates(state, name);
            return new(Of(at, name), effective, uncorrected);
        }
    }

    private static double Of(ParameterTree<double> at, string name) => at.AsSpan(name)[0];

    private static double LossAt(ParameterTree<double> at)
    {
        (double flat, double steep) = (Of(at, Flat) - FlatMinimum, Of(at, Steep) - SteepMinimum);
        return (FlatCurvature * flat * flat) + (SteepCurvature * steep * steep);
    }

    private static ParameterTree<double> GradientAt(ParameterTree<double> at)
    {
        TreeBuffer<double> gradients = at.Layout.Rent<double>();
        gradients.AsSpan(Flat)[0] = 2 * FlatCurvature * (Of(at, Flat) - FlatMinimum);
        gradients.AsSpan(Steep)[0] = 2 * SteepCurvature * (Of(at, Steep) - SteepMinimum);
        return gradients.ToTree();
    }

    private static Report ReportOf(
        AdaptiveRateOptions options, ImmutableArray<AdaptiveRateRun> runs, CancellationToken cancellation)
    {
        AdaptiveRateRun adam = runs[^1];
        ImmutableArray<AdaptiveRateSweep> sweeps = Sweep(options.Steps, cancellation);
        Func<AdaptiveRateRun, double?> sourceTextLoss = run =>
            options.Steps == SourceTextSteps[^1] + 1 ? run.Points[^2].Loss : null;
        double? sourceTextRate(long step, AdaptedParameter parameter) =>
            step == 0 ? options.AdamRate : parameter.UncorrectedRate;
        return new(
            FindingOf(options, runs, sweeps),
            [
                Table.Of("optimizers", $"{options.Steps:N0} steps from (1, 1), where the loss is "
                    + $"{Figure.Of(LossAt(Start))}; the minimum is at (5, 2)", runs)
                    .Text("optimizer", run => run.Name)
                    .Number("flat a", run => run.Last.Flat.Value)
                    .Number("steep b", run => run.Last.Steep.Value)
                    .Number("final loss", run => run.Last.Loss)
                    .Flag("diverges", run => run.Diverges, no: "")
                    .Number("rate of a", run => run.Last.Flat.EffectiveRate)
                    .Number("rate of b", run => run.Last.Steep.EffectiveRate)
                    .Number("ratio", run => run.Last.Ratio)
                    .Number("source text: loss, one step earlier", sourceTextLoss),
                Table.Of("adam", $"Adam's effective rates, η = {Figure.Of(options.AdamRate)}", Shown(adam))
                    .Integer("step", shown => shown.Point.Step)
                    .Number("rate of a", shown => shown.Point.Flat.EffectiveRate)
                    .Number("rate of b", shown => shown.Point.Steep.EffectiveRate)
                    .Number("ratio", shown => shown.Point.Ratio)
                    .Integer("source text: step", shown => shown.SourceTextStep)
                    .Number("source text: rate of a", shown => sourceTextRate(shown.SourceTextStep, shown.Point.Flat))
                    .Number("source text: rate of b", shown => sourceTextRate(shown.SourceTextStep, shown.Point.Steep))
                    .Number("source text/right", shown => sourceTextRate(
                        shown.SourceTextStep, shown.Point.Flat) / shown.Point.Flat.EffectiveRate),
                Table.Of("best", $"The best of {SweptRates} rates from 0.0001 to 10, {options.Steps:N0} steps", sweeps)
                    .Text("optimizer", sweep => sweep.Optimizer)
                    .Number("best rate", sweep => sweep.Best.Rate, 2)
                    .Number("final loss", sweep => sweep.Best.Loss, 2),
            ],
            [Rates(options, adam), Paths(runs), Losses(options, runs, sweeps)]);
    }

    /// <summary>
    /// The steps whose rates the source text shows, with its numbers of them; at its step 0 it has no moments yet.
    /// </summary>
    private static IEnumerable<(AdaptiveRatePoint Point, long SourceTextStep)> Shown(AdaptiveRateRun adam) =>
        from step in SourceTextSteps
        where step < adam.Points.Length
        select (adam.Points[Math.Max(step, 1)], (long)step);

    private static string FindingOf(
        AdaptiveRateOptions options, ImmutableArray<AdaptiveRateRun> runs, ImmutableArray<AdaptiveRateSweep> sweeps)
    {
        AdaptiveRateRun adam = runs[^1],
            best = runs.MinBy(run => run.Diverges ? double.PositiveInfinity : run.Last.Loss)!;
        string[] diverging = [.. runs.Where(run => run.Diverges).Select(run => run.Name)];
        AdaptiveRatePoint first = adam.Points[1];
        string order = best.Diverges ? "every run diverges"
            : best == adam ? "no fixed rate ends lower"
            : $"{best.Name} ends at {Figure.Of(best.Last.Loss, 3)}";
        return $"Adam's first step has the rates {Figure.Of(first.Flat.EffectiveRate!.Value)} and "
            + $"{Figure.Of(first.Steep.EffectiveRate!.Value)}, a ratio of {Figure.Of(first.Ratio!.Value)}; after "
            + $"{options.Steps} steps it is {Figure.Of(adam.Last.Ratio!.Value)}, where a fixed rate has 1. It moves "
            + "each parameter by at most about η in a step, however steep, and ends at a loss of "
            + $"{Figure.Of(adam.Last.Loss, 3)}; {order}"
            + (diverging.Length == 0 ? ". "
                : $", and {Words.And(diverging)} {(diverging.Length == 1 ? "diverges" : "diverge")}. ")
            + "At the best of many rates the final losses are "
            + $"{Words.And(sweeps.Select(sweep => $"{Figure.Of(sweep.Best.Loss, 2)} for {sweep.Optimizer}"))}.";
    }

    private static Picture Rates(AdaptiveRateOptions options, AdaptiveRateRun adam)
    {
        AdaptiveRatePoint[] points = [.. adam.Points.Skip(1)];
        double[] steps = [.. points.Select(point => (double)point.Step)];
        return new(
            "rates",
            "Adam's effective rates; the dashed lines are without bias correction, as in the source text.",
            new Panel(
                $"Effective rates of Adam, η = {Figure.Of(options.AdamRate)}",
                new Axis("step"),
                new Axis("effective rate", IsLog: true),
                Of("flat a", point => point.Flat.EffectiveRate),
                Of("steep b", point => point.Steep.EffectiveRate),
                Of("flat a", point => point.Flat.UncorrectedRate) with { IsDashed = true },
                Of("steep b", point => point.Steep.UncorrectedRate) with { IsDashed = true },
                new HorizontalLine("η", options.AdamRate)));

        Line Of(string name, Func<AdaptiveRatePoint, double?> rate) =>
            new(name, steps, [.. points.Select(point => rate(point)!.Value)]);
    }

    private static Picture Paths(ImmutableArray<AdaptiveRateRun> runs) => new(
        "paths",
        "The flat parameter, whose minimum is at 5, and the distance of the steep one from its minimum. A fixed rate "
        + "that suits the steep one hardly moves the flat one; Adam moves both.",
        PanelOf(runs, "The flat parameter", new Axis("a", Min: 0.5, Max: FlatMinimum + 0.5), point => point.Flat.Value),
        PanelOf(
            runs, "The steep parameter", new Axis("|b − 2|", IsLog: true, Min: 1e-3, Max: 10),
            point => Math.Abs(point.Steep.Value - SteepMinimum)));

    private static Picture Losses(
        AdaptiveRateOptions options, ImmutableArray<AdaptiveRateRun> runs,
        ImmutableArray<AdaptiveRateSweep> sweeps) => new(
        "losses",
        "Left: the loss during the run, cut at the frame where it diverges. Right: the final loss at every rate.",
        PanelOf(runs, "The loss", new Axis("loss", IsLog: true, Min: 1e-2, Max: 1e4), point => point.Loss),
        new Panel(
            $"The loss after {options.Steps:N0} steps",
            new Axis("learning rate η", IsLog: true),
            new Axis("loss", IsLog: true, Min: 1e-6, Max: 1e4),
            [
                .. sweeps.Select(Mark (sweep) => new Line(
                    sweep.Optimizer, [.. sweep.Losses.Select(at => at.Rate)], [.. sweep.Losses.Select(at => at.Loss)])),
            ]));

    private static Panel PanelOf(
        ImmutableArray<AdaptiveRateRun> runs, string title, Axis y, Func<AdaptiveRatePoint, double> value) => new(
        title,
        new Axis("steps"),
        y,
        [
            .. runs.Select(Mark (run, index) =>
                Line.Over(run.Name, [.. run.Points.Select(value)]) with { Width = runs.Length + 1 - index }),
        ]);
}
