using System.Collections.Immutable;
using Functional.Optim;
using Functional.Optim.Kernels;

namespace Experiments;

/// <summary>The options of <see cref="SgdNoise"/>.</summary>
public sealed record SgdNoiseOptions
{
    /// <summary>The batch sizes, b.</summary>
    public ImmutableArray<int> BatchSizes { get; init; } = [1, 8, 32, 128, 512];

    /// <summary>N, the number of samples.</summary>
    public int Samples { get; init; } = 2048;

    /// <summary>Number of batches for each measurement at the start; during the training a quarter as many.</summary>
    public int Draws { get; init; } = 400;

    /// <summary>η of the training.</summary>
    public double Rate { get; init; } = 0.1;

    /// <summary>Number of steps in a training.</summary>
    public int Steps { get; init; } = 500;
}

/// <summary>The noise of the gradient of one batch size at a fixed point.</summary>
/// <param name="BatchSize">b.</param>
/// <param name="Noise">√E|g_b − g|² of batches drawn with replacement.</param>
/// <param name="Law">σ/√b.</param>
/// <param name="ShuffledNoise">The same of batches drawn without replacement, as shuffling does.</param>
/// <param name="ShuffledLaw">σ/√b · √((N − b)/(N − 1)).</param>
public sealed record SgdNoiseRow(int BatchSize, double Noise, double Law, double ShuffledNoise, double ShuffledLaw)
{
    /// <summary>The noise times √b, which is σ by the law.</summary>
    public double Scaled => Noise * Math.Sqrt(BatchSize);
}

/// <summary>A point of a training.</summary>
/// <param name="Step">The number of steps before it.</param>
/// <param name="Loss">The loss of all samples, in nats.</param>
/// <param name="GradientNorm">|g|, of all samples.</param>
/// <param name="Noise">√E|g_b − g|² at the point.</param>
public sealed record SgdNoisePoint(long Step, double Loss, double GradientNorm, double Noise)
{
    /// <summary>The noise divided by the gradient norm.</summary>
    public double Share => Noise / GradientNorm;
}

/// <summary>A training with one batch size.</summary>
/// <param name="BatchSize">b.</param>
/// <param name="Points">Some of its points, with the first and the last.</param>
/// <param name="BatchNorms">|g_b| of every step.</param>
/// <param name="LateLoss">The mean of the loss of all samples after each step of the second half, in nats.</param>
public sealed record SgdNoiseTraining(
    int BatchSize, ImmutableArray<SgdNoisePoint> Points, ImmutableArray<double> BatchNorms, double LateLoss)
{
    /// <summary>
    /// The variance of |g_b| over the training, which the source text takes for the square of the noise.
    /// </summary>
    public double NormVariance { get; } =
        BatchNorms.Average(norm => norm * norm) - (BatchNorms.Average() * BatchNorms.Average());
}

/// <summary>The measurements.</summary>
/// <param name="SampleNoise">σ, the noise of a single sample at the start.</param>
/// <param name="MinLoss">The minimum of the loss, in nats.</param>
/// <param name="AtStart">The noise at the start; the batch sizes ascending.</param>
/// <param name="Trainings">The trainings, the batch sizes ascending.</param>
public sealed record SgdNoiseResult(
    double SampleNoise, double MinLoss, ImmutableArray<SgdNoiseRow> AtStart,
    ImmutableArray<SgdNoiseTraining> Trainings);

/// <summary>The noise of the gradient of a batch: at a point against the batch size, and during a training.</summary>
public static class SgdNoise
{
    private const int PlottedPoints = 30, DrawsShare = 4;

    /// <summary>A smaller noise is a rounding error, such as that of a batch of all samples.</summary>
    private const double Negligible = 1e-12;

    // Each kind of draw has its own random stream, which the samples do not use.
    private const ulong DrawStream = Classification.Streams, ShuffleStream = DrawStream + 1,
        TrainingStream = DrawStream + 2;

