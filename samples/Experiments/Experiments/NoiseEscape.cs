using System.Collections.Immutable;
using Functional.Optim;

namespace Experiments;

/// <summary>The options of <see cref="NoiseEscape"/>.</summary>
public sealed record NoiseEscapeOptions
{
    /// <summary>The standard deviations of the noise on the gradient; 0 is always added.</summary>
    public ImmutableArray<double> Levels { get; init; } = [0.1, 0.5, 1, 2, 3, 4, 5, 6, 8, 10];

    /// <summary>Number of runs at each level.</summary>
    public int Runs { get; init; } = 5000;

    /// <summary>η.</summary>
    public double Rate { get; init; } = 0.01;

    /// <summary>Number of steps in a run.</summary>
    public int Steps { get; init; } = 100;
}

/// <summary>Many runs at one level of noise.</summary>
/// <param name="Level">The standard deviation of the noise.</param>
/// <param name="Left">The share of the runs that were outside the basin of the start at some step.</param>
/// <param name="Ended">The share of the runs that ended outside it.</param>
/// <param name="Deepest">The share of the runs that ended in the deepest basin.</param>
/// <param name="MeanLoss">The mean loss at the end.</param>
/// <param name="MeanFloor">
/// The mean loss at the bottom of the basin where each run ended, which it would reach without further noise.
/// </param>
/// <param name="Ends">The places where the runs ended.</param>
public sealed record NoiseEscapeRow(
    double Level, double Left, double Ended, double Deepest, double MeanLoss, double MeanFloor,
    ImmutableArray<double> Ends)
{
    /// <summary>The standard error of <see cref="Left"/>.</summary>
    public double LeftError => Math.Sqrt(Left * (1 - Left) / Ends.Length);
}

/// <summary>A basin of the loss: from one maximum to the next.</summary>
/// <param name="From">The maximum at the left.</param>
/// <param name="Bottom">The minimum.</param>
/// <param name="To">The maximum at the right.</param>
public readonly record struct Basin(double From, double Bottom, double To)
{
    /// <summary>Whether a place is in the basin.</summary>
    public bool Contains(double x) => x >= From && x < To;
}

/// <summary>
/// Gradient descent with noise on a loss with many basins: how often it leaves the basin where it starts.
/// </summary>
public static class NoiseEscape
{
    // Beyond this the slope of ½·x² is larger than that of the waves, so there are no more extrema.
    private const double Outermost = 2;
    private const double Start = 0.5, ScanStep = 1e-3, MaxLevel = 1e6;
    private const double SourceTextRate = 0.01;
    private const int SourceTextSteps = 100;

    /// <summary>The basins, from the left; the outermost have no maximum outside.</summary>
    public static ImmutableArray<Basin> Basins { get; } = [.. FindBasins()];

    /// <summary>The basin where the runs start.</summary>
    public static Basin StartBasin { get; } = BasinOf(Start);

    /// <summary>The basin with the minimum of the loss.</summary>
    public static Basin DeepestBasin { get; } = Basins.MinBy(basin => LossAt(basin.Bottom));

    /// <summary>The experiment.</summary>
    public static Experiment Experiment { get; } = Experiments.Experiment.Of<NoiseEscapeOptions>(
            "noise-escape", "How much noise leads out of a local minimum", "4.1",
            "The loss ½x² + 0.1·sin 10x + 0.05·cos 20x has many basins, and plain gradient descent stays in the one "
            + "where it starts. Noise on the gradient can carry it over the barrier, if there is enough of it: the "
            + "barrier is measured in units of η·s²/2, the temperature of a random walk with steps of deviation η·s.",
            "With the source text's noise of deviation 0.1 no run leaves the basin, so many runs do not \"show the "
            + "advantage\". With a deviation of 5 four of five runs leave it, and the mean loss gets worse: noise "
            + "finds other basins and does not stay in them.")
        .Reals("levels", "Standard deviations of the noise; 0 is always added", Bounds.NotNegative,
            of => of.Levels, (of, levels) => of with { Levels = levels })
        .Integer("runs", "Number of runs at each level", 2, 1_000_000,
            of => of.Runs, (of, runs) => of with { Runs = runs })
        .Real("rate", "Learning rate", Bounds.Positive, of => of.Rate, (of, rate) => of with { Rate = rate })
        .Integer("steps", "Number of steps in a run", 1, 100_000,
            of => of.Steps, (of, steps) => of with { Steps = steps })
        .Checked((options, errors) => errors.Require(
            options.Levels.Max() <= MaxLevel, "--levels", Figure.Of(options.Levels.Max()),
            $"up to {Figure.Of(MaxLevel)}"))
        .Running((options, seed, progress, cancellation) =>
            ReportOf(options, Run(options, seed, progress, cancellation)));

    /// <summary>½·x² + 0.1·sin 10x + 0.05·cos 20x.</summary>
    public static double LossAt(double x) => (0.5 * x * x) + (0.1 * Math.Sin(10 * x)) + (0.05 * Math.Cos(20 * x));

