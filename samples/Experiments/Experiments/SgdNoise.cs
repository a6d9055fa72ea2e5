using System.Collections.Immutable;
using Functional.Optim;
using Functional.Optim.Kernels;

namespace Experiments;

/// <summary>What can be varied in <see cref="SgdNoise"/>.</summary>
public sealed record SgdNoiseOptions
{
    /// <summary>The batch sizes, b.</summary>
    public ImmutableArray<int> BatchSizes { get; init; } = [1, 8, 32, 128, 512];

    /// <summary>Samples in all, N.</summary>
    public int Samples { get; init; } = 2048;

    /// <summary>Batches drawn for each measurement at the start; a quarter as many along the training.</summary>
    public int Draws { get; init; } = 400;

    /// <summary>η of the training.</summary>
    public double Rate { get; init; } = 0.1;

    /// <summary>Updates in a training.</summary>
    public int Steps { get; init; } = 500;
}

/// <summary>The noise of the gradient of one batch size at a fixed point.</summary>
/// <param name="BatchSize">b.</param>
/// <param name="Noise">√E|g_b − g|², of batches whose samples are drawn one by one and may come twice.</param>
/// <param name="Law">σ/√b.</param>
/// <param name="ShuffledNoise">The same of batches of different samples, as shuffling makes them.</param>
/// <param name="ShuffledLaw">σ/√b · √((N − b)/(N − 1)).</param>
public sealed record SgdNoiseRow(int BatchSize, double Noise, double Law, double ShuffledNoise, double ShuffledLaw)
{
    /// <summary>The noise times √b, which the law has at σ for all batch sizes.</summary>
    public double Scaled => Noise * Math.Sqrt(BatchSize);
}

/// <summary>A point of a training.</summary>
/// <param name="Step">Updates before it.</param>
/// <param name="Loss">The loss of all samples, in nats.</param>
/// <param name="GradientNorm">|g|, of all samples.</param>
/// <param name="Noise">√E|g_b − g|² there.</param>
public sealed record SgdNoisePoint(long Step, double Loss, double GradientNorm, double Noise)
{
    /// <summary>The noise in units of the gradient.</summary>
    public double Share => Noise / GradientNorm;
}

/// <summary>A training with one batch size.</summary>
/// <param name="BatchSize">b.</param>
/// <param name="Points">Some of its points, the first and the last among them.</param>
/// <param name="BatchNorms">|g_b| of every update.</param>
/// <param name="LateLoss">The mean of the loss of all samples after each update of the second half, in nats.</param>
public sealed record SgdNoiseTraining(int BatchSize, ImmutableArray<SgdNoisePoint> Points, ImmutableArray<double> BatchNorms, double LateLoss)
{
    /// <summary>What the chapter takes for the square of the noise: the variance of |g_b| along the training.</summary>
    public double NormVariance { get; } = BatchNorms.Average(norm => norm * norm) - (BatchNorms.Average() * BatchNorms.Average());
}

/// <summary>What was measured.</summary>
/// <param name="SampleNoise">σ, the noise of a single sample at the start, from all of them.</param>
/// <param name="MinLoss">The least loss there is, in nats.</param>
/// <param name="AtStart">The noise at the start, where all trainings begin; the batch sizes ascending.</param>
/// <param name="Trainings">The trainings, the batch sizes ascending.</param>
public sealed record SgdNoiseResult(
    double SampleNoise, double MinLoss, ImmutableArray<SgdNoiseRow> AtStart, ImmutableArray<SgdNoiseTraining> Trainings);

/// <summary>How noisy the gradient of a batch is: at a point, against the batch size, and along a training.</summary>
public static class SgdNoise
{
    private const int PlottedPoints = 30, DrawsShare = 4;

    /// <summary>Below this a noise is rounding errors: that of a batch of all samples.</summary>
    private const double Negligible = 1e-12;

    // Each kind of draw has numbers of its own, none of them those of the samples.
    private const ulong DrawStream = Classification.Streams, ShuffleStream = DrawStream + 1, TrainingStream = DrawStream + 2;

