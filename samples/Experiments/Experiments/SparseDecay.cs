using System.Collections.Immutable;
using CommandLine;
using Functional.Optim;

namespace Experiments;

/// <summary>What can be varied in <see cref="SparseDecay"/>.</summary>
public sealed record SparseDecayOptions
{
    /// <summary>λ.</summary>
    public ImmutableArray<double> DecayFilter { get; init; } = [0.1, 0.01, 0.001];

    /// <summary>η.</summary>
    public double Rate { get; init; } = 0.01;

    /// <summary>The gradient of the parameter that has one.</summary>
    public double Gradient { get; init; } = 0.1;

    /// <summary>The updates in the tables.</summary>
    public int Steps { get; init; } = 5;
}

/// <summary>Two parameters, both 1 at the start, after an update with decay.</summary>
/// <param name="Idle">The one without a gradient.</param>
/// <param name="Factor">What the update multiplied it by.</param>
/// <param name="Pull">How far the other parameter, which has a gradient, is below where it would be without decay.</param>
public readonly record struct DecayedParameters(double Idle, double Factor, double Pull);

/// <summary>An update with either kind of decay.</summary>
/// <param name="Decay">λ.</param>
/// <param name="Step">The update, from 1.</param>
/// <param name="Penalized">After it under Adam with L2.</param>
/// <param name="Decoupled">After it under AdamW.</param>
/// <param name="ExactFactor">1 − η·λ.</param>
public sealed record SparseDecayRow(double Decay, long Step, DecayedParameters Penalized, DecayedParameters Decoupled, double ExactFactor);

/// <summary>What weight decay does to a parameter without a gradient, such as those of rare tokens: under Adam with L2 and under AdamW.</summary>
public static class SparseDecay
{
    private const string Idle = "idle", Busy = "busy";
    private const double ChapterDecay = 0.1, ChapterRate = 0.01;
    private const int ChapterSteps = 5, PlottedSteps = 300;

    private static readonly ParameterTree<double> Start = Both(idle: 1, busy: 1);

    /// <summary>The experiment.</summary>
    public static Experiment Experiment { get; } = Experiments.Experiment.Of<SparseDecayOptions>(
            "sparse-decay", "Weight decay of a parameter without a gradient", "4.3",
            "Decoupled decay multiplies every parameter by 1 − η·λ. As an L2 penalty it goes through Adam's division by √v̂: where there is no other "
            + "gradient the penalty is all of v̂, λ cancels and the parameter goes down by η; where there is one, hardly anything is left of the "
            + "penalty.",
            "The chapter never applies the updates to the parameter, and starts the one without a gradient at 0, where no decay shows: it prints a "
            + "change of 0 for both. Here it starts at 1.")
        .Reals("decays", "λ, the strengths of the decay", Bounds.NotNegative, of => of.DecayFilter, (of, decays) => of with { DecayFilter = decays })
        .Real("rate", "The learning rate", Bounds.Positive, of => of.Rate, (of, rate) => of with { Rate = rate })
        .Real("gradient", "The gradient of the parameter that has one", Bounds.Finite,
            of => of.Gradient, (of, gradient) => of with { Gradient = gradient })
        .Integer("steps", "The updates in the tables", 1, 10_000, of => of.Steps, (of, steps) => of with { Steps = steps })
        .Running((options, _) => ReportOf(options, Run(options)));

    /// <summary>Every update with every strength, the strengths in the outer order.</summary>
    public static ImmutableArray<SparseDecayRow> Run(SparseDecayOptions options) =>
    [
        .. from decay in options.DecayFilter.Distinct()
           from row in Down(Adam.Of(options.Rate, weightDecay: decay), options)
               .Zip(Down(AdamW.Of(options.Rate, weightDecay: decay), options), (penalized, decoupled) => (Penalized: penalized, Decoupled: decoupled))
               .Select((both, index) => new SparseDecayRow(decay, index + 1, both.Penalized, both.Decoupled, 1 - (options.Rate * decay)))
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

        ParameterTree<double>[] Path(Optimizer optimizer) => [.. Descent.From(optimizer, Start, _ => gradients).Take(options.Steps + 1)];

        static double Of(ParameterTree<double> at, string name) => at.AsSpan(name)[0];
    }

    private static ParameterTree<double> Both(double idle, double busy) =>
        ParameterTree.Of(Leaf.Of(Idle, [], new[] { idle }), Leaf.Of(Busy, [], new[] { busy }));

    private static Report ReportOf(SparseDecayOptions options, ImmutableArray<SparseDecayRow> rows)
    {
        Func<SparseDecayRow, double?> chapterChange = row =>
            (row.Decay, options.Rate, options.Steps) == (ChapterDecay, ChapterRate, ChapterSteps) ? 0 : null;
        return new(
            FindingOf(options, rows),
            [
                Table.Of("idle", $"The parameter without a gradient, 1 at the start, η = {Figure.Of(options.Rate)}", rows)
                    .Number("λ", row => row.Decay)
                    .Integer("update", row => row.Step)
                    .Number("Adam with L2", row => row.Penalized.Idle)
                    .Number("L2: factor of the update", row => row.Penalized.Factor)
                    .Number("AdamW", row => row.Decoupled.Idle, 6)
                    .Number("AdamW: factor of the update", row => row.Decoupled.Factor, 6)
                    .Number("1 − η·λ", row => row.ExactFactor, 6)
                    .Number("chapter: change with L2", chapterChange)
                    .Number("chapter: change with AdamW", chapterChange),
                Table.Of("busy", $"The parameter with the gradient {Figure.Of(options.Gradient)}, after {options.Steps:N0} updates", Lasts(rows))
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
        string each(Func<SparseDecayRow, double> value, int digits) => Words.And(firsts.Select(row => Figure.Of(value(row), digits)).Distinct());
        SparseDecayRow strongest = Lasts(rows).MaxBy(row => row.Decay)!;
        return $"With λ = {each(row => row.Decay, 4)} the first update multiplies the parameter without a gradient by "
            + $"{each(row => row.Penalized.Factor, 4)} under Adam with L2, and by {each(row => row.Decoupled.Factor, 6)} under AdamW, which is 1 − η·λ. "
            + $"The parameter with a gradient is the other way round: in {options.Steps} updates λ = {Figure.Of(strongest.Decay)} lowers it by "
            + $"{Figure.Of(strongest.Decoupled.Pull, 2)} under AdamW, and as L2 by {Figure.Of(strongest.Penalized.Pull, 2)}.";
    }

    private static Picture PictureOf(SparseDecayOptions options)
    {
        IGrouping<double, SparseDecayRow>[] groups = [.. Run(options with { Steps = PlottedSteps }).GroupBy(row => row.Decay)];
        return new(
            "idle",
            "The parameter without a gradient. Under Adam with L2 the lines lie on each other, whatever λ; under AdamW they fall as λ says.",
            PanelOf("Adam with L2", row => row.Penalized.Idle),
            PanelOf("AdamW", row => row.Decoupled.Idle));

        Panel PanelOf(string title, Func<SparseDecayRow, double> value) => new(
            title,
            new Axis("update"),
            new Axis("parameter", Least: -0.1, Greatest: 1.05),
            [
                .. groups.Select(Mark (group, index) =>
                    Line.Over($"λ = {Figure.Of(group.Key)}", [1, .. group.Select(value)]) with { Width = 2 + (2 * (groups.Length - 1 - index)) }),
            ]);
    }
}
