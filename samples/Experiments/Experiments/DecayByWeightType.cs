using System.Collections.Immutable;
using Functional.Optim;
using Functional.Optim.Kernels;

namespace Experiments;

/// <summary>The options of <see cref="DecayByWeightType"/>.</summary>
public sealed record DecayByWeightTypeOptions
{
    /// <summary>d, the length of the vector of a token.</summary>
    public int Width { get; init; } = 64;

    /// <summary>The number of tokens in the vocabulary.</summary>
    public int Vocabulary { get; init; } = 1000;

    /// <summary>Number of steps.</summary>
    public int Steps { get; init; } = 100;

    /// <summary>η.</summary>
    public double Rate { get; init; } = 1e-4;

    /// <summary>λ.</summary>
    public double WeightDecay { get; init; } = 0.1;

    /// <summary>
    /// The deviation of the constant part of the gradient; ten times that on the embeddings.
    /// </summary>
    public double Signal { get; init; } = 1e-3;

    /// <summary>The deviation of the random part of the gradient, which differs from step to step.</summary>
    public double Noise { get; init; } = 1e-4;
}

/// <summary>One type of weights under AdamW, with decay and without.</summary>
/// <param name="Leaf">The name and shape of the weights.</param>
/// <param name="Norms">‖θ‖ after 0, 1, 2, … steps with decay.</param>
/// <param name="PlainNorms">The same without decay.</param>
/// <param name="DecayAlone">|1 − η·λ|ᵀ: the ratio of ‖θ‖ with decay and without a gradient.</param>
/// <param name="DecayPart">The norm of the part of the change of θ that decay makes.</param>
/// <param name="AdamPart">The norm of the change of θ without decay.</param>
/// <param name="EffectiveRate">The mean of η/(√v̂ + ε) at the end; null without a gradient.</param>
public sealed record DecayByWeightTypeRow(
    Leaf Leaf, ImmutableArray<double> Norms, ImmutableArray<double> PlainNorms, double DecayAlone, double DecayPart,
    double AdamPart, double? EffectiveRate)
{
    /// <summary>‖θ‖ at the end divided by ‖θ‖ at the start, with decay.</summary>
    public double Ratio => Norms[^1] / Norms[0];

    /// <summary>The same without decay.</summary>
    public double PlainRatio => PlainNorms[^1] / PlainNorms[0];

    /// <summary>The share of the change that decay makes, in [0, 1].</summary>
    public double Share => DecayPart + AdamPart == 0 ? 0 : DecayPart / (DecayPart + AdamPart);

    /// <summary>Whether it decays by its shape.</summary>
    public bool DecaysByShape => Leaf.Rank >= 2;
}

/// <summary>The part of weight decay in the change of the weights of a transformer.</summary>
public static class DecayByWeightType
{
    /// <summary>The rows of the embedding of tokens that occur.</summary>
    public const string Seen = "embedding, seen";

    /// <summary>The other rows of the embedding.</summary>
    public const string Unseen = "embedding, unseen";

    /// <summary>The gains of a layer norm.</summary>
    public const string Norm = "layer norm";

    private const double InitialDeviation = 0.02, EmbeddingSignal = 10;
    private const int TokensForEachSeen = 10;
    private const ulong Start = 0, Signal = 1, FirstNoise = 2;

    /// <summary>The experiment.</summary>
    public static Experiment Experiment { get; } = Experiments.Experiment.Of<DecayByWeightTypeOptions>(
            "decay-by-weight-type", "How much of the change of each type of weight is decay", "4.3",
            "In each step AdamW multiplies every weight by 1 − η·λ and moves it by about η against its gradient. Which "
            + "of the two is larger depends on the weights: matrices start with a deviation of 0.02, layer norms at "
            + "one, and most rows of an embedding have no gradient.",
            "The source text reads the decay of its first type, the embedding, before it "
            + "is set, and so raises an error.",
            "It adds noise to every entry of a gradient that it calls sparse. Here a tenth of the tokens occur, and "
            + "the rows of the others have no gradient at all.",
            "It draws the gains of layer norms from N(0, 1); they should start at one.",
            "It calls (1 − η·λ)ᵀ = 0.999 the norm in theory; the norms of the matrices become 1.10 times that. "
            + "It leaves out the part of Adam.")
        .Integer("width", "Length d of the vector of a token; in the source text 768", 1, 768,
            of => of.Width, (of, width) => of with { Width = width })
        .Integer("vocabulary", "Tokens in the vocabulary; in the source text 50000", 10, 50_000,
            of => of.Vocabulary, (of, tokens) => of with { Vocabulary = tokens })
        .Integer("steps", "Number of steps", 1, 10_000, of => of.Steps, (of, steps) => of with { Steps = steps })
        .Real("rate", "Learning rate η", Bounds.Positive, of => of.Rate, (of, rate) => of with { Rate = rate })
        .Real("weight-decay", "Weight decay λ", Bounds.NotNegative,
            of => of.WeightDecay, (of, decay) => of with { WeightDecay = decay })
        .Real("signal", "Deviation of the constant part of the gradient; ten times that on the embedding",
            Bounds.NotNegative,
            of => of.Signal, (of, signal) => of with { Signal = signal })
        .Real("noise", "Deviation of the random part of the gradient", Bounds.NotNegative,
            of => of.Noise, (of, noise) => of with { Noise = noise })
        .Running((options, seed, progress, cancellation) =>
            ReportOf(options, Run(options, seed, progress, cancellation)));

