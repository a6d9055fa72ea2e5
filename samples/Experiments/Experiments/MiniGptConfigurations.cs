using System.Collections.Immutable;
using CommandLine;
using Functional.Optim;
using LanguageModel;

namespace Experiments;

/// <summary>What can be varied in <see cref="MiniGptConfigurations"/>.</summary>
public sealed record MiniGptConfigurationsOptions
{
    /// <summary>How many tokens each of the presets knows.</summary>
    public ImmutableArray<int> Vocabularies { get; init; } = [10_000, 32_000, 50_000];

    /// <summary>Tokens in a sequence.</summary>
    public int Context { get; init; } = 512;
}

/// <summary>One preset: where its parameters are, and how it is trained.</summary>
/// <param name="Preset">The preset.</param>
/// <param name="Vocabulary">How many tokens it knows.</param>
/// <param name="Tokens">Parameters of the embedding of the tokens, which is the output too.</param>
/// <param name="Positions">Parameters of the embedding of the positions.</param>
/// <param name="Matrices">Parameters of the matrices in the blocks.</param>
/// <param name="Vectors">Parameters of norms and biases, which do not decay.</param>
/// <param name="ChapterParameters">How many parameters the chapter says it has.</param>
public sealed record MiniGptConfigurationsRow(
    Preset Preset, int Vocabulary, long Tokens, long Positions, long Matrices, long Vectors, long ChapterParameters)
{
    /// <summary>All parameters.</summary>
    public long Parameters => Tokens + Positions + Matrices + Vectors;

    /// <summary>The share of the updates that are warm-up.</summary>
    public double WarmupShare => (double)Preset.WarmupSteps / Preset.Steps;

    /// <summary>Tokens of an update.</summary>
    public long TokensPerUpdate => (long)Preset.BatchSize * Preset.Context;

    /// <summary>Tokens of all updates.</summary>
    public long TokensInAll => TokensPerUpdate * Preset.Steps;

    /// <summary>Tokens of all updates for each parameter.</summary>
    public double TokensPerParameter => (double)TokensInAll / Parameters;

    /// <summary>The same with the chapter's parameters.</summary>
    public double ChapterTokensPerParameter => (double)TokensInAll / ChapterParameters;
}

/// <summary>The chapter's three configurations of MiniGPT, with their parameters counted.</summary>
public static class MiniGptConfigurations
{
    /// <summary>What is about compute-optimal (Hoffmann et al., 2022).</summary>
    private const double OptimalTokensPerParameter = 20;

    private const int LargestVocabulary = 1_000_000;

    /// <summary>Of a preset that is not the chapter's: the characters of a text.</summary>
    private const int Characters = 100;

    private static readonly ImmutableArray<(string Preset, int Vocabulary, long Parameters)> Chapter =
        [("tiny", 10_000, 1_200_000), ("small", 32_000, 25_000_000), ("medium", 50_000, 100_000_000)];

    /// <summary>The experiment.</summary>
    public static Experiment Experiment { get; } = Experiments.Experiment.Of<MiniGptConfigurationsOptions>(
            "minigpt-configurations", "The parameters and tokens of three model sizes", "4.5",
            "A larger model takes a lower rate and a longer warm-up. How long it is to be trained is a question of tokens for each parameter, "
            + "so the parameters have to be counted: (V + C)·d for the embeddings, about 12·d² in each block.",
            "The chapter says 1.2, 25 and 100 million parameters. Its sizes, with the token embedding as the output too, make 2.07, 35.3 and 123.5 million "
            + "and, with learned positions, 2.14, 35.6 and 123.8.",
            "Its tokens per parameter, and the ratios of learning rate and batch to parameters, are of its wrong counts.")
        .Integers("vocabularies", "How many tokens tiny, small and medium know", 1, LargestVocabulary,
            of => of.Vocabularies, (of, vocabularies) => of with { Vocabularies = vocabularies })
        .Integer("context", "Tokens in a sequence", 1, 65_536, of => of.Context, (of, context) => of with { Context = context })
        .Checked((options, errors) => errors
            .Require(options.Vocabularies.Length == Chapter.Length, "--vocabularies", string.Join(',', options.Vocabularies), $"{Chapter.Length} numbers"))
        .Running((options, _) => ReportOf(options, Run(options)));

    /// <summary>The presets, the smallest first.</summary>
    public static ImmutableArray<MiniGptConfigurationsRow> Run(MiniGptConfigurationsOptions options) =>
    [
        .. Chapter.Zip(options.Vocabularies, (chapter, vocabulary) => RowOf(
            Preset.All.Single(preset => preset.Name == chapter.Preset) with { Context = options.Context }, vocabulary, chapter.Parameters)),
    ];

    /// <summary>How many tokens a preset knows unless one says otherwise.</summary>
    public static int VocabularyOf(Preset preset) =>
        Chapter.Where(known => known.Preset == preset.Name).Select(known => known.Vocabulary).FirstOrDefault(Characters);