    /// <summary>The experiment.</summary>
    public static Experiment Experiment { get; } = Experiments.Experiment.Of<SgdNoiseOptions>(
            "sgd-noise", "The noise of a batch gradient against the batch size", "4.1",
            "The gradient of a batch is that of all samples plus noise, which falls with the square root of the batch size: four times the "
            + "samples, half the noise. So stochastic descent is fast at first, while the gradient is large, and wavers around the minimum, where only "
            + "noise is left.",
            "The chapter expects the variance over √b. The deviation falls so: from batch size b₀ to b by the factor √(b₀/b).",
            "The chapter's noise is the variance of the gradient's norm along a training: mostly how much the gradient itself falls. Noise is "
            + "measured at a fixed point, as the distance from the gradient of all samples.")
        .Integers("batch-sizes", "The batch sizes", 1, 100_000, of => of.BatchSizes, (of, sizes) => of with { BatchSizes = sizes })
        .Integer("samples", "Samples in all", 2, 100_000, of => of.Samples, (of, samples) => of with { Samples = samples })
        .Integer("draws", "Batches drawn for each measurement at the start; a quarter as many along the training", 4, 100_000,
            of => of.Draws, (of, draws) => of with { Draws = draws })
        .Real("rate", "The learning rate of the training", Bounds.Positive, of => of.Rate, (of, rate) => of with { Rate = rate })
        .Integer("steps", "Updates in a training", 2, 100_000, of => of.Steps, (of, steps) => of with { Steps = steps })
        .Checked((options, errors) => errors.Require(
            options.BatchSizes.Max() <= options.Samples, "--batch-sizes", options.BatchSizes.Max(), $"up to the {options.Samples} of --samples"))
        .Running((options, seed, progress, cancellation) => ReportOf(options, Run(options, seed, progress, cancellation)));

    /// <summary>NeedsStatistics.</summary>
    /// <param name="options">What can be varied.</param>
    /// <param name="seed">Where samples and batches come from.</param>
    /// <param name="progress">Is told the share that is done.</param>
    /// <param name="cancellation">Stops it.</param>
    public static SgdNoiseResult Run(SgdNoiseOptions options, ulong seed, IProgress<double> progress, CancellationToken cancellation)
    {
        Classification problem = new(options.Samples, seed);
        Philox random = new(seed);
        ParameterTree<double> start = Classification.Start;
        int[] sizes = [.. options.BatchSizes.Distinct().Order()];
        double sampleNoise = Deviation(start, Enumerable.Range(0, options.Samples).Select(sample => (int[])[sample]));
        ImmutableArray<SgdNoiseRow> rows = [.. sizes.Select(size => new SgdNoiseRow(
            size,
            Deviation(start, Draws(draw => Drawn(DrawStream, draw, size))),
            sampleNoise / Math.Sqrt(size),
            Deviation(start, Draws(draw => Shuffled(draw, size))),
            sampleNoise / Math.Sqrt(size) * Math.Sqrt((options.Samples - size) / (options.Samples - 1.0))))];
        return new(sampleNoise, problem.MinLoss(), rows, [.. sizes.Select(Train)]);

        SgdNoiseTraining Train(int size, int index)
        {
            progress.Report((index + 1.0) / (sizes.Length + 1));
            ImmutableArray<ParameterTree<double>> path =
            [
                .. Descent.WithStates(Sgd.Of(options.Rate), start, GradientOfBatch, cancellation).Select(reached => reached.At).Take(options.Steps + 1),
            ];
            return new(
                size,
                [.. Plotted(options.Steps).Select(step => PointAt(path[step], step, size))],
                [.. path.Take(options.Steps).Select((at, step) => GradientOfBatch(at, step + 1).GlobalNorm())],
                path.Skip((options.Steps / 2) + 1).Average(LossAt));

            ParameterTree<double> GradientOfBatch(ParameterTree<double> at, long step) => Gradient(at, Drawn(TrainingStream, step, size));
        }

        double LossAt(ParameterTree<double> at)
        {
            cancellation.ThrowIfCancellationRequested();
            return problem.At(at).Loss;
        }

        SgdNoisePoint PointAt(ParameterTree<double> at, int step, int size)
        {
            (double loss, ParameterTree<double> gradients) = problem.At(at);
            IEnumerable<int[]> batches = Draws(draw => Drawn(DrawStream, draw, size)).Take(options.Draws / DrawsShare);
            return new(step, loss, gradients.GlobalNorm(), Deviation(at, batches));
        }

        // The root of the mean of |g_b − g|² over batches.
        double Deviation(ParameterTree<double> at, IEnumerable<int[]> batches)
        {
            ParameterTree<double> mean = problem.At(at).Gradients;
            return Math.Sqrt(batches.Average(batch => Distance.Squared(Gradient(at, batch).AsSpan(), mean.AsSpan())));
        }

        ParameterTree<double> Gradient(ParameterTree<double> at, int[] batch)
        {
            cancellation.ThrowIfCancellationRequested();
            return problem.At(at, batch).Gradients;
        }

        IEnumerable<int[]> Draws(Func<int, int[]> batch) => Enumerable.Range(0, options.Draws).Select(batch);

        int[] Drawn(ulong stream, long draw, int size) =>
            [.. Enumerable.Range(0, size).Select(place => (int)(random.Uniform((ulong)((draw * size) + place), stream) * options.Samples))];

        // The front of a deck of all samples, as far as it must be shuffled for that (Fisher and Yates, 1938).
        int[] Shuffled(long draw, int size)
        {
            int[] deck = [.. Enumerable.Range(0, options.Samples)];
            for (int place = 0; place < size; place++)
            {
                int other = place + (int)(random.Uniform((ulong)((draw * size) + place), ShuffleStream) * (options.Samples - place));
                (deck[place], deck[other]) = (deck[other], deck[place]);
            }

            return deck[..size];
        }
    }

