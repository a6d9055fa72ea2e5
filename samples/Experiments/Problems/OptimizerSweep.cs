using System.Collections.Immutable;
using Functional.Optim;

namespace Experiments;

/// <summary>An optimizer at any learning rate, and the rates at which it is tried.</summary>
/// <param name="Name">The name.</param>
/// <param name="Rates">The rates, ascending.</param>
/// <param name="At">Makes it at a rate.</param>
public sealed record SweptOptimizer(string Name, ImmutableArray<double> Rates, Func<double, Optimizer> At)
{
    /// <summary>The width of its line in pictures, in pixels.</summary>
    public float LineWidth { get; init; } = 2;

    /// <summary>
    /// The rate beyond the best one, where that is the first or the last; <see langword="null"/> where it is neither,
    /// or the only one.
    /// </summary>
    /// <param name="rows">The trainings at the rates so far.</param>
    internal double? Beyond(IEnumerable<SweepRow> rows)
    {
        double best = OptimizerSweep.BestOf(rows).Rate;
        return Rates.Length == 1 ? null
            : best == Rates[0] ? best * (best / Rates[1])
            : best == Rates[^1] ? best * (best / Rates[^2])
            : null;
    }

    /// <summary>The optimizer with one rate more.</summary>
    internal SweptOptimizer With(double rate) => this with { Rates = Rates.Add(rate).Sort() };
}

/// <summary>One optimizer at one rate.</summary>
/// <param name="Optimizer">The name of the optimizer.</param>
/// <param name="Rate">η.</param>
/// <param name="Curve">The measurements.</param>
public sealed record SweepRow(string Optimizer, double Rate, TrainingCurve Curve)
{
    /// <summary>
    /// Whether its learning rate is the best of the optimizer: its mean loss over the last tenth of
    /// the batches is the lowest.
    /// </summary>
    public bool IsBest { get; init; }
}

