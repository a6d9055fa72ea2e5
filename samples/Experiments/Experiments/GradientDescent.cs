using System.Collections.Immutable;
using CommandLine;
using Functional.Optim;

namespace Experiments;

/// <summary>The options of <see cref="GradientDescent"/>.</summary>
public sealed record GradientDescentOptions
{
    /// <summary>The learning rates; the critical rate is always added.</summary>
    public ImmutableArray<double> Rates { get; init; } = [0.1, 0.3, 0.45, 0.5, 0.7];

    /// <summary>T, the number of steps.</summary>
    public int Steps { get; init; } = 50;

    /// <summary>The loss below which a run has converged.</summary>
    public double Tolerance { get; init; } = 1e-6;
}

/// <summary>Gradient descent at one rate.</summary>
/// <param name="Rate">η.</param>
/// <param name="ConvergedAt">
/// The first step after which the loss is below the tolerance; null where there is none.
/// </param>
/// <param name="LossThen">The loss after that step.</param>
/// <param name="FittedRatio">
/// The ratio of a loss to the one before, by least squares through the logarithms of the losses before convergence.
/// </param>
/// <param name="LateRatio">The same over the last steps.</param>
/// <param name="TheoreticalRatio">The limit of the ratio.</param>
/// <param name="MaxOverBound">The maximum of loss divided by bound over all steps.</param>
/// <param name="BoundApplies">Whether η ≤ 1/L.</param>
/// <param name="Losses">The loss after 0, 1, 2, … T steps.</param>
public sealed record GradientDescentRow(
    double Rate, long? ConvergedAt, double? LossThen, double FittedRatio, double LateRatio, double TheoreticalRatio,
    double MaxOverBound, bool BoundApplies, ImmutableArray<double> Losses)
{
    /// <summary>A ratio this near to 1 counts as 1.</summary>
    private const double Near = 1e-11;

    /// <summary>The loss after the last step.</summary>
    public double FinalLoss => Losses[^1];

    /// <summary>Whether the loss grows without limit.</summary>
    public bool Diverges => LateRatio > 1 + Near || !double.IsFinite(FinalLoss);

    /// <summary>Whether the loss neither falls nor grows at the end.</summary>
    public bool Stalls => !Diverges && LateRatio >= 1 - Near;
}

/// <summary>Gradient descent on a quadratic, at learning rates below and above the critical one.</summary>
public static class GradientDescent
{
    private const int Fitted = 20;

    /// <summary>The rate above which gradient descent on the quadratic diverges.</summary>
    public static double CriticalRate { get; } = 2 / Surface.MaxCurvature;

    /// <summary>The experiment.</summary>
    public static Experiment Experiment { get; } = Experiments.Experiment.Of<GradientDescentOptions>(
            "gradient-descent", "The learning rates at which gradient descent converges and diverges", "4.1",
            "The learning rate decides between convergence and divergence. On a quadratic each step multiplies "
            + "the loss by about max|1 − η·λ|², so it converges below the critical rate 2/L and diverges above "
            + "it; L is the maximum curvature.",
            "The matrix [[4, 1], [1, 2]] has the eigenvalues 3 ± √2, so its condition number is 2.78, not 3.",
            "The rates 0.5 and 0.7 are above 2/L = 0.4531 and diverge; \"not converged "
            + "within 50 steps\" does not say so.",
            "The source text's convergence rate is the slope between two points; here it is a "
            + "least-squares fit, beside the theory.",
            "The source text prints the loss before the last step, not after it: at rate 0.1 that is 8.92e-7 after 29 "
            + "steps, while the 30 it makes lead to 6.31e-7.",
            "The bound |θ₀ − θ*|² / (2·η·T) needs a convex loss and η ≤ 1/L = 0.2265; the source text does not say so.")
        .Reals("rates", "Learning rates; the critical one is always added", Bounds.Positive,
            of => of.Rates, (of, rates) => of with { Rates = rates })
        .Integer("steps", "Number of steps", 2, 100_000, of => of.Steps, (of, steps) => of with { Steps = steps })
        .Real("tolerance", "Loss below which a run has converged", Bounds.Positive,
            of => of.Tolerance, (of, tolerance) => of with { Tolerance = tolerance })
        .Running((options, _, _, cancellation) => ReportOf(options, Run(options, cancellation)));