    /// <summary>The updates after which a training is looked at: about as many in every decade.</summary>
    private static IEnumerable<int> Plotted(int steps) =>
        Enumerable.Range(0, PlottedPoints).Select(index => (int)Math.Round(Math.Pow(steps + 1.0, index / (PlottedPoints - 1.0)) - 1)).Distinct();

    private static Report ReportOf(SgdNoiseOptions options, SgdNoiseResult result)
    {
        (SgdNoiseRow Row, SgdNoiseTraining Training)[] sizes = [.. result.AtStart.Zip(result.Trainings)];
        (string sigma, string floor) = ($"σ = {Figure.Of(result.SampleNoise)}", $"the least loss is {Figure.Of(result.MinLoss)}");
        double chapterLaw(SgdNoiseTraining training) => sizes[0].Training.NormVariance / Math.Sqrt(training.BatchSize);
        return new(
            FindingOf(result),
            [
                Table.Of("batch-size", $"Noise at the start, {options.Draws:N0} batches of each size from {options.Samples:N0} samples; {sigma}", sizes)
                    .Integer("batch size b", size => size.Row.BatchSize)
                    .Number("noise", size => size.Row.Noise)
                    .Number("σ/√b", size => size.Row.Law)
                    .Number("noise · √b", size => size.Row.Scaled)
                    .Number("noise, shuffled", size => size.Row.ShuffledNoise, negligible: Negligible)
                    .Number("σ/√b · √((N − b)/(N − 1))", size => size.Row.ShuffledLaw)
                    .Number("chapter: noise", size => Math.Sqrt(size.Training.NormVariance))
                    .Number("chapter: theory", size => chapterLaw(size.Training))
                    .Number("chapter: ratio", size => Math.Sqrt(size.Training.NormVariance) / chapterLaw(size.Training)),
                Table.Of("training", $"Noise along a training with rate {Figure.Of(options.Rate)}; {floor}", Decades(options, result))
                    .Integer("batch size b", at => at.Training.BatchSize)
                    .Integer("updates", at => at.Point.Step)
                    .Number("loss (nats)", at => at.Point.Loss)
                    .Number("above the least", at => at.Point.Loss - result.MinLoss, 3)
                    .Number("gradient", at => at.Point.GradientNorm, 3)
                    .Number("noise", at => at.Point.Noise, 3)
                    .Number("noise/gradient", at => at.Point.Share, 3),
            ],
            [AtStart(result), Along(result)]);
    }