/// <summary>Optimizers on one text, each at several learning rates, from one start and on the same batches.</summary>
/// <param name="Training">The training, with another optimizer in each run.</param>
/// <param name="Parameters">The number of parameters of the model.</param>
/// <param name="FrequencyLoss">The loss of guessing by frequency.</param>
/// <param name="Optimizers">The optimizers with all of their rates.</param>
/// <param name="Rows">Every optimizer at each of its learning rates, in the order of both.</param>
public sealed record OptimizerSweep(
    TextTraining Training, long Parameters, double FrequencyLoss, ImmutableArray<SweptOptimizer> Optimizers,
    ImmutableArray<SweepRow> Rows)
{
    /// <summary>The name of the text.</summary>
    public string Source => Training.Text.Corpus.Source;

    /// <summary>Each optimizer at its best learning rate.</summary>
    public IEnumerable<SweepRow> Best => Rows.Where(row => row.IsBest);

    /// <summary>Trains with every optimizer at each of its rates.</summary>
    /// <param name="optimizers">The optimizers.</param>
    /// <param name="training">The training; its optimizer is replaced.</param>
    /// <param name="extensions">
    /// How often a sweep goes on by one rate where the best is the first or the last of its rates.
    /// </param>
    /// <param name="progress">Receives the finished share.</param>
    /// <param name="cancellation">Stops all trainings.</param>
    /// <exception cref="OperationCanceledException">The trainings were stopped.</exception>
    public static OptimizerSweep Run(
        IReadOnlyList<SweptOptimizer> optimizers, TextTraining training, int extensions,
        IProgress<double> progress, CancellationToken cancellation)
    {
        ImmutableArray<SweptOptimizer> swept = [.. optimizers];
        // The first round has the most runs, and the next ones those of a few optimizers each.
        double rounds = 1 + (extensions / 4.0);
        List<SweepRow> rows = Train(
            swept.SelectMany(one => one.Rates.Select(rate => (one, rate))), ProgressPart.Of(progress, 0, 1 / rounds));
        for (int extension = 0; extension < extensions; extension++)
        {
            (SweptOptimizer Optimizer, double Rate)[] beyond =
            [
                .. from one in swept
                   let rate = one.Beyond(rows.Where(row => row.Optimizer == one.Name))
                   where rate is not null
                   select (one, rate.Value),
            ];
            rows.AddRange(Train(beyond, ProgressPart.Of(
                progress, (1 + (extension / 4.0)) / rounds, (1 + ((extension + 1) / 4.0)) / rounds)));
            foreach ((SweptOptimizer one, double rate) in beyond) swept = swept.Replace(one, one.With(rate));
        }

        progress.Report(1);
        return new(
            training, training.Start().Layout.ParameterCount, TextTraining.FrequencyLoss(training.Text), swept,
            [
                .. from one in swept
                   let own = rows.Where(row => row.Optimizer == one.Name).OrderBy(row => row.Rate).ToArray()
                   let best = BestOf(own)
                   from row in own
                   select row with { IsBest = row == best },
            ]);

        List<SweepRow> Train(IEnumerable<(SweptOptimizer Optimizer, double Rate)> runs, IProgress<double> part)
        {
            (SweptOptimizer Optimizer, double Rate)[] all = [.. runs];
            ImmutableArray<TrainingCurve> curves = TextTraining.RunAll(
                [.. all.Select(run => training with { Optimizer = run.Optimizer.At(run.Rate) })], part, cancellation);
            return [.. all.Zip(curves, (run, curve) => new SweepRow(run.Optimizer.Name, run.Rate, curve))];
        }
    }

    /// <summary>The loss on the held-out text over the steps, each optimizer at its best learning rate.</summary>
    /// <param name="marks">What else is drawn.</param>
    public Panel HeldOutLosses(params IEnumerable<Mark> marks) => new(
        $"Held-out loss, {Source}",
        new Axis("steps", Min: 0, Max: Training.Steps),
        new Axis("held-out loss (nats a character)"),
        [
            .. Best.Select(Mark (row) => Over(row, row.Curve.HeldOutLosses)),
            new HorizontalLine(null, FrequencyLoss),
            .. marks,
        ]);

    /// <summary>A line over the evaluations.</summary>
    /// <param name="row">The optimizer.</param>
    /// <param name="values">A value for each evaluation.</param>
    public Line Over(SweepRow row, IEnumerable<double> values)
    {
        (double Step, double Value)[] points =
        [
            .. row.Curve.HeldOutSteps.Zip(values, (step, value) => ((double)step, value)),
        ];
        return new($"{row.Optimizer}, η = {Figure.Of(row.Rate)}", [.. points.Select(point => point.Step)],
            [.. points.Select(point => point.Value)])
        {
            Like = row.Optimizer, Width = Optimizers.First(one => one.Name == row.Optimizer).LineWidth,
        };
    }

    /// <summary>The loss on the held-out text after the last step, at every rate.</summary>
    public Picture Rates()
    {
        IEnumerable<double> finite = Best.Select(row => row.Curve.FinalLoss).Where(double.IsFinite);
        double top = finite.Append(FrequencyLoss).Max();
        return new(
            "rates",
            "The held-out loss after the last step at every rate; a star marks the best rate. Higher losses are "
            + "cut at the frame, and a training that breaks has no point. Dashed: the loss of guessing by frequency.",
            new Panel(
                "Held-out loss against learning rate",
                new Axis("learning rate η", IsLog: true),
                new Axis("final held-out loss (nats a character)", Max: top + 0.2),
                [
                    .. Rows.GroupBy(row => row.Optimizer).Select(Mark (group) => new Line(
                        group.Key, [.. group.Select(row => row.Rate)],
                        [.. group.Select(row => row.Curve.FinalLoss)]) { HasDots = true }),
                    .. Best.Select(Mark (row) =>
                        new Points(null, [row.Rate], [row.Curve.FinalLoss]) { Like = row.Optimizer, AreStars = true }),
                    new HorizontalLine(null, FrequencyLoss),
                ]));
    }

    /// <summary>The row with the lowest mean loss over the last tenth of its batches.</summary>
    internal static SweepRow BestOf(IEnumerable<SweepRow> rows) => rows.MinBy(row => row.Curve.LateLoss)!;
}