    /// <summary>Its derivative.</summary>
    public static double SlopeAt(double x) => x + Math.Cos(10 * x) - Math.Sin(20 * x);

    /// <summary>
    /// All runs at every level, the levels ascending. The noise of a run differs between levels only by a factor.
    /// </summary>
    /// <param name="options">The options.</param>
    /// <param name="seed">The seed of the noise.</param>
    /// <param name="progress">Receives the finished share.</param>
    /// <param name="cancellation">Stops the run.</param>
    public static ImmutableArray<NoiseEscapeRow> Run(
        NoiseEscapeOptions options, ulong seed, IProgress<double> progress, CancellationToken cancellation)
    {
        double[] levels = [.. options.Levels.Append(0).Distinct().Order()];
        return
        [
            .. levels.Select((level, index) =>
                At(level, options, seed, share => progress.Report((index + share) / levels.Length), cancellation)),
        ];
    }

    /// <summary>All runs at one level. Each element of one leaf is a run with its own noise.</summary>
    private static NoiseEscapeRow At(
        double level, NoiseEscapeOptions options, ulong seed, Action<double> report, CancellationToken cancellation)
    {
        Optimizer noisy = Noise.Of(level * level, seed, decay: 0).Then(LearningRate.Of(options.Rate));
        ParameterTree<double> start =
            ParameterTree.Of(Leaf.Of("x", [options.Runs], Enumerable.Repeat(Start, options.Runs).ToArray()));
        bool[] left = new bool[options.Runs];
        ReadOnlySpan<double> ends = default;
        int step = 0;
        foreach (ParameterTree<double> at in Descent.From(noisy, start, GradientAt, cancellation)
            .Take(options.Steps + 1))
        {
            report((double)step++ / options.Steps);
            ends = at.AsSpan("x");
            for (int run = 0; run < ends.Length; run++) left[run] |= !StartBasin.Contains(ends[run]);
        }

        ImmutableArray<double> reached = [.. ends];
        Basin[] basins = [.. reached.Select(BasinOf)];
        return new(
            level,
            left.Count(run => run) / (double)options.Runs,
            basins.Count(basin => basin != StartBasin) / (double)options.Runs,
            basins.Count(basin => basin == DeepestBasin) / (double)options.Runs,
            reached.Average(LossAt),
            basins.Average(basin => LossAt(basin.Bottom)),
            reached);
    }

    private static ParameterTree<double> GradientAt(ParameterTree<double> at)
    {
        TreeBuffer<double> gradients = at.Layout.Rent<double>();
        ReadOnlySpan<double> places = at.AsSpan("x");
        Span<double> slopes = gradients.AsSpan("x");
        for (int run = 0; run < places.Length; run++) slopes[run] = SlopeAt(places[run]);
        return gradients.ToTree();
    }

    private static Basin BasinOf(double x) =>
        Basins.First(basin => basin.Contains(x) || basin.To == double.PositiveInfinity);

    private static IEnumerable<Basin> FindBasins()
    {
        double from = double.NegativeInfinity, bottom = double.NaN;
        for (double x = -Outermost; x < Outermost; x += ScanStep)
        {
            (bool fallsHere, bool fallsThere) = (SlopeAt(x) < 0, SlopeAt(x + ScanStep) < 0);
            if (fallsHere == fallsThere) continue;
            double extremum = RootBetween(x, x + ScanStep);
            if (fallsHere)
            {
                bottom = extremum;
                continue;
            }

            yield return new(from, bottom, extremum);
            from = extremum;
        }

        yield return new(from, bottom, double.PositiveInfinity);
    }

    /// <summary>The place where the slope changes its sign, by bisection down to neighbouring numbers.</summary>
    private static double RootBetween(double left, double right)
    {
        bool falls = SlopeAt(left) < 0;
        for (double middle = (left + right) / 2; middle > left && middle < right; middle = (left + right) / 2)
        {
            if (SlopeAt(middle) < 0 == falls) left = middle;
            else right = middle;
        }

        return left;
    }

    /// <summary>
    /// The barrier: the minimum rise of the loss on the way out of the basin of the start, in units of η·s²/2.
    /// </summary>
    private static double BarrierOf(double level, NoiseEscapeOptions options) =>
        (Math.Min(LossAt(StartBasin.From), LossAt(StartBasin.To)) - LossAt(StartBasin.Bottom))
            / (options.Rate * level * level / 2);