    /// <summary>Every type, with decay and without, under the same gradients.</summary>
    public static ImmutableArray<DecayByWeightTypeRow> Run(
        DecayByWeightTypeOptions options, ulong seed, IProgress<double> progress, CancellationToken cancellation)
    {
        TreeLayout layout = LayoutOf(options);
        Philox random = new(seed);
        ParameterTree<double> start =
            Normals(leaf => leaf.Rank >= 2 ? InitialDeviation : 0, (leaf, _) => leaf.Rank >= 2 ? 0 : 1, Start);
        ParameterTree<double> signal = Normals(leaf => SignalOf(leaf, options), (_, _) => 0, Signal);
        (AdamW decaying, AdamW plain) =
            (AdamW.Of(options.Rate, weightDecay: options.WeightDecay), AdamW.Of(options.Rate, weightDecay: 0));
        (ParameterTree<double> at, AdamState<double> state) = (start, decaying.Init(start));
        (ParameterTree<double> plainAt, AdamState<double> plainState) = (start, plain.Init(start));
        List<double[]> norms = [NormsOf(start)], plainNorms = [NormsOf(start)];
        for (int step = 1; step <= options.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            ParameterTree<double> gradients = Normals(
                leaf => leaf.Name == Unseen ? 0 : options.Noise, (leaf, index) => signal.AsSpan(leaf)[index],
                FirstNoise + (ulong)step);
            (at, state) = decaying.Step(at, gradients, state);
            (plainAt, plainState) = plain.Step(plainAt, gradients, plainState);
            norms.Add(NormsOf(at));
            plainNorms.Add(NormsOf(plainAt));
            progress.Report(step / (double)options.Steps);
        }

        return
        [
            .. layout.Leaves.Select(leaf => new DecayByWeightTypeRow(
                leaf,
                [.. norms.Select(each => each[leaf.Index])],
                [.. plainNorms.Select(each => each[leaf.Index])],
                Left(options, options.Steps),
                Distance.Between(at.AsSpan(leaf), plainAt.AsSpan(leaf)),
                Distance.Between(plainAt.AsSpan(leaf), start.AsSpan(leaf)),
                leaf.Name == Unseen ? null
                    : decaying.Statistics(state, one => one.Name == leaf.Name).EffectiveRateMean)),
        ];

        ParameterTree<double> Normals(Func<Leaf, double> deviation, Func<Leaf, int, double> mean, ulong stream)
        {
            TreeBuffer<double> buffer = layout.Rent<double>();
            foreach (Leaf leaf in layout.Leaves)
            {
                Span<double> values = buffer.AsSpan(leaf);
                double spread = deviation(leaf);
                for (int index = 0; index < values.Length; index++)
                    values[index] = mean(leaf, index)
                        + (spread == 0 ? 0 : spread * random.Normal((ulong)(leaf.Offset + index), stream));
            }

            return buffer.ToTree();
        }
    }

    private static TreeLayout LayoutOf(DecayByWeightTypeOptions options)
    {
        (int width, int seen) = (options.Width, options.Vocabulary / TokensForEachSeen);
        return TreeLayout.Of(
            (Seen, [seen, width]), (Unseen, [options.Vocabulary - seen, width]),
            ("attention, in", [width, 3 * width]), ("attention, out", [width, width]),
            ("MLP, up", [width, 4 * width]), ("MLP, down", [4 * width, width]), (Norm, [width]));
    }

    private static double SignalOf(Leaf leaf, DecayByWeightTypeOptions options) => leaf.Name switch
    {
        Seen => EmbeddingSignal * options.Signal,
        Unseen => 0,
        _ => options.Signal,
    };

    private static double[] NormsOf(ParameterTree<double> at) =>
    [
        .. at.Layout.Leaves.Select(leaf => BlockReduction.Norm(at.AsSpan(leaf))),
    ];

    /// <summary>The ratio of a norm after some steps of decay alone.</summary>
    private static double Left(DecayByWeightTypeOptions options, int steps) =>
        Math.Pow(Math.Abs(1 - (options.Rate * options.WeightDecay)), steps);

