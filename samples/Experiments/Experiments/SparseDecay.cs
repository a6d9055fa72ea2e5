using System.Collections.Immutable;
using CommandLine;
using Functional.Optim;

namespace Experiments;

/// <summary>The options of <see cref="SparseDecay"/>.</summary>
public sealed record SparseDecayOptions
{
    /// <summary>λ.</summary>
    public ImmutableArray<double> Decays { get; init; } = [0.1, 0.01, 0.001];

    /// <summary>η.</summary>
    public double Rate { get; init; } = 0.01;

    /// <summary>The gradient of the busy parameter.</summary>
    public double Gradient { get; init; } = 0.1;

    /// <summary>Number of steps in the tables.</summary>
    public int Steps { get; init; } = 5;
}

/// <summary>Two parameters, which both start at 1, after a step with decay.</summary>
/// <param name="Idle">The parameter without a gradient.</param>
/// <param name="Factor">The factor by which the step multiplied it.</param>
/// <param name="Pull">The distance of the parameter with a gradient below its value without decay.</param>
public readonly record struct DecayedParameters(double Idle, double Factor, double Pull);

/// <summary>A step with each kind of decay.</summary>
/// <param name="Decay">λ.</param>
/// <param name="Step">The step, counted from 1.</param>
/// <param name="Penalized">The parameters after it under Adam with L2.</param>
/// <param name="Decoupled">The parameters after it under AdamW.</param>
/// <param name="ExactFactor">1 − η·λ.</param>
public sealed record SparseDecayRow(
    double Decay, long Step, DecayedParameters Penalized, DecayedParameters Decoupled, double ExactFactor);

/// <summary>
/// Weight decay of a parameter without a gradient, such as one of a rare token: under Adam with L2 and under AdamW.
/// </summary>
public static class SparseDecay
{
    private const string Idle = "idle", Busy = "busy";
    private const double SourceTextDecay = 0.1, SourceTextRate = 0.01;
    private const int SourceTextSteps = 5, PlottedSteps = 300;

    private static readonly ParameterTree<double> Start = Both(idle: 1, busy: 1);

    /// <summary>The experiment.</summary>
    public static Experiment Experiment { get; } = Experiments.Experiment.Of<SparseDecayOptions>(
            "sparse-decay", "Weight decay of a parameter without a gradient", "4.3",
            "Decoupled decay multiplies every parameter by 1 − η·λ. An L2 penalty is divided by √v̂ of Adam. Without "
            + "another gradient the penalty alone makes v̂, λ cancels and the parameter falls by η in a step; with a "
            + "gradient hardly anything is left of the penalty.",
            "The source text never applies the updates to the parameter, and starts the parameter without a gradient "
            + "at 0, where decay has no effect: it prints a change of 0 for both. Here it starts at 1.")
        .Reals("decays", "Weight decays λ", Bounds.NotNegative,
            of => of.Decays, (of, decays) => of with { Decays = decays })
        .Real("rate", "Learning rate", Bounds.Positive, of => of.Rate, (of, rate) => of with { Rate = rate })
        .Real("gradient", "Gradient of the parameter that has one", Bounds.Finite,
            of => of.Gradient, (of, gradient) => of with { Gradient = gradient })
        .Integer("steps", "Number of steps in the tables", 1, 10_000,
            of => of.Steps, (of, steps) => of with { Steps = steps })
        .Running((options, _) => ReportOf(options, Run(options)));

    /// <summary>Every step with every λ; the rows are ordered by λ.</summary>
    public static ImmutableArray<SparseDecayRow> Run(SparseDecayOptions options) =>
    [
        .. from decay in options.Decays.Distinct()
           from row in Down(Adam.Of(options.Rate, weightDecay: decay), options)
               .Zip(Down(AdamW.Of(options.Rate, weightDecay: decay), options),
                   (penalized, decoupled) => (Penalized: penalized, Decoupled: decoupled))
               .Select((both, index) => new SparseDecayRow(
                   decay, index + 1, both.Penalized, both.Decoupled, 1 - (options.Rate * decay)))
           select row,
    ];

