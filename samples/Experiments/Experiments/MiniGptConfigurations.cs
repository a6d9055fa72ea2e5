using System.Collections.Immutable;
using CommandLine;
using Functional.Optim;
using LanguageModel;

namespace Experiments;

/// <summary>The options of <see cref="MiniGptConfigurations"/>.</summary>
public sealed record MiniGptConfigurationsOptions
{
    /// <summary>The number of tokens in the vocabulary of each preset.</summary>
    public ImmutableArray<int> Vocabularies { get; init; } = [10_000, 32_000, 50_000];

    /// <summary>Tokens in a sequence.</summary>
    public int Context { get; init; } = 512;
}

/// <summary>One preset: where its parameters are, and how it is trained.</summary>
/// <param name="Preset">The preset.</param>
/// <param name="Vocabulary">The number of tokens in the vocabulary.</param>
/// <param name="Tokens">Parameters of the embedding of the tokens, which is the output too.</param>
/// <param name="Positions">Parameters of the embedding of the positions.</param>
/// <param name="Matrices">Parameters of the matrices in the blocks.</param>
/// <param name="Vectors">Parameters of norms and biases, which do not decay.</param>
/// <param name="SourceTextParameters">The number of parameters by the source text.</param>
public sealed record MiniGptConfigurationsRow(
    Preset Preset, int Vocabulary, long Tokens, long Positions, long Matrices, long Vectors, long SourceTextParameters)
{
    /// <summary>All parameters.</summary>
    public long Parameters => Tokens + Positions + Matrices + Vectors;

    /// <summary>The length of the warm-up, as a share of the steps.</summary>
    public double WarmupShare => (double)Preset.WarmupSteps / Preset.Steps;

    /// <summary>Tokens in a step.</summary>
    public long TokensPerStep => (long)Preset.BatchSize * Preset.Context;

    /// <summary>Tokens in all steps.</summary>
    public long TotalTokens => TokensPerStep * Preset.Steps;

    /// <summary>Tokens in all steps for each parameter.</summary>
    public double TokensPerParameter => (double)TotalTokens / Parameters;

    /// <summary>The same with the number of parameters by the source text.</summary>
    public double SourceTextTokensPerParameter => (double)TotalTokens / SourceTextParameters;
}

/// <summary>The source text's three configurations of MiniGPT, with their parameters counted.</summary>
public static class MiniGptConfigurations
{
    /// <summary>About the optimum for a given amount of computation (Hoffmann et al., 2022).</summary>
    private const double OptimalTokensPerParameter = 20;

    private const int MaxVocabulary = 1_000_000;

    /// <summary>The vocabulary of a preset that is not in the source text: the characters of a text.</summary>
    private const int Characters = 100;

    private static readonly ImmutableArray<(string Preset, int Vocabulary, long Parameters)> SourceText =
        [("tiny", 10_000, 1_200_000), ("small", 32_000, 25_000_000), ("medium", 50_000, 100_000_000)];

    /// <summary>The experiment.</summary>
    public static Experiment Experiment { get; } = Experiments.Experiment.Of<MiniGptConfigurationsOptions>(
            "minigpt-configurations", "The parameters and tokens of three model sizes", "4.5",
            "A larger model needs a lower learning rate and a longer warm-up. How long to train it depends on "
            + "the tokens for each parameter, so the parameters have to be counted: (V + C)·d for the "
            + "embeddings, about 12·d² in each block.",
            "The source text says 1.2, 25 and 100 million parameters. By its sizes, with the token embedding as the "
            + "output too, they are 2.07, 35.3 and 123.5 million and, with learned positions, 2.14, 35.6 and 123.8.",
            "Its tokens per parameter, and its ratios of learning rate and batch to parameters, are "
            + "computed from the wrong counts.")
        .Integers("vocabularies", "Tokens in the vocabularies of tiny, small and medium", 1, MaxVocabulary,
            of => of.Vocabularies, (of, vocabularies) => of with { Vocabularies = vocabularies })
        .Integer("context", "Tokens in a sequence", 1, 65_536,
            of => of.Context, (of, context) => of with { Context = context })
        .Checked((options, errors) => errors
            .Require(options.Vocabularies.Length == SourceText.Length, "--vocabularies",
                string.Join(',', options.Vocabularies), $"{SourceText.Length} numbers"))
        .Running((options, _) => ReportOf(options, Run(options)));

    /// <summary>The presets, the smallest first.</summary>
    public static ImmutableArray<MiniGptConfigurationsRow> Run(MiniGptConfigurationsOptions options) =>
    [
        .. SourceText.Zip(options.Vocabularies, (sourceText, vocabulary) => RowOf(
            Preset.All.Single(preset => preset.Name == sourceText.Preset) with { Context = options.Context },
            vocabulary, sourceText.Parameters)),
    ];

    /// <summary>The default number of tokens in the vocabulary of a preset.</summary>
    public static int VocabularyOf(Preset preset) =>
        SourceText.Where(known => known.Preset == preset.Name)
            .Select(known => known.Vocabulary).FirstOrDefault(Characters);

    private static MiniGptConfigurationsRow RowOf(Preset preset, int vocabulary, long sourceTextParameters)
    {
        long tokens = (long)vocabulary * preset.Width, positions = (long)preset.Context * preset.Width;
        long matrices = 12L * preset.Layers * preset.Width * preset.Width;
        return new(preset, vocabulary, tokens, positions, matrices,
            preset.ParameterCount(vocabulary) - tokens - positions - matrices, sourceTextParameters);
    }