    /// <summary>The experiment.</summary>
    public static Experiment Experiment { get; } = Experiments.Experiment.Of<SgdNoiseOptions>(
            "sgd-noise", "The noise of a batch gradient against the batch size", "4.1",
            "The gradient of a batch is that of all samples plus noise. The noise falls with the square root of the "
            + "batch size: four times the samples, half the noise. So SGD is fast at first, while the gradient is "
            + "large, and wavers around the minimum, where only noise is left.",
            "The source text divides the variance by √b. It is the deviation that falls so: from batch size "
            + "b₀ to b by the factor √(b₀/b).",
            "The source text's noise is the variance of the gradient norm during a training, which is mostly "
            + "the fall of the gradient itself. Here noise is measured at a fixed point, as the distance "
            + "from the gradient of all samples.")
        .Integers("batch-sizes", "Batch sizes", 1, 100_000,
            of => of.BatchSizes, (of, sizes) => of with { BatchSizes = sizes })
        .Integer("samples", "Number of samples", 2, 100_000,
            of => of.Samples, (of, samples) => of with { Samples = samples })
        .Integer("draws", "Number of batches for each measurement at the start; a quarter of it later", 4, 100_000,
            of => of.Draws, (of, draws) => of with { Draws = draws })
        .Real("rate", "Learning rate of the training", Bounds.Positive,
            of => of.Rate, (of, rate) => of with { Rate = rate })
        .Integer("steps", "Number of steps in a training", 2, 100_000,
            of => of.Steps, (of, steps) => of with { Steps = steps })
        .Checked((options, errors) => errors.Require(
            options.BatchSizes.Max() <= options.Samples, "--batch-sizes", options.BatchSizes.Max(),
            $"up to the {options.Samples} of --samples"))
        .Running((options, seed, progress, cancellation) =>
            ReportOf(options, Run(options, seed, progress, cancellation)));