    private static Report ReportOf(NoiseEscapeOptions options, ImmutableArray<NoiseEscapeRow> rows) => new(
        FindingOf(rows),
        [
            Table.Of("levels", $"{options.Runs:N0} runs of {options.Steps:N0} steps from x = {Figure.Of(Start)} at "
                + "each level of noise", rows)
                .Number("noise deviation s", row => row.Level)
                .Number("barrier/(η·s²/2)", row => row.Level == 0 ? null : BarrierOf(row.Level, options), 3,
                    missing: "∞")
                .Number("left the basin (%)", row => 100 * row.Left, 3)
                .Number("standard error (%)", row => 100 * row.LeftError, 2)
                .Number("ended outside (%)", row => 100 * row.Ended, 3)
                .Number("ended in the deepest basin (%)", row => 100 * row.Deepest, 3)
                .Number("mean loss", row => row.MeanLoss)
                .Number("mean loss at the bottom", row => row.MeanFloor)
                .Text("source text", row => (row.Level, options.Rate, options.Steps) switch
                {
                    (0, SourceTextRate, SourceTextSteps) => "ends at x = 0.4559, loss -0.0426",
                    (0.1, SourceTextRate, SourceTextSteps) => "\"many runs will show the advantage\"",
                    _ => null,
                }),
        ],
        [AgainstLevel(rows), WhereTheyEnd(rows)]);

    private static string FindingOf(ImmutableArray<NoiseEscapeRow> rows)
    {
        NoiseEscapeRow plain = rows[0];
        NoiseEscapeRow[] captive = [.. rows.TakeWhile(row => row.Left == 0)],
            escaping = [.. rows.Skip(1).Where(row => row.Left > 0)];
        string kept = captive.Length == 0
            ? "Without noise too the runs leave the basin."
            : $"Up to a noise of deviation {Figure.Of(captive[^1].Level)} no run leaves the basin.";
        if (escaping.Length == 0) return kept;
        NoiseEscapeRow best = escaping.MinBy(row => row.MeanFloor)!;
        string settled = best.MeanFloor < plain.MeanFloor
            ? "The loss is lower only when the noise ends and each run goes down to the bottom of its basin, to "
                + $"{Figure.Of(best.MeanFloor)} in the mean."
            : "It is not lower either when the noise ends and each run goes down to the bottom of its basin.";
        return $"{kept} With {Figure.Of(best.Level)}, {Figure.Of(100 * best.Left, 3)} % leave it, and the mean loss "
            + $"goes from the {Figure.Of(plain.MeanLoss)} of plain descent to {Figure.Of(best.MeanLoss)}. {settled}";
    }

    private static Picture AgainstLevel(ImmutableArray<NoiseEscapeRow> rows)
    {
        double[] levels = [.. rows.Select(row => row.Level)];
        return new(
            "levels",
            "Left: how many runs leave the basin and where they end. Right: the mean loss while the "
            + "noise goes on, and after it ended.",
            new Panel(
                "Escape from the basin of the start",
                new Axis("standard deviation of the noise"),
                new Axis("share of the runs", Min: 0, Max: 1.03),
                new Line("left the basin", levels, [.. rows.Select(row => row.Left)]) { HasDots = true },
                new Line("ended outside", levels, [.. rows.Select(row => row.Ended)]) { HasDots = true },
                new Line("ended in the deepest basin", levels,
                    [.. rows.Select(row => row.Deepest)]) { HasDots = true }),
            new Panel(
                "The mean loss",
                new Axis("standard deviation of the noise"),
                new Axis("mean loss"),
                new Line("at the end", levels, [.. rows.Select(row => row.MeanLoss)]) { HasDots = true },
                new Line("at the bottom of the basin reached", levels,
                    [.. rows.Select(row => row.MeanFloor)]) { HasDots = true },
                new HorizontalLine(null, rows[0].MeanLoss)));
    }

    private static Picture WhereTheyEnd(ImmutableArray<NoiseEscapeRow> rows)
    {
        const double Min = -1.5, Max = 1.5, Width = 0.05;
        const int Bins = (int)((Max - Min) / Width);
        double[] places = [.. Enumerable.Range(0, 601).Select(index => Min + (index * (Max - Min) / 600))];
        double[] middles = [.. Enumerable.Range(0, Bins).Select(bin => Min + ((bin + 0.5) * Width))];
        NoiseEscapeRow[] shown =
        [
            .. ((double[])[0.4, 0.7, 1]).Select(share => rows[(int)Math.Round(share * (rows.Length - 1))]).Distinct(),
        ];
        return new(
            "ends",
            "The loss, the start (star) between the barriers of its basin, and where the runs end.",
            new Panel(
                "The loss",
                new Axis("x", Min: Min, Max: Max),
                new Axis("loss"),
                new Line("loss", places, [.. places.Select(LossAt)]),
                new Points(null, [Start], [LossAt(Start)]) { AreStars = true },
                new VerticalLine("barrier", StartBasin.From),
                new VerticalLine("barrier", StartBasin.To)),
            new Panel(
                $"Where the runs end, in bins of width {Figure.Of(Width)}",
                new Axis("x", Min: Min, Max: Max),
                new Axis("share of the runs", Min: 0),
                [
                    .. shown.Select(Mark (row) => new Line(
                        $"noise {Figure.Of(row.Level)}", middles,
                        [
                            .. middles.Select(middle =>
                                row.Ends.Count(end => Math.Abs(end - middle) <= Width / 2) / (double)row.Ends.Length),
                        ])),
                    new VerticalLine("barrier", StartBasin.From),
                    new VerticalLine("barrier", StartBasin.To),
                ]));
    }
}
