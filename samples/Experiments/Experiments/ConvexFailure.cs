using System.Collections.Immutable;
using CommandLine;
using Functional.Optim;

namespace Experiments;

/// <summary>The options of <see cref="ConvexFailure"/>.</summary>
public sealed record ConvexFailureOptions
{
    /// <summary>α; the rate of step t is α/√t.</summary>
    public double Rate { get; init; } = 0.5;

    /// <summary>Number of steps in a run.</summary>
    public int Steps { get; init; } = 30_000;
}

/// <summary>
/// Linear losses on [−1, 1] that repeat: one with a large positive slope, then some with small negative slopes. The
/// minimum of their sum is at −1.
/// </summary>
/// <param name="Name">The name of the sequence.</param>
/// <param name="Period">The number of losses after which they repeat.</param>
/// <param name="Rare">The large slope; positive, and more than all others together.</param>
/// <param name="Common">The small slope; negative.</param>
/// <param name="Beta1">β₁ of the paper for this sequence.</param>
/// <param name="Beta2">β₂ of the paper for this sequence.</param>
public sealed record RepeatingLosses(string Name, int Period, double Rare, double Common, double Beta1, double Beta2)
{
    /// <summary>The slope of the loss of a step, counted from 1.</summary>
    public double SlopeAt(long step) => step % Period == 1 ? Rare : Common;
}

/// <summary>One optimizer on one sequence of losses.</summary>
/// <param name="Losses">The losses.</param>
/// <param name="Optimizer">The name of the optimizer.</param>
/// <param name="Beta2">β₂; null where it has none.</param>
/// <param name="Places">The place after 0, 1, 2, … steps.</param>
public sealed record ConvexFailureRow(
    RepeatingLosses Losses, string Optimizer, double? Beta2, ImmutableArray<double> Places)
{
    /// <summary>The place after the last step.</summary>
    public double Final => Places[^1];

    /// <summary>
    /// The mean regret after 1, 2, 3, … steps: how much higher the losses so far were than at −1, in the mean. It tends
    /// to 0 where an optimizer is right.
    /// </summary>
    public ImmutableArray<double> MeanRegrets { get; } = [.. MeanRegretsOf(Losses, Places)];

    private static IEnumerable<double> MeanRegretsOf(RepeatingLosses losses, ImmutableArray<double> places)
    {
        double regret = 0;
        for (int step = 1; step < places.Length; step++)
        {
            regret += losses.SlopeAt(step) * (places[step - 1] + 1);
            yield return regret / step;
        }
    }
}

/// <summary>The drift of Adam with one length of memory.</summary>
/// <param name="Losses">The losses.</param>
/// <param name="Memory">The length of memory, 1/(1 − β₂), in steps.</param>
/// <param name="Drift">The mean move in a step, divided by the learning rate; positive is wrong.</param>
public sealed record ConvexFailureDrift(RepeatingLosses Losses, double Memory, double Drift);

/// <summary>
/// Adam on convex losses where it goes the wrong way, and AMSGrad, which does not (Reddi, Kale and Kumar, 2018).
/// </summary>
public static class ConvexFailure
{
    private const string Failing = "Adam", Right = "AMSGrad";
    private const double LongMemory = 0.999;
    private const int PlottedSteps = 300, MemoriesInDecade = 4, MemoryDecades = 4, LifetimesToSettle = 3;

    private sealed record Contestant(RepeatingLosses Losses, string Name, double? Beta2, Optimizer Optimizer);

    private static readonly TreeLayout Scalar = TreeLayout.Of(("x", []));

    /// <summary>The losses of the paper's proof and those of its figure.</summary>
    public static ImmutableArray<RepeatingLosses> Sequences { get; } =
    [
        new("3x, −x, −x", 3, Rare: 3, Common: -1, Beta1: 0, Beta2: 0.1),
        new("1010x, then −10x a hundred times", 101, Rare: 1010, Common: -10, Beta1: 0.9, Beta2: 0.99),
    ];

    /// <summary>The experiment.</summary>
    public static Experiment Experiment { get; } = Experiments.Experiment.Of<ConvexFailureOptions>(
            "convex-failure", "Convex losses on which Adam fails and AMSGrad does not", "4.2",
            "Adam forgets. Suppose that one large gradient outweighs the many small ones after it. Then v̂ is large "
            + "for the large one and small again for the others, so the small ones win. AMSGrad divides by the largest "
            + "v so far, so its effective rates never grow.",
            "The source text says that Adam may fail to converge on some problems that are not convex. Its known "
            + "failure is on a convex one: the losses here are straight lines.",
            "In the source text's bound on the regret the factor D², the square of the diameter of the domain, is "
            + "missing, and the norm of the gradients stands in the denominator instead of the numerator. No such "
            + "bound holds for Adam: on the first losses its mean regret does not fall.")
        .Real("rate", "α of the learning rate α/√t", Bounds.Positive,
            of => of.Rate, (of, rate) => of with { Rate = rate })
        .Integer("steps", "Number of steps in a run", 1, 1_000_000,
            of => of.Steps, (of, steps) => of with { Steps = steps })
        .Running((options, _, progress, cancellation) =>
            ReportOf(options, Run(options, progress, cancellation), Drifts(cancellation)));

