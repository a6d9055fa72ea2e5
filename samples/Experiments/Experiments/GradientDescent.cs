using System.Collections.Immutable;
using CommandLine;
using Functional.Optim;

namespace Experiments;

/// <summary>What can be varied in <see cref="GradientDescent"/>.</summary>
public sealed record GradientDescentOptions
{
    /// <summary>The rates to try; the critical rate is always among them.</summary>
    public ImmutableArray<double> Rates { get; init; } = [0.1, 0.3, 0.45, 0.5, 0.7];

    /// <summary>T.</summary>
    public int Steps { get; init; } = 50;

    /// <summary>The loss below which it has converged.</summary>
    public double Tolerance { get; init; } = 1e-6;
}

/// <summary>Gradient descent at one rate.</summary>
/// <param name="Rate">η.</param>
/// <param name="ConvergedAt">After how many updates the loss is first below the tolerance.</param>
/// <param name="LossThen">The loss after as many.</param>
/// <param name="FittedRatio">The ratio of a loss to the one before, by least squares through the logarithms before convergence.</param>
/// <param name="LateRatio">The same before the last update.</param>
/// <param name="TheoreticalRatio">What it tends to.</param>
/// <param name="MaxOverBound">The most that the loss is of the bound, over all steps.</param>
/// <param name="BoundApplies">Whether η ≤ 1/L.</param>
/// <param name="Losses">The loss after 0, 1, 2, … T updates.</param>
public sealed record GradientDescentRow(
    double Rate, long? ConvergedAt, double? LossThen, double FittedRatio, double LateRatio, double TheoreticalRatio,
    double MaxOverBound, bool BoundApplies, ImmutableArray<double> Losses)
{
    /// <summary>Where a ratio is taken for 1.</summary>
    private const double Near = 1e-11;

    /// <summary>The loss after the last update.</summary>
    public double FinalLoss => Losses[^1];

    /// <summary>Whether the loss grows without end.</summary>
    public bool Diverges => LateRatio > 1 + Near || !double.IsFinite(FinalLoss);

    /// <summary>Whether the loss neither falls nor grows in the end.</summary>
    public bool Stalls => !Diverges && LateRatio >= 1 - Near;
}

/// <summary>Gradient descent on a quadratic, at rates on both sides of the critical one.</summary>
public static class GradientDescent
{
    private const int Fitted = 20;

    /// <summary>The rate above which gradient descent on the quadratic diverges.</summary>
    public static double CriticalRate { get; } = 2 / Surface.GreaterCurvature;

    /// <summary>The experiment.</summary>
    public static Experiment Experiment { get; } = Experiments.Experiment.Of<GradientDescentOptions>(
            "gradient-descent", "The learning rates at which gradient descent converges and diverges", "4.1",
            "The learning rate decides between convergence and divergence: on a quadratic the loss shrinks by max|1 − η·λ|² a step, "
            + "so it converges below the critical rate 2/L and diverges above, L being the greatest curvature.",
            "The matrix [[4, 1], [1, 2]] has the eigenvalues 3 ± √2, so its condition number is 2.78, not 3.",
            "The rates 0.5 and 0.7 are above 2/L = 0.4531 and diverge; \"not converged within 50 steps\" is the wrong word.",
            "The chapter's convergence rate is the slope between two end points; here it is a least-squares fit, beside the theory.",
            "The chapter prints the loss before the last update, not after it: at rate 0.1 that is 8.92e-7 after 29 updates, while the "
            + "30 it makes lead to 6.31e-7.",
            "The bound |θ₀ − θ*|² / (2·η·T) needs a convex loss and η ≤ 1/L = 0.2265; the chapter says neither.")
        .Reals("rates", "The learning rates; the critical one is added", Bounds.Positive,
            of => of.Rates, (of, rates) => of with { Rates = rates })
        .Integer("steps", "Updates at each rate", 2, 100_000, of => of.Steps, (of, steps) => of with { Steps = steps })
        .Real("tolerance", "The loss below which it has converged", Bounds.Positive,
            of => of.Tolerance, (of, tolerance) => of with { Tolerance = tolerance })
        .Running((options, _, _, cancellation) => ReportOf(options, Run(options, cancellation)));

