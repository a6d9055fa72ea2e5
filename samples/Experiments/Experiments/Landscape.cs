using System.Collections.Immutable;
using CommandLine;
using Functional.Optim;

namespace Experiments;

/// <summary>The options of <see cref="Landscape"/>.</summary>
public sealed record LandscapeOptions
{
    /// <summary>Number of steps in a run.</summary>
    public int Steps { get; init; } = 3000;

    /// <summary>μ of momentum and Nesterov.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>λ of AdamW.</summary>
    public double WeightDecay { get; init; } = 0.1;

    /// <summary>The factor of every learning rate.</summary>
    public double Scale { get; init; } = 1;
}

/// <summary>One optimizer on one surface.</summary>
/// <param name="Surface">The surface.</param>
/// <param name="Optimizer">The name of the optimizer.</param>
/// <param name="Rate">η.</param>
/// <param name="ArrivedAt">The first step after which it is within 0.01 of a minimum.</param>
/// <param name="Nearest">The minimum nearest to its end.</param>
/// <param name="FinalDistance">The distance of its end from that minimum.</param>
/// <param name="FinalLoss">The loss at its end.</param>
/// <param name="Path">The points after 0, 1, 2, … steps.</param>
public sealed record LandscapeRow(
    Surface Surface, string Optimizer, double Rate, long? ArrivedAt, (double X, double Y) Nearest, double FinalDistance,
    double FinalLoss, ImmutableArray<(double X, double Y)> Path)
{
    /// <summary>Whether the final loss is above the loss at the start, or not a number.</summary>
    public bool Diverges => !(FinalLoss <= Surface.Height(Path[0].X, Path[0].Y));
}

/// <summary>The paths of five optimizers on four surfaces.</summary>
public static class Landscape
{
    private const string Plain = "Adam", Decaying = "AdamW";
    private const double Near = 0.01, Negligible = 1e-9, Clearly = 10;
    private const int SourceTextSteps = 30, GridLines = 200;
    private static readonly ImmutableArray<double> SourceTextRates = [0.1, 0.3, 0.5, 0.7];

    /// <summary>A surface with a start, the drawn part of the plane, and suitable learning rates.</summary>
    private sealed record Scene(
        Surface Surface, (double X, double Y) Start, (double Min, double Max) X, (double Min, double Max) Y,
        double MaxHeight, double SgdRate, double AdamRate);

    private static readonly ImmutableArray<Scene> Scenes =
    [
        new(Surface.Quadratic, (2, 1), (-2, 2.5), (-2, 2), MaxHeight: 20, SgdRate: 0.1, AdamRate: 0.1),
        new(Surface.Rosenbrock, (-1.5, 2), (-2, 2), (-1, 3), MaxHeight: 2500, SgdRate: 0.0004, AdamRate: 0.02),
        new(Surface.Beale, (1, 1.5), (-0.5, 4), (-2, 2), MaxHeight: 150, SgdRate: 0.005, AdamRate: 0.02),
        new(Surface.Himmelblau, (0, -1), (-5, 5), (-5, 5), MaxHeight: 500, SgdRate: 0.002, AdamRate: 0.1),
    ];

    /// <summary>The experiment.</summary>
    public static Experiment Experiment { get; } = Experiments.Experiment.Of<LandscapeOptions>(
            "landscape", "The paths of five optimizers over contour lines", "4.1",
            "A path over contour lines shows what a loss curve cannot: where an optimizer overshoots, follows a "
            + "valley, or ends in another minimum.",
            "The source text draws the path of the rate 0.7 too; it reaches |θ| = 9e9, and the other paths cannot be "
            + "seen. Here a path is cut at the frame.")
        .Integer("steps", "Number of steps in a run", 1, 100_000,
            of => of.Steps, (of, steps) => of with { Steps = steps })
        .Real("momentum", "Momentum μ of momentum and Nesterov", Bounds.HalfOpenUnitInterval,
            of => of.Momentum, (of, momentum) => of with { Momentum = momentum })
        .Real("weight-decay", "Weight decay λ of AdamW", Bounds.NotNegative,
            of => of.WeightDecay, (of, decay) => of with { WeightDecay = decay })
        .Real("scale", "Factor of every learning rate", Bounds.Positive,
            of => of.Scale, (of, scale) => of with { Scale = scale })
        .Running((options, _, _, cancellation) => ReportOf(options, Run(options, cancellation)));

