using System.Collections.Immutable;
using CommandLine;
using Functional.Optim;

namespace Experiments;

/// <summary>What can be varied in <see cref="AdaptiveRate"/>.</summary>
public sealed record AdaptiveRateOptions
{
    /// <summary>The fixed rates of SGD to try.</summary>
    public ImmutableArray<double> Rates { get; init; } = [0.001, 0.01, 0.1];

    /// <summary>η of Adam.</summary>
    public double AdamRate { get; init; } = 0.01;

    /// <summary>Updates in a run.</summary>
    public int Steps { get; init; } = 100;
}

/// <summary>A parameter and its rate after an update.</summary>
/// <param name="Value">Where it is.</param>
/// <param name="EffectiveRate">What the update multiplied the gradient, or Adam's mean of gradients, by; none before the first.</param>
/// <param name="UncorrectedRate">The same as the chapter reads it, of a second moment that is not corrected for bias.</param>
public readonly record struct AdaptedParameter(double Value, double? EffectiveRate, double? UncorrectedRate);

/// <summary>Both parameters after an update.</summary>
/// <param name="Step">Finished updates.</param>
/// <param name="Loss">The loss there.</param>
/// <param name="Flat">The parameter with the small gradient.</param>
/// <param name="Steep">The parameter with the large gradient.</param>
public sealed record AdaptiveRatePoint(long Step, double Loss, AdaptedParameter Flat, AdaptedParameter Steep)
{
    /// <summary>How many times the rate of the steep parameter the flat one has.</summary>
    public double? Ratio => Flat.EffectiveRate / Steep.EffectiveRate;
}

/// <summary>One strategy.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Points">After 0, 1, 2, … updates.</param>
public sealed record AdaptiveRateRun(string Name, ImmutableArray<AdaptiveRatePoint> Points)
{
    /// <summary>After the last update.</summary>
    public AdaptiveRatePoint Last => Points[^1];

    /// <summary>Whether the loss ended above where it began.</summary>
    public bool Diverges => !(Last.Loss <= Points[0].Loss);
}

/// <summary>An optimizer at many rates.</summary>
/// <param name="Optimizer">Its name.</param>
/// <param name="Losses">The loss in the end at each rate.</param>
public sealed record AdaptiveRateSweep(string Optimizer, ImmutableArray<(double Rate, double Loss)> Losses)
{
    /// <summary>The rate with the least loss, and that loss.</summary>
    public (double Rate, double Loss) Best => Losses.MinBy(at => double.IsNaN(at.Loss) ? double.PositiveInfinity : at.Loss);
}

/// <summary>Fixed rates and Adam on two parameters of which one has a gradient ten thousand times as steep.</summary>
public static class AdaptiveRate
{
    private const string Flat = "flat", Steep = "steep";
    private const int SweptRates = 61;
    private const double FlatCurvature = 0.01, SteepCurvature = 100, FlatMinimum = 5, SteepMinimum = 2;
    private static readonly ImmutableArray<int> ChapterSteps = [0, 10, 20, 50, 99];

    private static readonly ParameterTree<double> Start = ParameterTree.Of(
        Leaf.Of(Flat, [1], new[] { 1.0 }), Leaf.Of(Steep, [1], new[] { 1.0 }));

    /// <summary>The experiment.</summary>
    public static Experiment Experiment { get; } = Experiments.Experiment.Of<AdaptiveRateOptions>(
            "adaptive-rate", "The effective learning rates of Adam", "4.2",
            "Adam divides each parameter's rate by the size of its gradients: the flat direction of 0.01·(a − 5)² + 100·(b − 2)² gets a rate "
            + "thousands of times that of the steep one, and both move η an update at first.",
            "The chapter reads the rates before the update and from a second moment that is not corrected for bias: 10 times too large at its "
            + "step 10, 3.25 times at 99. Its row 0 shows η, for there is no moment yet; the first update has the rates 0.125 and 0.00005.",
            "The chapter shows this as a gain, and Adam loses: it ends at 5.34, gradient descent with the rate 0.001 at 0.159. Its rate of 0.01 is "
            + "too small for Adam; at a better one Adam ends lower by far than any fixed rate.")
        .Reals("rates", "The fixed rates", Bounds.Positive, of => of.Rates, (of, rates) => of with { Rates = rates })
        .Real("adam-rate", "Adam's learning rate", Bounds.Positive, of => of.AdamRate, (of, rate) => of with { AdamRate = rate })
        .Integer("steps", "Updates in a run", 1, 10_000, of => of.Steps, (of, steps) => of with { Steps = steps })
        .Running((options, _, _, cancellation) => ReportOf(options, Run(options, cancellation), cancellation));

    /// <summary>Every fixed rate, then Adam.</summary>
    public static ImmutableArray<AdaptiveRateRun> Run(AdaptiveRateOptions options, CancellationToken cancellation = default) =>
    [
        .. options.Rates.Distinct().Select(rate => WithSgd(rate, options.Steps, cancellation)),
        WithAdam(options.AdamRate, options.Steps, cancellation),
    ];