    /// <summary>Gradient descent at each learning rate, in ascending order.</summary>
    public static ImmutableArray<GradientDescentRow> Run(
        GradientDescentOptions options, CancellationToken cancellation = default) =>
        [.. options.Rates.Append(CriticalRate).Distinct().Order().Select(rate => At(rate, options, cancellation))];

    private static GradientDescentRow At(double rate, GradientDescentOptions options, CancellationToken cancellation)
    {
        ParameterTree<double> start = Surface.Point(2, 1);
        ImmutableArray<double> losses =
        [
            .. Descent.From(Sgd.Of(rate), start, Surface.Quadratic.GradientAt, cancellation)
                .Take(options.Steps + 1).Select(Surface.Quadratic.At),
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
            rate <= 1 / Surface.MaxCurvature,
            losses);
    }

    /// <summary>max|1 − η·λ|² over the two eigenvalues: the limit of the ratio of a loss to the one before.</summary>
    private static double TheoreticalRatio(double rate) =>
        Math.Pow(Math.Max(Math.Abs(1 - (rate * Surface.MaxCurvature)), Math.Abs(1 - (rate * Surface.MinCurvature))), 2);

    /// <summary>exp(slope) of the line through the logarithms of the last losses that have one.</summary>
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
        Func<GradientDescentRow, (string Verdict, double Loss, double? Ratio)?> sourceText = SourceTextFor(options);
        return new(
            FindingOf(rows),
            [
                Table.Of("rates", $"Gradient descent on ½·θᵀ[[4, 1], [1, 2]]θ from (2, 1), {options.Steps} steps", rows)
                    .Number("rate η", row => row.Rate)
                    .Text("converged", row =>
                        row.ConvergedAt is { } step ? $"step {step}"
                        : row.Diverges ? "diverges"
                        : row.Stalls ? "stalls"
                        : $"not in {options.Steps} steps")
                    .Number("loss there", row => row.LossThen, 3)
                    .Number("final loss", row => row.FinalLoss, 3)
                    .Number("loss ratio until there", row => row.FittedRatio)
                    .Number("loss ratio at the end", row => row.LateRatio)
                    .Number("in theory", row => row.TheoreticalRatio)
                    .Number("maximum of loss/bound", row => row.MaxOverBound, 3)
                    .Flag("η ≤ 1/L", row => row.BoundApplies)
                    .Text("source text", row => sourceText(row)?.Verdict)
                    .Number("source text: loss", row => sourceText(row)?.Loss, 3)
                    .Number("source text: ratio", row => sourceText(row)?.Ratio),
            ],
            [LossPicture(options, rows), RatioPicture(rows)]);
    }

    private static string FindingOf(ImmutableArray<GradientDescentRow> rows)
    {
        GradientDescentRow[] above = [.. rows.Where(row => row.Rate > CriticalRate)],
            diverging = [.. rows.Where(row => row.Diverges)];
        GradientDescentRow[] safe = [.. rows.Where(row => row.BoundApplies)];
        // A loss that neither falls nor grows exceeds the bound by any factor after enough steps.
        GradientDescentRow? worst =
            rows.Where(row => !row.Diverges && !row.Stalls && row.MaxOverBound > 1).MaxBy(row => row.MaxOverBound);
        string critical = $"the critical {Figure.Of(CriticalRate)}",
            rates = Words.And(above.Select(row => Figure.Of(row.Rate)));
        string losses = $"a loss of {Words.And(diverging.Select(row => Figure.Of(row.FinalLoss, 3)))}";
        string split = above.Length == 0 ? $"No rate is above {critical}, and none diverges"
            : !above.SequenceEqual(diverging)
                ? $"Above {critical}, where the loss grows in the end, are {rates}; the steps are too few to show it"
            : above.Length == 1 ? $"The rate {rates} is above {critical} and diverges, to {losses}; no other rate does"
            : $"The rates {rates} are above {critical} and diverge, to {losses}; no other rate does";
        double error = rows.Max(row => Math.Abs((row.LateRatio / row.TheoreticalRatio) - 1));
        bool isBounded = safe.All(row => row.MaxOverBound <= 1);
        string exceeded = worst is null ? ""
            : $"is exceeded {Figure.Of(worst.MaxOverBound, 3)} times over at η = "
                + $"{Figure.Of(worst.Rate)}, without divergence";
        string[] bounds =
        [
            .. safe.Length == 0 ? [] : (string[])[$"{(isBounded ? "holds" : "fails even")} where η ≤ 1/L"],
            .. worst is null ? [] : (string[])[exceeded],
        ];
        string agrees = error < 1e-4 ? "is, to four digits," : $"is within {Figure.Of(100 * error, 2)} % of";
        return $"{split}. At the end the ratio of a loss to the one before {agrees} max|1 − η·λ|²."
            + (bounds.Length == 0 ? "" : $" The bound {string.Join(", and ", bounds)}.");
    }

    private static Picture LossPicture(GradientDescentOptions options, ImmutableArray<GradientDescentRow> rows) => new(
        "loss",
        "The loss at each learning rate; it is cut at the frame where it diverges. The dashed line is the tolerance of "
        + $"{Figure.Of(options.Tolerance)}.",
        new Panel(
            "Gradient descent on a quadratic",
            new Axis("steps"),
            new Axis("loss", IsLog: true, Min: options.Tolerance * 1e-3, Max: 1e5),
            [
                .. rows.Select(Mark (row) => Line.Over(NameOf(row), row.Losses)),
                new HorizontalLine(null, options.Tolerance),
            ]));

    private static Picture RatioPicture(ImmutableArray<GradientDescentRow> rows)
    {
        double[] rates =
        [
            .. Enumerable.Range(1, 400).Select(index => index * Math.Max(0.8, 1.1 * rows[^1].Rate) / 400),
        ];
        return new(
            "ratio",
            "The factor of the loss in a step: above 1 it grows. The fastest rate has the "
            + "same factor for both curvatures.",
            new Panel(
                "The factor of the loss in a step",
                new Axis("learning rate η"),
                new Axis("loss after a step / loss before it", Min: 0, Max: 5),
                new Line("max|1 − η·λ|²", rates, [.. rates.Select(TheoreticalRatio)]),
                new Points("fitted to the last losses", [.. rows.Select(row => row.Rate)],
                    [.. rows.Select(row => row.LateRatio)]),
                new HorizontalLine(null, 1),
                new VerticalLine("2/L", CriticalRate),
                new VerticalLine("1/L", 1 / Surface.MaxCurvature)));
    }

    private static string NameOf(GradientDescentRow row) =>
        row.Rate == CriticalRate ? $"η = 2/L = {Figure.Of(row.Rate)}" : $"η = {Figure.Of(row.Rate)}";

    /// <summary>What the source text's code prints, for its own settings.</summary>
    private static Func<GradientDescentRow, (string Verdict, double Loss, double? Ratio)?> SourceTextFor(
        GradientDescentOptions options) => row =>
        (options.Steps, options.Tolerance, row.Rate) switch
        {
            (50, 1e-6, 0.1) => ("step 29", 8.92e-7, 0.7027),
            (50, 1e-6, 0.3) => ("step 8", 8.13e-7, null),
            (50, 1e-6, 0.5) => ("not in 50 steps", 1.13e9, 1.4571),
            (50, 1e-6, 0.7) => ("not in 50 steps", 2.59e32, 4.3679),
            _ => null,
        };
}