    private static Report ReportOf(
        MiniGptConfigurationsOptions options, ImmutableArray<MiniGptConfigurationsRow> rows) => new(
        FindingOf(rows),
        [
            Table.Of("parameters", $"Where the parameters are, with sequences of {options.Context} tokens", rows)
                .Text("preset", row => row.Preset.Name)
                .Integer("layers", row => row.Preset.Layers)
                .Integer("heads", row => row.Preset.Heads)
                .Integer("width d", row => row.Preset.Width)
                .Integer("vocabulary V", row => row.Vocabulary)
                .Integer("tokens V·d", row => row.Tokens)
                .Integer("positions C·d", row => row.Positions)
                .Integer("matrices 12·d² per layer", row => row.Matrices)
                .Integer("norms and biases", row => row.Vectors)
                .Integer("total", row => row.Parameters)
                .Integer("without positions", row => row.Parameters - row.Positions)
                .Integer("source text: total", row => row.SourceTextParameters)
                .Number("here/source text", row => (double)row.Parameters / row.SourceTextParameters, 3),
            Table.Of("training", "How they are trained", rows)
                .Text("preset", row => row.Preset.Name)
                .Number("peak rate η", row => row.Preset.LearningRate)
                .Integer("warm-up (steps)", row => row.Preset.WarmupSteps)
                .Integer("steps", row => row.Preset.Steps)
                .Number("warm-up (%)", row => 100 * row.WarmupShare)
                .Number("decay λ", row => row.Preset.WeightDecay ?? Preset.DecoupledDecay)
                .Integer("batch (sequences)", row => row.Preset.BatchSize)
                .Integer("tokens in a step", row => row.TokensPerStep)
                .Number("total tokens (10⁹)", row => row.TotalTokens / 1e9)
                .Number("tokens per parameter", row => row.TokensPerParameter, 3)
                .Number("source text: tokens per parameter", row => row.SourceTextTokensPerParameter, 3)
                .Number("η·√(10⁶ parameters)", row => row.Preset.LearningRate * Math.Sqrt(row.Parameters / 1e6), 3)
                .Number("source text: η·√(10⁶ parameters)",
                    row => row.Preset.LearningRate * Math.Sqrt(row.SourceTextParameters / 1e6), 3)
                .Number("batch per 10⁶ parameters", row => row.Preset.BatchSize / (row.Parameters / 1e6), 3)
                .Number("source text: batch per 10⁶ parameters",
                    row => row.Preset.BatchSize / (row.SourceTextParameters / 1e6), 3),
        ],
        [PictureOf(rows)]);

    private static string FindingOf(ImmutableArray<MiniGptConfigurationsRow> rows)
    {
        string[] billions = [.. rows.Select(row => Figure.Of(row.TotalTokens / 1e9, 3)).Distinct()];
        string seen = billions.Length == 1
            ? $"All see {billions[0]} billion tokens"
            : $"They see {Words.And(billions)} billion tokens";
        return $"{Words.And(rows.Select(row => row.Preset.Name))} have "
            + $"{Words.And(rows.Select(row => Figure.Of(row.Parameters / 1e6, 3)))} million parameters, "
            + $"{Words.And(rows.Select(row => Figure.Of(100.0 * row.Tokens / row.Parameters, 2)))} % of them in the "
            + $"embedding of the tokens. {seen}: "
            + $"{Words.And(rows.Select(row => Figure.Of(row.TokensPerParameter, 3)))} for each parameter, where about "
            + $"{Figure.Of(OptimalTokensPerParameter)} are optimal for a given amount of computation. The warm-up "
            + $"takes {Words.And(rows.Select(row => Figure.Of(100 * row.WarmupShare)))} % of the steps.";
    }

    private static Picture PictureOf(ImmutableArray<MiniGptConfigurationsRow> rows)
    {
        ImmutableArray<string> names = [.. rows.Select(row => row.Preset.Name)];
        return new(
            "parameters",
            "Left: where the parameters are, and their number by the source text. Right: the tokens for each "
            + $"parameter; the dashed line is at {Figure.Of(OptimalTokensPerParameter)}, the optimum for a given "
            + "amount of computation (Hoffmann et al., 2022).",
            new Panel(
                "Parameters",
                new Axis("preset") { Names = names },
                new Axis("parameters", IsLog: true, Min: Math.Min(1000, rows.Min(row => row.Positions) / 2.0)),
                Of("tokens", row => row.Tokens),
                Of("positions", row => row.Positions),
                Of("matrices", row => row.Matrices),
                Of("norms and biases", row => row.Vectors),
                Of("total", row => row.Parameters),
                Of("source text: total", row => row.SourceTextParameters)),
            new Panel(
                "Tokens for each parameter",
                new Axis("preset") { Names = names },
                new Axis("tokens / parameters", IsLog: true,
                    Min: Math.Min(1, rows.Min(row => row.TokensPerParameter) / 2)),
                Of("total", row => row.TokensPerParameter),
                Of("source text: total", row => row.SourceTextTokensPerParameter),
                new HorizontalLine(null, OptimalTokensPerParameter)));

        Bars Of(string name, Func<MiniGptConfigurationsRow, double> height) => new(name, [.. rows.Select(height)]);
    }
}