    /// <summary>Every optimizer on every surface; the rows are ordered by surface.</summary>
    public static ImmutableArray<LandscapeRow> Run(
        LandscapeOptions options, CancellationToken cancellation = default) =>
    [
        .. from scene in Scenes
           from choice in Optimizers(scene, options)
           select Down(scene, choice.Name, choice.Optimizer, choice.Rate, options.Steps, cancellation),
    ];

    /// <summary>The picture of the source text: gradient descent on the quadratic at four learning rates.</summary>
    public static ImmutableArray<LandscapeRow> SourceText() =>
        [
            .. SourceTextRates.Select(rate =>
                Down(Scenes[0], $"η = {Figure.Of(rate)}", Sgd.Of(rate), rate, SourceTextSteps, CancellationToken.None)),
        ];

    private static (string Name, double Rate, Optimizer Optimizer)[] Optimizers(Scene scene, LandscapeOptions options)
    {
        (double sgd, double adam) = (scene.SgdRate * options.Scale, scene.AdamRate * options.Scale);
        return
        [
            ("SGD", sgd, Sgd.Of(sgd)),
            ("momentum", sgd, Sgd.Of(sgd, options.Momentum)),
            ("Nesterov", sgd, Sgd.Of(sgd, options.Momentum, nesterov: options.Momentum > 0)),
            (Plain, adam, Adam.Of(adam)),
            (Decaying, adam, AdamW.Of(adam, weightDecay: options.WeightDecay)),
        ];
    }

    private static LandscapeRow Down(
        Scene scene, string name, Optimizer optimizer, double rate, int steps, CancellationToken cancellation)
    {
        ImmutableArray<(double X, double Y)> path =
        [
            .. Descent
                .From(optimizer, Surface.Point(scene.Start.X, scene.Start.Y), scene.Surface.GradientAt, cancellation)
                .Take(steps + 1).Select(Surface.Coordinates),
        ];
        int arrived = path.ToList().FindIndex(point => Distance(point, Nearest(point)) < Near);
        (double X, double Y) nearest = Nearest(path[^1]);
        return new(
            scene.Surface, name, rate, arrived < 0 ? null : arrived, nearest, Distance(path[^1], nearest),
            scene.Surface.Height(path[^1].X, path[^1].Y), path);

        (double X, double Y) Nearest((double X, double Y) point) =>
            scene.Surface.Minima.MinBy(minimum => Distance(point, minimum));
    }

    private static double Distance((double X, double Y) from, (double X, double Y) to) =>
        double.Hypot(from.X - to.X, from.Y - to.Y);

    private static Report ReportOf(LandscapeOptions options, ImmutableArray<LandscapeRow> rows) => new(
        FindingOf(options, rows),
        [
            TableOf("optimizers", $"Five optimizers on four surfaces, {options.Steps} steps", rows),
            TableOf("source-text", "The picture of the source text: gradient descent on the quadratic, "
                + $"{SourceTextSteps} steps", SourceText()),
        ],
        [
            new("paths", "The paths of five optimizers; a dot is where one ends, a star is a minimum.",
                [
                    .. Scenes.Select(scene => PanelOf(
                        scene, scene.Surface.Name, [.. rows.Where(row => row.Surface == scene.Surface)],
                        isNamed: true)),
                ]),
            new("source-text", "Gradient descent on the quadratic at the learning rates of the source text; the paths "
                + "that diverge are cut at the frame.",
                [.. SourceText().Select(row => PanelOf(Scenes[0], row.Optimizer, [row], isNamed: false))]),
        ]);