    /// <summary>Every optimizer on both sequences; the rows are ordered by sequence.</summary>
    /// <param name="options">The options.</param>
    /// <param name="progress">Receives the finished share.</param>
    /// <param name="cancellation">Stops the run.</param>
    public static ImmutableArray<ConvexFailureRow> Run(
        ConvexFailureOptions options, IProgress<double> progress, CancellationToken cancellation)
    {
        Contestant[] runs = [.. Sequences.SelectMany(losses => Contestants(losses, options.Rate))];
        return
        [
            .. runs.Select((run, index) =>
            {
                progress.Report((double)index / runs.Length);
                IEnumerable<double> places = Places(run.Losses, run.Optimizer, x => Math.Clamp(x, -1, 1), cancellation);
                return new ConvexFailureRow(run.Losses, run.Name, run.Beta2, [.. places.Take(options.Steps + 1)]);
            }),
        ];
    }

    /// <summary>
    /// The drift of Adam against the length of its memory: at a constant learning rate, without limits,
    /// after its moments have settled.
    /// </summary>
    /// <param name="cancellation">Stops the run.</param>
    public static ImmutableArray<ConvexFailureDrift> Drifts(CancellationToken cancellation) =>
    [
        .. from losses in Sequences
           from index in Enumerable.Range(0, (MemoriesInDecade * MemoryDecades) + 1)
           select DriftOf(losses, Math.Pow(10, (double)index / MemoriesInDecade), cancellation),
    ];

    private static ConvexFailureDrift DriftOf(RepeatingLosses losses, double memory, CancellationToken cancellation)
    {
        int settled = losses.Period * (1 + (int)Math.Ceiling(LifetimesToSettle * memory / losses.Period));
        double[] places =
        [
            .. Places(losses, Adam.Of(1.0, losses.Beta1, 1 - (1 / memory)), x => x, cancellation)
                .Skip(settled).Take(losses.Period + 1),
        ];
        return new(losses, memory, (places[^1] - places[0]) / losses.Period);
    }

    private static IEnumerable<Contestant> Contestants(RepeatingLosses losses, double rate)
    {
        (double beta1, double beta2) = (losses.Beta1, losses.Beta2);
        yield return new(losses, Failing, beta2, Adam.Of(Falling(rate), beta1, beta2));
        yield return new(losses, Failing, LongMemory, Adam.Of(Falling(rate), beta1, LongMemory));
        yield return new(losses, Right, beta2, Adam.Of(Falling(rate), beta1, beta2, amsGrad: AmsGrad.OfMoment));
        yield return new(losses, $"{Right} of v̂", beta2,
            Adam.Of(Falling(rate), beta1, beta2, amsGrad: AmsGrad.OfCorrectedMoment));
        yield return new(losses, $"SGD, α/{Figure.Of(losses.Rare)}", null, Sgd.Of(Falling(rate / losses.Rare)));

        static Schedule Falling(double rate) => Schedule.InverseSquareRoot(rate, warmupSteps: 1);
    }

    /// <summary>The places from 0 on, each projected to where it may be.</summary>
    private static IEnumerable<double> Places(
        RepeatingLosses losses, Optimizer optimizer, Func<double, double> project, CancellationToken cancellation)
    {
        double place = 0;
        OptimizerState<double> state = optimizer.Init(Scalar.Zeros<double>());
        while (true)
        {
            yield return place;
            cancellation.ThrowIfCancellationRequested();
            (ParameterTree<double> moved, state) =
                optimizer.StepDonating(Of(place), Of(losses.SlopeAt(state.Step + 1)), state);
            place = project(moved.AsSpan()[0]);
            moved.Release();
        }
    }

    private static ParameterTree<double> Of(double value)
    {
        TreeBuffer<double> scalar = Scalar.Rent<double>();
        scalar.AsSpan()[0] = value;
        return scalar.ToTree();
    }