    private static Report ReportOf(DecayByWeightTypeOptions options, ImmutableArray<DecayByWeightTypeRow> rows)
    {
        int[] shown = [.. Enumerable.Range(0, 11).Select(tenth => tenth * options.Steps / 10).Distinct()];
        return new(
            FindingOf(options, rows),
            [
                Table.Of("types", $"{options.Steps} steps of AdamW, η = {Figure.Of(options.Rate)}, λ = "
                    + $"{Figure.Of(options.WeightDecay)} on every type", rows)
                    .Text("weights", row => row.Leaf.Name)
                    .Text("shape", row => string.Join(" × ", row.Leaf.Shape))
                    .Flag("decays by shape", row => row.DecaysByShape)
                    .Number("norm at the start", row => row.Norms[0])
                    .Number("norm at the end", row => row.Norms[^1])
                    .Number("end/start", row => row.Ratio)
                    .Number("end/start without decay", row => row.PlainRatio)
                    .Number("(1 − η·λ)ᵀ", row => row.DecayAlone, 6)
                    .Number("share of decay in the change (%)", row => 100 * row.Share, 3)
                    .Number("mean effective rate", row => row.EffectiveRate, 3, missing: "no gradient")
                    .Text("source text: in theory", row => IsOfSourceText(options) ? SourceTextTheory(row) : null),
                rows.Aggregate(
                    Table.Of("norms", "The norm divided by that at the start, with decay", shown)
                        .Integer("step", step => step),
                    (table, row) => table.Number(row.Leaf.Name, step => row.Norms[step] / row.Norms[0], 5)),
            ],
            PicturesOf(options, rows));
    }

    private static bool IsOfSourceText(DecayByWeightTypeOptions options) =>
        (options.Steps, options.Rate, options.WeightDecay) == (100, 1e-4, 0.1);

    private static string SourceTextTheory(DecayByWeightTypeRow row) => row.Leaf.Name switch
    {
        Seen or Unseen => "error",
        Norm => "no decay",
        _ => "0.999",
    };

    private static string FindingOf(DecayByWeightTypeOptions options, ImmutableArray<DecayByWeightTypeRow> rows)
    {
        DecayByWeightTypeRow[] matrices = [.. rows.Where(row => row.Leaf.Name is not (Seen or Unseen or Norm))];
        DecayByWeightTypeRow unseen = Row(Unseen), norm = Row(Norm);
        return $"After {options.Steps} steps the norms of the matrices are {Figure.Of(matrices.Min(row => row.Ratio))} "
            + $"to {Figure.Of(matrices.Max(row => row.Ratio))} times those at the start; decay alone would make them "
            + $"{Figure.Of(unseen.DecayAlone)} times: decay makes at most "
            + $"{Figure.Of(100 * matrices.Max(row => row.Share), 2)} % of their change. Of a layer norm, whose gains "
            + $"are {Figure.Of(1 / InitialDeviation)} times as large, it would make {Figure.Of(100 * norm.Share, 2)} "
            + $"%, and {Figure.Of(100 * unseen.Share, 3)} % of the embedding of tokens that do not occur, which keep "
            + $"{Figure.Of(unseen.Ratio, 6)} of their norm.";

        DecayByWeightTypeRow Row(string name) => rows.Single(row => row.Leaf.Name == name);
    }

    private static ImmutableArray<Picture> PicturesOf(
        DecayByWeightTypeOptions options, ImmutableArray<DecayByWeightTypeRow> rows)
    {
        double near = 100 * Math.Max(1 - rows[0].DecayAlone, 1e-4);
        return
        [
            new(
                "norms",
                "The change of the norm of each type, in full and close to zero; the dashed line is decay alone.",
                Of("The norm", new Axis("change of the norm (%)")),
                Of("The same, close to zero", new Axis("change of the norm (%)", Min: -4 * near, Max: near))),
            new(
                "shares",
                "The share of decay in the change of each type.",
                new Panel(
                    $"After {options.Steps} steps",
                    new Axis("") { Names = [.. rows.Select(row => row.Leaf.Name.Replace(' ', '\n'))] },
                    new Axis("share of decay in the change (%)", IsLog: true, Min: 0.01, Max: 200),
                    new Bars(null, [.. rows.Select(row => 100 * row.Share)]))),
        ];

        Panel Of(string title, Axis y) => new(
            title,
            new Axis("steps"),
            y,
            [
                .. rows.Select(Mark (row, index) =>
                    Line.Over(row.Leaf.Name, [.. row.Norms.Select(norm => Change(norm / row.Norms[0]))])
                        with { Width = 2 + ((rows.Length - index) / 2f) }),
                Line.Over(null, [.. Enumerable.Range(0, options.Steps + 1).Select(step => Change(Left(options, step)))])
                    with { IsDashed = true },
            ]);

        static double Change(double ratio) => 100 * (ratio - 1);
    }
}