    private static Table<LandscapeRow> TableOf(string name, string title, ImmutableArray<LandscapeRow> rows) =>
        Table.Of(name, title, rows)
            .Text("surface", row => row.Surface.Name)
            .Text("optimizer", row => row.Optimizer)
            .Number("rate η", row => row.Rate)
            .Integer($"steps to within {Figure.Of(Near)} of a minimum", row => row.ArrivedAt)
            .Text("nearest minimum", row => row.Diverges
                ? null
                : $"({Figure.Of(row.Nearest.X)}, {Figure.Of(row.Nearest.Y)})")
            .Number("final distance", row => row.FinalDistance, 3, negligible: Negligible)
            .Number("final loss", row => row.FinalLoss, 3, negligible: Negligible)
            .Flag("diverges", row => row.Diverges, no: "");

    private static string FindingOf(LandscapeOptions options, ImmutableArray<LandscapeRow> rows)
    {
        // The decay is the reason where Adam without it arrives.
        string[] misses =
        [
            .. from plain in rows.Where(row => row.Optimizer == Plain && row.FinalDistance < Near)
               let decaying = rows.Single(row => row.Optimizer == Decaying && row.Surface == plain.Surface)
               where decaying.FinalDistance > Math.Max(Clearly * plain.FinalDistance, Negligible)
               select $"{Figure.Of(decaying.FinalDistance, 2)} on {plain.Surface.Name}",
        ];
        return RacesOf(rows) + (options.WeightDecay == 0 || misses.Length == 0 ? ""
            : $" {Decaying}, whose decay pulls θ towards zero, misses a minimum that {Plain} reaches: by "
                + $"{Words.And(misses)}.");
    }

    private static string RacesOf(ImmutableArray<LandscapeRow> rows) =>
        string.Join(' ', rows.GroupBy(row => row.Surface.Name).Select(RaceOf));

    private static string RaceOf(IGrouping<string, LandscapeRow> group)
    {
        LandscapeRow[] arrived = [.. group.Where(row => row.ArrivedAt is not null).OrderBy(row => row.ArrivedAt)];
        string[] late = [.. group.Where(row => row.ArrivedAt is null).Select(row => row.Optimizer)];
        string first = arrived.Length == 0
            ? "no optimizer arrives"
            : $"{arrived[0].Optimizer} arrives first, after {arrived[0].ArrivedAt} steps";
        int minima = arrived.Select(row => row.Nearest).Distinct().Count();
        return $"On {group.Key} {first}"
            + (late.Length == 0 || arrived.Length == 0 ? "" : $", {Words.And(late)} not at all")
            + (minima > 1 ? $"; the optimizers end in {minima} different minima." : ".");
    }

    private static Panel PanelOf(Scene scene, string title, IReadOnlyList<LandscapeRow> rows, bool isNamed) => new(
        title,
        new Axis("θ₁", Min: scene.X.Min, Max: scene.X.Max),
        new Axis("θ₂", Min: scene.Y.Min, Max: scene.Y.Max),
        [
            new Contours(
                Grid(scene.X), Grid(scene.Y), scene.Surface.Height,
                [.. Enumerable.Range(1, 16).Select(level => scene.MaxHeight * Math.Pow(level / 16.0, 4))]),
            .. rows.Select(Mark (row, index) => new Line(
                isNamed ? row.Optimizer : null, [.. row.Path.Select(point => point.X)],
                [.. row.Path.Select(point => point.Y)])
            {
                Like = row.Optimizer,
                HasDots = row.Path.Length <= 2 * SourceTextSteps,
                Width = 2 + (0.75f * (rows.Count - 1 - index)),
            }),
            new Points(null, [.. scene.Surface.Minima.Select(point => point.X)],
                [.. scene.Surface.Minima.Select(point => point.Y)]) { AreStars = true },
            .. rows.Select(Mark (row) => new Points(null, [row.Path[^1].X], [row.Path[^1].Y]) { Like = row.Optimizer }),
        ]);

    private static double[] Grid((double Min, double Max) range) =>
        [
            .. Enumerable.Range(0, GridLines + 1)
                .Select(index => range.Min + (index * (range.Max - range.Min) / GridLines)),
        ];
}