    /// <summary>SGD and Adam at rates from 0.0001 to 10.</summary>
    /// <param name="steps">Updates in a run.</param>
    /// <param name="cancellation">Stops it.</param>
    public static ImmutableArray<AdaptiveRateSweep> Sweep(int steps, CancellationToken cancellation = default)
    {
        double[] rates = [.. Enumerable.Range(0, SweptRates).Select(index => Math.Pow(10, -4 + (5.0 * index / (SweptRates - 1))))];
        return
        [
            new("SGD", [.. rates.Select(rate => (rate, FinalLoss(Sgd.Of(rate))))]),
            new("Adam", [.. rates.Select(rate => (rate, FinalLoss(Adam.Of(rate))))]),
        ];

        double FinalLoss(Optimizer optimizer) => LossAt(Descent.From(optimizer, Start, GradientAt, cancellation).ElementAt(steps));
    }

    private static AdaptiveRateRun WithSgd(double rate, int steps, CancellationToken cancellation) =>
        new($"SGD at {Figure.Of(rate)}", Down(Sgd.Of(rate), steps, (state, _) => (rate, null), cancellation));

    private static AdaptiveRateRun WithAdam(double rate, int steps, CancellationToken cancellation)
    {
        Adam adam = Adam.Of(rate), uncorrected = Adam.Of(rate, biasCorrection: false);
        return new(
            $"Adam at {Figure.Of(rate)}",
            Down(adam, steps, (state, name) => (RateOf(adam, state, name), RateOf(uncorrected, state, name)), cancellation));

        static double RateOf(Adam optimizer, OptimizerState<double> state, string name) =>
            optimizer.Statistics(AdamState<double>.From(state), leaf => leaf.Name == name).EffectiveRateMean;
    }