    /// <summary>Gradient descent at each rate, the rates ascending.</summary>
    public static ImmutableArray<GradientDescentRow> Run(GradientDescentOptions options, CancellationToken cancellation = default) =>
        [.. options.Rates.Append(CriticalRate).Distinct().Order().Select(rate => At(rate, options, cancellation))];

    private static GradientDescentRow At(double rate, GradientDescentOptions options, CancellationToken cancellation)
    {
        ParameterTree<double> start = Surface.Point(2, 1);
        ImmutableArray<double> losses =
        [
            .. Descent.From(Sgd.Of(rate), start, Surface.Quadratic.GradientAt, cancellation).Take(options.Steps + 1).Select(Surface.Quadratic.At),
        ];
        int converged = losses.ToList().FindIndex(loss => loss < options.Tolerance);
        double distance = start.GlobalNorm() * start.GlobalNorm();
        return new(
            rate,
            converged < 0 ? null : converged,
            converged < 0 ? null : losses[converged],
            Ratio(converged < 0 ? losses : losses.Take(converged + 1)),
            Ratio(losses),
            TheoreticalRatio(rate),
            Enumerable.Range(1, options.Steps).Max(steps => losses[steps] / (distance / (2 * rate * steps))),
            rate <= 1 / Surface.GreaterCurvature,
            losses);
    }

    /// <summary>max|1 − η·λ|² over the two eigenvalues: what the ratio of a loss to the one before tends to.</summary>
    private static double TheoreticalRatio(double rate) =>
        Math.Pow(Math.Max(Math.Abs(1 - (rate * Surface.GreaterCurvature)), Math.Abs(1 - (rate * Surface.LesserCurvature))), 2);

    /// <summary>e to the slope of the line through the logarithms of the last losses that have one.</summary>
    private static double Ratio(IEnumerable<double> losses)
    {
        double[] logarithms = [.. losses.Select(loss => Math.Log(loss)).Where(double.IsFinite).TakeLast(Fitted)];
        double middle = (logarithms.Length - 1) / 2.0;
        return Math.Exp(
            logarithms.Select((value, step) => (step - middle) * value).Sum()
            / logarithms.Select((_, step) => (step - middle) * (step - middle)).Sum());
    }

    private static Report ReportOf(GradientDescentOptions options, ImmutableArray<GradientDescentRow> rows)
    {
        Func<GradientDescentRow, (string Verdict, double Loss, double? Ratio)?> chapter = ChapterFor(options);
        return new(
            FindingOf(rows),
            [
                Table.Of("rates", $"Gradient descent on ½·θᵀ[[4, 1], [1, 2]]θ from (2, 1), {options.Steps} updates", rows)
                    .Number("rate η", row => row.Rate)
                    .Text("converged", row =>
                        row.ConvergedAt is { } step ? $"step {step}" : row.Diverges ? "diverges" : row.Stalls ? "stalls" : $"not in {options.Steps} steps")
                    .Number("loss then", row => row.LossThen, 3)
                    .Number("final loss", row => row.FinalLoss, 3)
                    .Number("loss ratio to there", row => row.FittedRatio)
                    .Number("loss ratio at the end", row => row.LateRatio)
                    .Number("in theory", row => row.TheoreticalRatio)
                    .Number("most of the bound", row => row.MaxOverBound, 3)
                    .Flag("η ≤ 1/L", row => row.BoundApplies)
                    .Text("chapter", row => chapter(row)?.Verdict)
                    .Number("chapter: loss", row => chapter(row)?.Loss, 3)
                    .Number("chapter: ratio", row => chapter(row)?.Ratio),
            ],
            [LossPicture(options, rows), RatioPicture(rows)]);
    }