    /// <summary>Measures the noise at the start and during a training, for each batch size.</summary>
    /// <param name="options">The options.</param>
    /// <param name="seed">The seed of samples and batches.</param>
    /// <param name="progress">Receives the finished share.</param>
    /// <param name="cancellation">Stops the run.</param>
    public static SgdNoiseResult Run(
        SgdNoiseOptions options, ulong seed, IProgress<double> progress, CancellationToken cancellation)
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
                .. Descent.WithStates(Sgd.Of(options.Rate), start, GradientOfBatch, cancellation)
                    .Select(reached => reached.At).Take(options.Steps + 1),
            ];
            return new(
                size,
                [.. Plotted(options.Steps).Select(step => PointAt(path[step], step, size))],
                [.. path.Take(options.Steps).Select((at, step) => GradientOfBatch(at, step + 1).GlobalNorm())],
                path.Skip((options.Steps / 2) + 1).Average(LossAt));

            ParameterTree<double> GradientOfBatch(ParameterTree<double> at, long step) =>
                Gradient(at, Drawn(TrainingStream, step, size));
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
            [
                .. Enumerable.Range(0, size)
                    .Select(place => (int)(random.Uniform((ulong)((draw * size) + place), stream) * options.Samples)),
            ];

        // The first places of a shuffle of all samples (Fisher and Yates, 1938).
        int[] Shuffled(long draw, int size)
        {
            int[] deck = [.. Enumerable.Range(0, options.Samples)];
            for (int place = 0; place < size; place++)
            {
                double uniform = random.Uniform((ulong)((draw * size) + place), ShuffleStream);
                int other = place + (int)(uniform * (options.Samples - place));
                (deck[place], deck[other]) = (deck[other], deck[place]);
            }

            return deck[..size];
        }
    }

    /// <summary>The steps after which a training is measured: about as many in every decade.</summary>
    private static IEnumerable<int> Plotted(int steps) =>
        Enumerable.Range(0, PlottedPoints)
            .Select(index => (int)Math.Round(Math.Pow(steps + 1.0, index / (PlottedPoints - 1.0)) - 1)).Distinct();

    private static Report ReportOf(SgdNoiseOptions options, SgdNoiseResult result)
    {
        (SgdNoiseRow Row, SgdNoiseTraining Training)[] sizes = [.. result.AtStart.Zip(result.Trainings)];
        (string sigma, string floor) =
            ($"σ = {Figure.Of(result.SampleNoise)}", $"the minimum of the loss is {Figure.Of(result.MinLoss)}");
        double sourceTextLaw(SgdNoiseTraining training) =>
            sizes[0].Training.NormVariance / Math.Sqrt(training.BatchSize);
        return new(
            FindingOf(result),
            [
                Table.Of("batch-size", $"Noise at the start, {options.Draws:N0} batches of each size from "
                    + $"{options.Samples:N0} samples; {sigma}", sizes)
                    .Integer("batch size b", size => size.Row.BatchSize)
                    .Number("noise", size => size.Row.Noise)
                    .Number("σ/√b", size => size.Row.Law)
                    .Number("noise · √b", size => size.Row.Scaled)
                    .Number("noise, shuffled", size => size.Row.ShuffledNoise, negligible: Negligible)
                    .Number("σ/√b · √((N − b)/(N − 1))", size => size.Row.ShuffledLaw)
                    .Number("source text: noise", size => Math.Sqrt(size.Training.NormVariance))
                    .Number("source text: theory", size => sourceTextLaw(size.Training))
                    .Number("source text: ratio",
                        size => Math.Sqrt(size.Training.NormVariance) / sourceTextLaw(size.Training)),
                Table.Of("training", $"Noise during a training with learning rate {Figure.Of(options.Rate)}; {floor}",
                    Decades(options, result))
                    .Integer("batch size b", at => at.Training.BatchSize)
                    .Integer("steps", at => at.Point.Step)
                    .Number("loss (nats)", at => at.Point.Loss)
                    .Number("above the minimum", at => at.Point.Loss - result.MinLoss, 3)
                    .Number("gradient", at => at.Point.GradientNorm, 3)
                    .Number("noise", at => at.Point.Noise, 3)
                    .Number("noise/gradient", at => at.Point.Share, 3),
            ],
            [AtStart(result), Along(result)]);
    }

    /// <summary>
    /// The start and the end of every training, and the points nearest to a hundredth and a tenth of the steps.
    /// </summary>
    private static IEnumerable<(SgdNoiseTraining Training, SgdNoisePoint Point)> Decades(
        SgdNoiseOptions options, SgdNoiseResult result) =>
        from training in result.Trainings
        from point in ((double[])[0, 0.01, 0.1, 1])
            .Select(share => training.Points.MinBy(point => Math.Abs(point.Step - (share * options.Steps)))!).Distinct()
        select (training, point);

    private static string FindingOf(SgdNoiseResult result)
    {
        double off = result.AtStart.Max(row => Math.Abs((row.Scaled / result.SampleNoise) - 1));
        (SgdNoiseTraining smallest, SgdNoiseTraining largest) = (result.Trainings[0], result.Trainings[^1]);
        string above(SgdNoiseTraining training) => Figure.Of(training.LateLoss - result.MinLoss, 2);
        return $"At a fixed point noise · √b is {Figure.Of(result.SampleNoise)} at every batch size, within "
            + $"{Figure.Of(100 * off, 2)} %. During the training, at {smallest.Points.Length} points, the noise of "
            + $"batch size {smallest.BatchSize} exceeds the gradient {Wavers(smallest)}, that of {largest.BatchSize} "
            + $"{Wavers(largest)}; in the second half the mean loss is {above(smallest)} above the minimum with "
            + $"{smallest.BatchSize}, {above(largest)} with {largest.BatchSize}.";
    }

    /// <summary>When the noise begins to exceed the gradient for good.</summary>
    public static string Wavers(SgdNoiseTraining training)
    {
        long[] steps = [.. training.Points.Reverse().TakeWhile(point => point.Share > 1).Select(point => point.Step)];
        return steps is [.., long first] ? first == 0 ? "from the start" : $"from step {first} on"
            : training.Points.Any(point => point.Share > 1) ? "now and then" : "never";
    }

    private static Picture AtStart(SgdNoiseResult result)
    {
        double[] sizes = [.. result.AtStart.Select(row => (double)row.BatchSize)];
        double[] between =
        [
            .. Enumerable.Range(0, 200)
                .Select(index => sizes.Min() * Math.Pow(sizes.Max() / sizes.Min(), index / 199.0)),
        ];
        return new(
            "batch-size",
            "The noise at the start falls with the square root of the batch size. Without replacement it falls faster "
            + "as the batch nears all samples. The source text measures something else.",
            new Panel(
                "Gradient noise against batch size",
                new Axis("batch size b", IsLog: true),
                new Axis("noise", IsLog: true),
                new Line("σ/√b", between, [.. between.Select(size => result.SampleNoise / Math.Sqrt(size))]),
                new Points("measured", sizes, [.. result.AtStart.Select(row => row.Noise)]),
                new Points("measured, shuffled", sizes,
                    [.. result.AtStart.Select(row => row.ShuffledNoise < Negligible ? 0 : row.ShuffledNoise)])
                {
                    AreStars = true,
                },
                new Line("measure of the source text", sizes,
                    [.. result.Trainings.Select(training => Math.Sqrt(training.NormVariance))]) { HasDots = true },
                new Line("theory of the source text", between,
                    [.. between.Select(size => result.Trainings[0].NormVariance / Math.Sqrt(size))])
                {
                    IsDashed = true,
                }));
    }

    private static Picture Along(SgdNoiseResult result) => new(
        "training",
        "The smaller the batches, the earlier the loss stops falling. The gradient shrinks during "
        + "the training, its noise hardly.",
        new Panel(
            "The loss above its minimum",
            new Axis("steps", IsLog: true),
            new Axis("loss − minimum (nats)", IsLog: true),
            [.. result.Trainings.Select(Mark (training) => LineOf(training, point => point.Loss - result.MinLoss))]),
        new Panel(
            "The noise divided by the gradient norm",
            new Axis("steps", IsLog: true),
            new Axis("noise/gradient", IsLog: true),
            [
                .. result.Trainings.Select(Mark (training) => LineOf(training, point => point.Share)),
                new HorizontalLine(null, 1),
            ]));

    private static Line LineOf(SgdNoiseTraining training, Func<SgdNoisePoint, double> value) =>
        new Line($"b = {training.BatchSize}", [.. training.Points.Select(point => (double)point.Step)],
            [.. training.Points.Select(value)]);
}