    private static Report ReportOf(
        ConvexFailureOptions options, ImmutableArray<ConvexFailureRow> rows,
        ImmutableArray<ConvexFailureDrift> drifts) => new(
        FindingOf(options, rows, drifts),
        [
            Table.Of("optimizers", $"{options.Steps:N0} steps from 0 with the rate α/√t, α = "
                + $"{Figure.Of(options.Rate)}; the minimum is at −1", rows)
                .Text("losses", row => row.Losses.Name)
                .Text("optimizer", row => row.Optimizer)
                .Number("β₁", row => row.Beta2 is null ? null : row.Losses.Beta1)
                .Number("β₂", row => row.Beta2)
                .Number($"x after {options.Steps / 10:N0}", row => row.Places[options.Steps / 10], 3)
                .Number($"x after {options.Steps:N0}", row => row.Final, 3)
                .Number($"mean regret after {options.Steps / 10:N0}", row => options.Steps < 10
                    ? null
                    : row.MeanRegrets[(options.Steps / 10) - 1], 3)
                .Number($"mean regret after {options.Steps:N0}", row => row.MeanRegrets[^1], 3),
            Table.Of("memory", "The drift of Adam against the length of its memory; positive is wrong",
                drifts.ToLookup(drift => drift.Memory))
                .Number("memory 1/(1 − β₂)", both => both.Key, 3)
                .Number("β₂", both => 1 - (1 / both.Key))
                .Number($"drift/η on {Sequences[0].Name}", both => both.First().Drift, 3)
                .Number($"drift/η on {Sequences[1].Name}", both => both.Last().Drift, 3),
        ],
        [Courses(rows), Memory(drifts)]);

    private static string FindingOf(
        ConvexFailureOptions options, ImmutableArray<ConvexFailureRow> rows, ImmutableArray<ConvexFailureDrift> drifts)
    {
        string place(IEnumerable<ConvexFailureRow> group, string optimizer) =>
            Figure.Of(group.First(row => row.Optimizer == optimizer).Final, 3);
        IEnumerable<string> ends = rows.GroupBy(row => row.Losses)
            .Select(group => $"on {group.Key.Name} Adam is at {place(group, Failing)} and "
                + $"AMSGrad at {place(group, Right)}");
        IEnumerable<string> memories = drifts.GroupBy(drift => drift.Losses)
            .Select(group => $"{Figure.Of(group.Last(drift => drift.Drift > 0).Memory, 2)} steps on {group.Key.Name}");
        return $"The minimum is at −1. After {options.Steps:N0} steps {string.Join("; ", ends)}. Adam goes the right "
            + $"way only with a memory 1/(1 − β₂) of more than {Words.And(memories)}.";
    }

    private static Picture Courses(ImmutableArray<ConvexFailureRow> rows) => new(
        "courses",
        "Above: the place of each optimizer. Below: its mean regret, which tends to 0 where it is right. Left: the "
        + "losses of the paper's proof. Right: those of its figure.",
        [
            .. rows.GroupBy(row => row.Losses).Select(group => new Panel(
                $"Losses {group.Key.Name}",
                new Axis("steps", IsLog: true),
                new Axis("x", Min: -1.05, Max: 1.05),
                [.. group.Select(Mark (row, index) => LineOf(row, row.Places, first: 0, index))])),
            .. rows.GroupBy(row => row.Losses).Select(group => new Panel(
                $"Losses {group.Key.Name}",
                new Axis("steps", IsLog: true),
                new Axis("mean regret", IsLog: true),
                [.. group.Select(Mark (row, index) => LineOf(row, row.MeanRegrets, first: 1, index))])),
        ]);

    /// <summary>A line through some of the values, evenly spaced on a logarithmic axis.</summary>
    private static Line LineOf(ConvexFailureRow row, ImmutableArray<double> values, int first, int index)
    {
        int last = first + values.Length - 1;
        int[] steps =
        [
            .. Enumerable.Range(0, PlottedSteps)
                .Select(point => (int)Math.Round(Math.Pow(last, point / (PlottedSteps - 1.0)))).Distinct(),
        ];
        string name = row.Beta2 == LongMemory
            ? $"{row.Optimizer}, β₂ = {Figure.Of(LongMemory)}"
            : row.Optimizer.Split(',')[0];
        return new(name, [.. steps.Select(step => (double)step)],
            [.. steps.Select(step => values[step - first])]) { Width = 5 - index };
    }

    private static Picture Memory(ImmutableArray<ConvexFailureDrift> drifts) => new(
        "memory",
        "The drift of Adam against the length of its memory: above the dashed line it goes the wrong way; at the right "
        + "it is cut at the frame. How long the memory must be depends on the losses.",
        [
            .. drifts.GroupBy(drift => drift.Losses).Select(group => new Panel(
                $"Losses {group.Key.Name}",
                new Axis("memory 1/(1 − β₂) (steps)", IsLog: true),
                new Axis("drift in a step / learning rate", Min: -2 * Math.Abs(group.Last().Drift),
                    Max: 2 * Math.Abs(group.Last().Drift)),
                new Line("Adam", [.. group.Select(drift => drift.Memory)],
                    [.. group.Select(drift => drift.Drift)]) { HasDots = true },
                new HorizontalLine(null, 0))),
        ]);
}