    private static string FindingOf(ImmutableArray<GradientDescentRow> rows)
    {
        GradientDescentRow[] above = [.. rows.Where(row => row.Rate > CriticalRate)], diverging = [.. rows.Where(row => row.Diverges)];
        GradientDescentRow[] safe = [.. rows.Where(row => row.BoundApplies)];
        // A loss that neither falls nor grows exceeds the bound by any factor in the end.
        GradientDescentRow? worst = rows.Where(row => !row.Diverges && !row.Stalls && row.MaxOverBound > 1).MaxBy(row => row.MaxOverBound);
        string critical = $"the critical {Figure.Of(CriticalRate)}", rates = Words.And(above.Select(row => Figure.Of(row.Rate)));
        string losses = $"a loss of {Words.And(diverging.Select(row => Figure.Of(row.FinalLoss, 3)))}";
        string split = above.Length == 0 ? $"No rate is above {critical}, and none diverges"
            : !above.SequenceEqual(diverging) ? $"Above {critical}, where the loss grows in the end, are {rates}; these steps are too few to show it"
            : above.Length == 1 ? $"The rate {rates} is above {critical} and diverges, to {losses}; no other does"
            : $"The rates {rates} are above {critical} and diverge, to {losses}; no other does";
        double error = rows.Max(row => Math.Abs((row.LateRatio / row.TheoreticalRatio) - 1));
        string[] bounds =
        [
            .. safe.Length == 0 ? [] : (string[])[safe.All(row => row.MaxOverBound <= 1) ? "holds where η ≤ 1/L" : "fails even where η ≤ 1/L"],
            .. worst is null ? [] : (string[])[$"is exceeded {Figure.Of(worst.MaxOverBound, 3)} times over at η = {Figure.Of(worst.Rate)}, without divergence"],
        ];
        string agrees = error < 1e-4 ? "is, to four digits," : $"is within {Figure.Of(100 * error, 2)} % of";
        return $"{split}. In the end the ratio of one loss to the one before {agrees} max|1 − η·λ|²."
            + (bounds.Length == 0 ? "" : $" The bound {string.Join(", and ", bounds)}.");
    }

    private static Picture LossPicture(GradientDescentOptions options, ImmutableArray<GradientDescentRow> rows) => new(
        "loss",
        $"The loss at each rate; what diverges is cut at the frame. The dashed line is the tolerance of {Figure.Of(options.Tolerance)}.",
        new Panel(
            "Gradient descent on a quadratic",
            new Axis("updates"),
            new Axis("loss", IsLog: true, Least: options.Tolerance * 1e-3, Greatest: 1e5),
            [
                .. rows.Select(Mark (row) => Line.Over(NameOf(row), row.Losses)),
                new Level(null, options.Tolerance),
            ]));

    private static Picture RatioPicture(ImmutableArray<GradientDescentRow> rows)
    {
        double[] rates = [.. Enumerable.Range(1, 400).Select(index => index * Math.Max(0.8, 1.1 * rows[^1].Rate) / 400)];
        return new(
            "ratio",
            "By how much a step multiplies the loss: above 1 it grows. The rate that is fastest balances the two curvatures.",
            new Panel(
                "What a step does to the loss",
                new Axis("learning rate η"),
                new Axis("loss after a step / loss before it", Least: 0, Greatest: 5),
                new Line("max|1 − η·λ|²", rates, [.. rates.Select(TheoreticalRatio)]),
                new Points("fitted to the last losses", [.. rows.Select(row => row.Rate)], [.. rows.Select(row => row.LateRatio)]),
                new Level(null, 1),
                new Upright("2/L", CriticalRate),
                new Upright("1/L", 1 / Surface.GreaterCurvature)));
    }

    private static string NameOf(GradientDescentRow row) =>
        row.Rate == CriticalRate ? $"η = 2/L = {Figure.Of(row.Rate)}" : $"η = {Figure.Of(row.Rate)}";

    /// <summary>What the chapter's code prints, where its settings are used.</summary>
    private static Func<GradientDescentRow, (string Verdict, double Loss, double? Ratio)?> ChapterFor(GradientDescentOptions options) => row =>
        (options.Steps, options.Tolerance, row.Rate) switch
        {
            (50, 1e-6, 0.1) => ("step 29", 8.92e-7, 0.7027),
            (50, 1e-6, 0.3) => ("step 8", 8.13e-7, null),
            (50, 1e-6, 0.5) => ("not in 50 steps", 1.13e9, 1.4571),
            (50, 1e-6, 0.7) => ("not in 50 steps", 2.59e32, 4.3679),
            _ => null,
        };
}