    private static MiniGptConfigurationsRow RowOf(Preset preset, int vocabulary, long chapterParameters)
    {
        long tokens = (long)vocabulary * preset.Width, positions = (long)preset.Context * preset.Width;
        long matrices = 12L * preset.Layers * preset.Width * preset.Width;
        return new(preset, vocabulary, tokens, positions, matrices, preset.ParameterCount(vocabulary) - tokens - positions - matrices, chapterParameters);
    }

    private static Report ReportOf(MiniGptConfigurationsOptions options, ImmutableArray<MiniGptConfigurationsRow> rows) => new(
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
                .Integer("matrices 12·d² a layer", row => row.Matrices)
                .Integer("norms and biases", row => row.Vectors)
                .Integer("in all", row => row.Parameters)
                .Integer("without positions", row => row.Parameters - row.Positions)
                .Integer("chapter: in all", row => row.ChapterParameters)
                .Number("ours/chapter's", row => (double)row.Parameters / row.ChapterParameters, 3),
            Table.Of("training", "How they are trained", rows)
                .Text("preset", row => row.Preset.Name)
                .Number("peak rate η", row => row.Preset.LearningRate)
                .Integer("warm-up (updates)", row => row.Preset.WarmupSteps)
                .Integer("updates", row => row.Preset.Steps)
                .Number("warm-up (%)", row => 100 * row.WarmupShare)
                .Number("decay λ", row => row.Preset.WeightDecay ?? Preset.DecoupledDecay)
                .Integer("batch (sequences)", row => row.Preset.BatchSize)
                .Integer("tokens an update", row => row.TokensPerUpdate)
                .Number("tokens in all (10⁹)", row => row.TokensInAll / 1e9)
                .Number("tokens per parameter", row => row.TokensPerParameter, 3)
                .Number("chapter: tokens per parameter", row => row.ChapterTokensPerParameter, 3)
                .Number("η·√(10⁶ parameters)", row => row.Preset.LearningRate * Math.Sqrt(row.Parameters / 1e6), 3)
                .Number("chapter: η·√(10⁶ parameters)", row => row.Preset.LearningRate * Math.Sqrt(row.ChapterParameters / 1e6), 3)
                .Number("batch per 10⁶ parameters", row => row.Preset.BatchSize / (row.Parameters / 1e6), 3)
                .Number("chapter: batch per 10⁶ parameters", row => row.Preset.BatchSize / (row.ChapterParameters / 1e6), 3),
        ],
        [PictureOf(rows)]);

    private static string FindingOf(ImmutableArray<MiniGptConfigurationsRow> rows)
    {
        string[] billions = [.. rows.Select(row => Figure.Of(row.TokensInAll / 1e9, 3)).Distinct()];
        string seen = billions.Length == 1 ? $"All see {billions[0]} billion tokens" : $"They see {Words.And(billions)} billion tokens";
        return $"{Words.And(rows.Select(row => row.Preset.Name))} have {Words.And(rows.Select(row => Figure.Of(row.Parameters / 1e6, 3)))} million parameters, "
            + $"{Words.And(rows.Select(row => Figure.Of(100.0 * row.Tokens / row.Parameters, 2)))} % of them in the embedding of the tokens. {seen}: "
            + $"{Words.And(rows.Select(row => Figure.Of(row.TokensPerParameter, 3)))} for each parameter, where about {Figure.Of(OptimalTokensPerParameter)} make the most "
            + $"of a given compute. The warm-up takes {Words.And(rows.Select(row => Figure.Of(100 * row.WarmupShare)))} % of the updates.";
    }

    private static Picture PictureOf(ImmutableArray<MiniGptConfigurationsRow> rows)
    {
        ImmutableArray<string> names = [.. rows.Select(row => row.Preset.Name)];
        return new(
            "parameters",
            $"Left, where the parameters are, and how many the chapter says. Right, the tokens for each parameter; the dashed line is at {Figure.Of(OptimalTokensPerParameter)}, "
            + "which makes the most of a given compute (Hoffmann et al., 2022).",
            new Panel(
                "Parameters",
                new Axis("preset") { Names = names },
                new Axis("parameters", IsLog: true, Least: Math.Min(1000, rows.Min(row => row.Positions) / 2.0)),
                Of("tokens", row => row.Tokens),
                Of("positions", row => row.Positions),
                Of("matrices", row => row.Matrices),
                Of("norms and biases", row => row.Vectors),
                Of("in all", row => row.Parameters),
                Of("chapter: in all", row => row.ChapterParameters)),
            new Panel(
                "Tokens for each parameter",
                new Axis("preset") { Names = names },
                new Axis("tokens / parameters", IsLog: true, Least: Math.Min(1, rows.Min(row => row.TokensPerParameter) / 2)),
                Of("in all", row => row.TokensPerParameter),
                Of("chapter: in all", row => row.ChapterTokensPerParameter),
                new Level(null, OptimalTokensPerParameter)));

        Bars Of(string name, Func<MiniGptConfigurationsRow, double> height) => new(name, [.. rows.Select(height)]);
    }
}