    /// <summary>Of every training the start, the end and what is nearest to a hundredth and a tenth of the way.</summary>
    private static IEnumerable<(SgdNoiseTraining Training, SgdNoisePoint Point)> Decades(SgdNoiseOptions options, SgdNoiseResult result) =>
        from training in result.Trainings
        from point in ((double[])[0, 0.01, 0.1, 1])
            .Select(share => training.Points.MinBy(point => Math.Abs(point.Step - (share * options.Steps)))!).Distinct()
        select (training, point);

    private static string FindingOf(SgdNoiseResult result)
    {
        double off = result.AtStart.Max(row => Math.Abs((row.Scaled / result.SampleNoise) - 1));
        (SgdNoiseTraining least, SgdNoiseTraining most) = (result.Trainings[0], result.Trainings[^1]);
        string above(SgdNoiseTraining training) => Figure.Of(training.LateLoss - result.MinLoss, 2);
        return $"At a fixed point noise · √b is {Figure.Of(result.SampleNoise)} at every batch size, within {Figure.Of(100 * off, 2)} %. Along the training, "
            + $"at the {least.Points.Length} points looked at, the noise of batch size {least.BatchSize} exceeds the gradient {Wavers(least)}, that of "
            + $"{most.BatchSize} {Wavers(most)}; in the second half the mean loss is {above(least)} above the least with {least.BatchSize}, {above(most)} with "
            + $"{most.BatchSize}.";
    }

    /// <summary>When the noise exceeds the gradient, at all points that follow too.</summary>
    public static string Wavers(SgdNoiseTraining training)
    {
        long[] steps = [.. training.Points.Reverse().TakeWhile(point => point.Share > 1).Select(point => point.Step)];
        return steps is [.., long first] ? first == 0 ? "from the start" : $"from update {first} on"
            : training.Points.Any(point => point.Share > 1) ? "now and then" : "never";
    }

    private static Picture AtStart(SgdNoiseResult result)
    {
        double[] sizes = [.. result.AtStart.Select(row => (double)row.BatchSize)];
        double[] between = [.. Enumerable.Range(0, 200).Select(index => sizes.Min() * Math.Pow(sizes.Max() / sizes.Min(), index / 199.0))];
        return new(
            "batch-size",
            "The noise at the start falls with the root of the batch size. Of different samples it falls faster as the batch comes near to all of them. "
            + "What the chapter measures is another thing.",
            new Panel(
                "Gradient noise against batch size",
                new Axis("batch size b", IsLog: true),
                new Axis("noise", IsLog: true),
                new Line("σ/√b", between, [.. between.Select(size => result.SampleNoise / Math.Sqrt(size))]),
                new Points("measured", sizes, [.. result.AtStart.Select(row => row.Noise)]),
                new Points("measured, shuffled", sizes, [.. result.AtStart.Select(row => row.ShuffledNoise < Negligible ? 0 : row.ShuffledNoise)])
                {
                    AreStars = true,
                },
                new Line("the chapter's measure", sizes, [.. result.Trainings.Select(training => Math.Sqrt(training.NormVariance))]) { HasDots = true },
                new Line("the chapter's theory", between, [.. between.Select(size => result.Trainings[0].NormVariance / Math.Sqrt(size))])
                {
                    IsDashed = true,
                }));
    }

    private static Picture Along(SgdNoiseResult result) => new(
        "training",
        "The smaller the batches, the earlier the loss stops falling. The gradient shrinks on the way, its noise hardly.",
        new Panel(
            "The loss above the least",
            new Axis("updates", IsLog: true),
            new Axis("loss − least loss (nats)", IsLog: true),
            [.. result.Trainings.Select(Mark (training) => LineOf(training, point => point.Loss - result.MinLoss))]),
        new Panel(
            "The noise in units of the gradient",
            new Axis("updates", IsLog: true),
            new Axis("noise/gradient", IsLog: true),
            [.. result.Trainings.Select(Mark (training) => LineOf(training, point => point.Share)), new Level(null, 1)]));

    private static Line LineOf(SgdNoiseTraining training, Func<SgdNoisePoint, double> value) =>
        new Line($"b = {training.BatchSize}", [.. training.Points.Select(point => (double)point.Step)], [.. training.Points.Select(value)]);
}