    private static ImmutableArray<AdaptiveRatePoint> Down(
        Optimizer optimizer, int steps, Func<OptimizerState<double>, string, (double Effective, double? Uncorrected)> rates,
        CancellationToken cancellation)
    {
        return [.. Descent.WithStates(optimizer, Start, (at, _) => GradientAt(at), cancellation).Take(steps + 1).Select(PointOf)];

        AdaptiveRatePoint PointOf((ParameterTree<double> At, OptimizerState<double> State) reached) => new(
            reached.State.Step, LossAt(reached.At), ParameterOf(reached.At, reached.State, Flat), ParameterOf(reached.At, reached.State, Steep));

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

    private static Report ReportOf(AdaptiveRateOptions options, ImmutableArray<AdaptiveRateRun> runs, CancellationToken cancellation)
    {
        AdaptiveRateRun adam = runs[^1];
        ImmutableArray<AdaptiveRateSweep> sweeps = Sweep(options.Steps, cancellation);
        Func<AdaptiveRateRun, double?> chapterLoss = run => options.Steps == ChapterSteps[^1] + 1 ? run.Points[^2].Loss : null;
        double? chapterRate(long step, AdaptedParameter parameter) => step == 0 ? options.AdamRate : parameter.UncorrectedRate;
        return new(
            FindingOf(options, runs, sweeps),
            [
                Table.Of("strategies", $"{options.Steps:N0} updates from (1, 1), where the loss is {Figure.Of(LossAt(Start))}; it is least at (5, 2)", runs)
                    .Text("strategy", run => run.Name)
                    .Number("flat a", run => run.Last.Flat.Value)
                    .Number("steep b", run => run.Last.Steep.Value)
                    .Number("final loss", run => run.Last.Loss)
                    .Flag("diverges", run => run.Diverges, no: "")
                    .Number("rate of a", run => run.Last.Flat.EffectiveRate)
                    .Number("rate of b", run => run.Last.Steep.EffectiveRate)
                    .Number("ratio", run => run.Last.Ratio)
                    .Number("chapter: loss, an update before", chapterLoss),
                Table.Of("adam", $"Adam's effective rates, η = {Figure.Of(options.AdamRate)}", Shown(adam))
                    .Integer("update", shown => shown.Point.Step)
                    .Number("rate of a", shown => shown.Point.Flat.EffectiveRate)
                    .Number("rate of b", shown => shown.Point.Steep.EffectiveRate)
                    .Number("ratio", shown => shown.Point.Ratio)
                    .Integer("chapter: step", shown => shown.ChapterStep)
                    .Number("chapter: rate of a", shown => chapterRate(shown.ChapterStep, shown.Point.Flat))
                    .Number("chapter: rate of b", shown => chapterRate(shown.ChapterStep, shown.Point.Steep))
                    .Number("chapter's/right", shown => chapterRate(shown.ChapterStep, shown.Point.Flat) / shown.Point.Flat.EffectiveRate),
                Table.Of("best", $"The best of {SweptRates} rates from 0.0001 to 10, {options.Steps:N0} updates", sweeps)
                    .Text("optimizer", sweep => sweep.Optimizer)
                    .Number("best rate", sweep => sweep.Best.Rate, 2)
                    .Number("final loss", sweep => sweep.Best.Loss, 2),
            ],
            [Rates(options, adam), Paths(runs), Losses(options, runs, sweeps)]);
    }

    /// <summary>The updates whose rates the chapter shows; it reads those of update k at its step k, and nothing at step 0.</summary>
    private static IEnumerable<(AdaptiveRatePoint Point, long ChapterStep)> Shown(AdaptiveRateRun adam) =>
        from step in ChapterSteps
        where step < adam.Points.Length
        select (adam.Points[Math.Max(step, 1)], (long)step);

    private static string FindingOf(
        AdaptiveRateOptions options, ImmutableArray<AdaptiveRateRun> runs, ImmutableArray<AdaptiveRateSweep> sweeps)
    {
        AdaptiveRateRun adam = runs[^1], best = runs.MinBy(run => run.Diverges ? double.PositiveInfinity : run.Last.Loss)!;
        string[] diverging = [.. runs.Where(run => run.Diverges).Select(run => run.Name)];
        AdaptiveRatePoint first = adam.Points[1];
        string order = best.Diverges ? "no fixed rate ends anywhere" : best == adam ? "no fixed rate ends lower" : $"{best.Name} ends at {Figure.Of(best.Last.Loss, 3)}";
        return $"Adam's first update has the rates {Figure.Of(first.Flat.EffectiveRate!.Value)} and {Figure.Of(first.Steep.EffectiveRate!.Value)}, a ratio of "
            + $"{Figure.Of(first.Ratio!.Value)}; after {options.Steps} updates it is {Figure.Of(adam.Last.Ratio!.Value)}, where a fixed rate has 1. "
            + $"It moves each parameter by at most about η an update, however steep, and ends at a loss of {Figure.Of(adam.Last.Loss, 3)}; {order}"
            + (diverging.Length == 0 ? ". " : $", and {Words.And(diverging)} {(diverging.Length == 1 ? "diverges" : "diverge")}. ")
            + $"The best rates lead {Words.And(sweeps.Select(sweep => $"{sweep.Optimizer} to {Figure.Of(sweep.Best.Loss, 2)}"))}.";
    }

    private static Picture Rates(AdaptiveRateOptions options, AdaptiveRateRun adam)
    {
        AdaptiveRatePoint[] points = [.. adam.Points.Skip(1)];
        double[] updates = [.. points.Select(point => (double)point.Step)];
        return new(
            "rates",
            "Adam's effective rates; broken, as the chapter reads them, of a moment that is too small at first.",
            new Panel(
                $"Effective rates of Adam, η = {Figure.Of(options.AdamRate)}",
                new Axis("update"),
                new Axis("effective rate", IsLog: true),
                Of("flat a", point => point.Flat.EffectiveRate),
                Of("steep b", point => point.Steep.EffectiveRate),
                Of("flat a", point => point.Flat.UncorrectedRate) with { IsDashed = true },
                Of("steep b", point => point.Steep.UncorrectedRate) with { IsDashed = true },
                new Level("η", options.AdamRate)));

        Line Of(string name, Func<AdaptiveRatePoint, double?> rate) => new(name, updates, [.. points.Select(point => rate(point)!.Value)]);
    }

    private static Picture Paths(ImmutableArray<AdaptiveRateRun> runs) => new(
        "paths",
        "The flat parameter, which belongs at 5, and how far the steep one is from where it belongs. A fixed rate that suits the steep one hardly "
        + "moves the flat one; Adam moves both alike.",
        PanelOf(runs, "The flat parameter", new Axis("a", Least: 0.5, Greatest: FlatMinimum + 0.5), point => point.Flat.Value),
        PanelOf(
            runs, "The steep parameter", new Axis("|b − 2|", IsLog: true, Least: 1e-3, Greatest: 10),
            point => Math.Abs(point.Steep.Value - SteepMinimum)));

    private static Picture Losses(AdaptiveRateOptions options, ImmutableArray<AdaptiveRateRun> runs, ImmutableArray<AdaptiveRateSweep> sweeps) => new(
        "losses",
        "Left, the loss along the way; what diverges is cut at the frame. Right, the loss in the end at every rate.",
        PanelOf(runs, "The loss", new Axis("loss", IsLog: true, Least: 1e-2, Greatest: 1e4), point => point.Loss),
        new Panel(
            $"The loss after {options.Steps:N0} updates",
            new Axis("learning rate η", IsLog: true),
            new Axis("loss", IsLog: true, Least: 1e-6, Greatest: 1e4),
            [
                .. sweeps.Select(Mark (sweep) => new Line(
                    sweep.Optimizer, [.. sweep.Losses.Select(at => at.Rate)], [.. sweep.Losses.Select(at => at.Loss)])),
            ]));

    private static Panel PanelOf(ImmutableArray<AdaptiveRateRun> runs, string title, Axis y, Func<AdaptiveRatePoint, double> value) => new(
        title,
        new Axis("updates"),
        y,
        [.. runs.Select(Mark (run, index) => Line.Over(run.Name, [.. run.Points.Select(value)]) with { Width = runs.Length + 1 - index })]);
}