    private static IEnumerable<DecayedParameters> Down(Optimizer decaying, SparseDecayOptions options)
    {
        ParameterTree<double> gradients = Both(idle: 0, options.Gradient);
        ParameterTree<double>[] with = Path(decaying), without = Path(Adam.Of(options.Rate));
        return Enumerable.Range(1, options.Steps).Select(step => new DecayedParameters(
            Of(with[step], Idle),
            Of(with[step], Idle) / Of(with[step - 1], Idle),
            Of(without[step], Busy) - Of(with[step], Busy)));

        ParameterTree<double>[] Path(Optimizer optimizer) =>
        [
            .. Descent.From(optimizer, Start, _ => gradients).Take(options.Steps + 1),
        ];

        static double Of(ParameterTree<double> at, string name) => at.AsSpan(name)[0];
    }

    private static ParameterTree<double> Both(double idle, double busy) =>
        ParameterTree.Of(Leaf.Of(Idle, [], new[] { idle }), Leaf.Of(Busy, [], new[] { busy }));

    private static Report ReportOf(SparseDecayOptions options, ImmutableArray<SparseDecayRow> rows)
    {
        Func<SparseDecayRow, double?> sourceTextChange = row =>
            (row.Decay, options.Rate, options.Steps) == (SourceTextDecay, SourceTextRate, SourceTextSteps) ? 0 : null;
        return new(
            FindingOf(options, rows),
            [
                Table.Of("idle", "The parameter without a gradient, 1 at the start, η = "
                    + $"{Figure.Of(options.Rate)}", rows)
                    .Number("λ", row => row.Decay)
                    .Integer("step", row => row.Step)
                    .Number("Adam with L2", row => row.Penalized.Idle)
                    .Number("L2: factor of the step", row => row.Penalized.Factor)
                    .Number("AdamW", row => row.Decoupled.Idle, 6)
                    .Number("AdamW: factor of the step", row => row.Decoupled.Factor, 6)
                    .Number("1 − η·λ", row => row.ExactFactor, 6)
                    .Number("source text: change with L2", sourceTextChange)
                    .Number("source text: change with AdamW", sourceTextChange),
                Table.Of("busy", $"The parameter with the gradient {Figure.Of(options.Gradient)}, after "
                    + $"{options.Steps:N0} steps", Lasts(rows))
                    .Number("λ", row => row.Decay)
                    .Number("lowered by L2", row => row.Penalized.Pull, 3)
                    .Number("lowered by AdamW's decay", row => row.Decoupled.Pull, 3),
            ],
            [PictureOf(options)]);
    }

    private static IEnumerable<SparseDecayRow> Lasts(ImmutableArray<SparseDecayRow> rows) =>
        rows.GroupBy(row => row.Decay).Select(group => group.Last());

    private static string FindingOf(SparseDecayOptions options, ImmutableArray<SparseDecayRow> rows)
    {
        SparseDecayRow[] firsts = [.. rows.Where(row => row.Step == 1)];
        string each(Func<SparseDecayRow, double> value, int digits) =>
            Words.And(firsts.Select(row => Figure.Of(value(row), digits)).Distinct());
        SparseDecayRow strongest = Lasts(rows).MaxBy(row => row.Decay)!;
        return $"With λ = {each(row => row.Decay, 4)} the first step multiplies the parameter without a gradient by "
            + $"{each(row => row.Penalized.Factor, 4)} under Adam with L2, and by "
            + $"{each(row => row.Decoupled.Factor, 6)} under AdamW, which is 1 − η·λ. For the parameter with a "
            + $"gradient it is the opposite: in {options.Steps} steps λ = {Figure.Of(strongest.Decay)} lowers it by "
            + $"{Figure.Of(strongest.Decoupled.Pull, 2)} under AdamW, and as L2 by "
            + $"{Figure.Of(strongest.Penalized.Pull, 2)}.";
    }

    private static Picture PictureOf(SparseDecayOptions options)
    {
        IGrouping<double, SparseDecayRow>[] groups =
        [
            .. Run(options with { Steps = PlottedSteps }).GroupBy(row => row.Decay),
        ];
        return new(
            "idle",
            "The parameter without a gradient. Under Adam with L2 the lines are the same for every λ; under AdamW "
            + "they fall in proportion to λ.",
            PanelOf("Adam with L2", row => row.Penalized.Idle),
            PanelOf("AdamW", row => row.Decoupled.Idle));

        Panel PanelOf(string title, Func<SparseDecayRow, double> value) => new(
            title,
            new Axis("step"),
            new Axis("parameter", Min: -0.1, Max: 1.05),
            [
                .. groups.Select(Mark (group, index) =>
                    Line.Over($"λ = {Figure.Of(group.Key)}", [1, .. group.Select(value)])
                        with { Width = 2 + (2 * (groups.Length - 1 - index)) }),
            ]);
    }
}
