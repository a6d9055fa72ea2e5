using System.Collections.Immutable;
using Functional.Optim;
using Functional.Optim.Kernels;
using Functional.Optim.Training;
using LanguageModel;

namespace Experiments;

/// <summary>The verdict on an item.</summary>
public enum Verdict
{
    /// <summary>The value is usual.</summary>
    Right,

    /// <summary>The value is unusual; there may be reasons.</summary>
    Doubtful,

    /// <summary>The value cannot work.</summary>
    Wrong,

    /// <summary>It cannot be checked.</summary>
    NotChecked,
}

/// <summary>The judgement on one item.</summary>
/// <param name="Value">The value of the configuration.</param>
/// <param name="Verdict">Whether the value is right.</param>
/// <param name="Advice">What to do; null where there is nothing to do.</param>
public sealed record Judgement(string Value, Verdict Verdict, string? Advice);

/// <summary>A configuration with its text.</summary>
/// <param name="Options">The configuration.</param>
/// <param name="Text">The text, if one is given that can be trained on.</param>
/// <param name="TextError">Why the given text cannot be trained on.</param>
public sealed record Reviewed(ChecklistOptions Options, TokenizedText? Text = null, string? TextError = null)
{
    /// <summary>Model and training.</summary>
    public Preset Preset => Options.Configuration;

    /// <summary>The number of tokens in the vocabulary.</summary>
    public int Vocabulary => Text?.Tokenizer.VocabularySize ?? Options.Vocabulary;

    /// <summary>The number of parameters.</summary>
    public long Parameters => Preset.ParameterCount(Vocabulary);

    /// <summary>Whether the optimizer is Adam or AdamW.</summary>
    public bool IsAdam => Preset.Optimizer is "adam" or "adamw";

    /// <summary>A configuration with its text read.</summary>
    /// <exception cref="LanguageExt.Common.ExpectedException">The text cannot be read.</exception>
    public static Reviewed Of(ChecklistOptions options) => options.Text is not { } file
        ? new(options)
        : TokenizedText.Of(
            Corpus.FromFile(file).ThrowIfFail(), Tokenizer.Characters, options.Configuration.Context).Match(
            Succ: text => new Reviewed(options, text),
            Fail: error => new Reviewed(options, TextError: error.Message));
}

/// <summary>One item of the checklist.</summary>
/// <param name="Name">What it checks.</param>
/// <param name="Usual">The usual values.</param>
/// <param name="Judge">The check.</param>
public sealed record ChecklistItem(string Name, string Usual, Func<Reviewed, Judgement> Judge)
{
    /// <summary>The minimum usual peak learning rate.</summary>
    public const double MinRate = 1e-4;

    /// <summary>The maximum usual peak learning rate.</summary>
    public const double MaxRate = 5e-4;

    /// <summary>The shortest usual warm-up, as a share of the steps.</summary>
    public const double MinWarmup = 0.005;

    /// <summary>The longest usual warm-up, as a share of the steps.</summary>
    public const double MaxWarmup = 0.05;

    private const double FewParameters = 10e6, ManyParameters = 100e6, MeasuredParameters = 64e6;
    private const double MinDecay = 0.01, MaxDecay = 0.1, MinClip = 0.5, MaxClip = 2, MinBeta1 = 0.8, MaxBeta1 = 0.95,
        MinBeta2 = 0.95, MaxBeta2 = 0.999;
    private const double MaxFloor = 0.2, MaxMemoryShare = 0.9, MaxExcess = 0.3, MaxEpochs = 4, MaxRepeated = 0.1;
    private const int MinEvaluations = 10, GoodPatience = 5, MeasuredTokens = 64, ShortLine = 20;
    private const ulong MeasuredSeed = 1;

    /// <summary>The items, in the order of the source text.</summary>
    public static ImmutableArray<ChecklistItem> All { get; } =
    [
        new("learning rate", $"{Figure.Of(MinRate)} to {Figure.Of(MaxRate)} for Adam", LearningRate),
        new("warm-up", $"{Figure.Of(100 * MinWarmup)} to {Figure.Of(100 * MaxWarmup)} % of the steps, less for larger "
            + "models", Warmup),
        new("weight decay", $"{Figure.Of(MinDecay)} to {Figure.Of(MaxDecay)}, decoupled, not on norms and "
            + "biases", Decay),
        new("clip", $"a norm of {Figure.Of(MinClip)} to {Figure.Of(MaxClip)}", Clip),
        new("betas", $"β₁ about 0.9, β₂ {Figure.Of(MinBeta2)} to {Figure.Of(MaxBeta2)}", Betas),
        new("batch and memory", $"up to {Figure.Of(100 * MaxMemoryShare)} % of the memory", Memory),
        new("schedule", "warm-up, then down to a tenth of the peak or less", TheSchedule),
        new("validation", $"{MinEvaluations} times or more; an early stop where the text is seen more than "
            + $"{Figure.Of(MaxEpochs)} times", Validation),
        new("start", $"a first loss within {Figure.Of(MaxExcess)} of ln V", Start),
        new("data", $"at most {Figure.Of(100 * MaxRepeated)} % of the held-out lines in the training text, no "
            + "character only held out", Data),
    ];

    private static Judgement LearningRate(Reviewed of)
    {
        double rate = of.Preset.LearningRate;
        (Verdict verdict, string? advice) = rate switch
        {
            0 => (Verdict.Wrong, "at a rate of 0 nothing is learned"),
            _ when !of.IsAdam => (Verdict.NotChecked, $"the range is Adam's; the rate of {of.Preset.Optimizer} depends "
                + "on the loss: try some, a factor of 3 apart"),
            < MinRate => (Verdict.Doubtful, $"slow: try {Figure.Of(MinRate)}"),
            > MaxRate when of.Parameters < FewParameters => (Verdict.Doubtful,
                $"small models often train well at this rate; try {Figure.Of(MaxRate)} if the loss has spikes"),
            > MaxRate => (Verdict.Doubtful, $"high for {Millions(of.Parameters)}: try {Figure.Of(MaxRate)}"),
            _ => (Verdict.Right, null),
        };
        return new(Figure.Of(rate), verdict, advice);
    }

    private static Judgement Warmup(Reviewed of)
    {
        Preset preset = of.Preset;
        if (preset.Schedule == "constant")
        {
            return of.IsAdam
                ? new("none: the schedule is constant", Verdict.Doubtful, "take a schedule that warms up")
                : new("none: the schedule is constant", Verdict.Right, null);
        }

        double share = (double)preset.WarmupSteps / preset.Steps;
        (double min, double max) = of.Parameters < ManyParameters ? (0.01, 0.02) : (MinWarmup, 0.01);
        string typical = $"{Figure.Of(100 * min)} to {Figure.Of(100 * max)} %, here {Count(min * preset.Steps)} to "
            + $"{Count(max * preset.Steps)} steps";
        (Verdict verdict, string? advice) = share switch
        {
            >= 1 =>
                (Verdict.Wrong, $"the run ends before the peak; a model of {Millions(of.Parameters)} takes {typical}"),
            < MinWarmup => (Verdict.Doubtful, $"short: a model of {Millions(of.Parameters)} takes {typical}"),
            > MaxWarmup => (Verdict.Doubtful, $"long: a model of {Millions(of.Parameters)} takes {typical}"),
            _ when share > max =>
                (Verdict.Right, $"more than needed: {Millions(of.Parameters)} usually need {typical}"),
            _ => (Verdict.Right, null),
        };
        return new($"{Figure.Of(100 * share, 3)} %, {preset.WarmupSteps:N0} of {preset.Steps:N0}", verdict, advice);
    }

    private static Judgement Decay(Reviewed of)
    {
        (Preset preset, TreeLayout layout) = (of.Preset, new GptModel(of.Preset, of.Vocabulary, MeasuredSeed).Layout);
        Leaf[] decayed = [.. layout.Leaves.Where(leaf => of.Options.Decayed == Checklist.Everything || leaf.Rank >= 2)];
        long vectors = decayed.Where(leaf => leaf.Rank < 2).Sum(leaf => (long)leaf.Length);
        string form = preset.Optimizer == "adamw" ? "decoupled" : "an L2 penalty";
        double decay = of.Options.WeightDecay;
        (Verdict verdict, string? advice) = decay switch
        {
            0 => (Verdict.Doubtful, $"without decay the weights grow: try {Figure.Of(MaxDecay)} with adamw"),
            _ when vectors > 0 => (Verdict.Wrong, "exclude norms and biases, which have one dimension"),
            _ when preset.Optimizer == "adam" =>
                (Verdict.Doubtful, "Adam divides a penalty by √v̂; take adamw, whose decay is decoupled"),
            < MinDecay or > MaxDecay => (Verdict.Doubtful, $"try {Figure.Of(decay < MinDecay ? MinDecay : MaxDecay)}"),
            _ => (Verdict.Right, null),
        };
        return new(
            decay == 0 ? "none"
                : $"{Figure.Of(decay)}, {form}, on {decayed.Sum(leaf => (long)leaf.Length):N0} of "
                    + $"{layout.ParameterCount:N0} parameters, "
                    + $"{(vectors == 0 ? "none" : $"{vectors:N0}")} of them in norms and biases",
            verdict, advice);
    }

    private static Judgement Clip(Reviewed of) => of.Preset.Clip switch
    {
        0 => new("none", Verdict.Doubtful, "one bad batch can undo the run: limit the norm to 1"),
        < MinClip and double low => new(Figure.Of(low), Verdict.Doubtful, "it may clip every gradient, which changes "
            + $"the learning rate: try {Figure.Of(MinClip)} or look at the norms"),
        > MaxClip and double high =>
            new(Figure.Of(high), Verdict.Doubtful, $"it may never clip: try {Figure.Of(MaxClip)} or look at the norms"),
        double clip => new(Figure.Of(clip), Verdict.Right, null),
    };

    private static Judgement Betas(Reviewed of)
    {
        (double beta1, double beta2) = (of.Preset.Beta1, of.Preset.Beta2);
        if (!of.IsAdam) return new($"{of.Preset.Optimizer} has none", Verdict.NotChecked, null);
        double memory = 1 / (1 - beta2);
        (Verdict verdict, string? advice) =
            beta2 is < MinBeta2 or > MaxBeta2
                ? (Verdict.Doubtful, $"β₂ averages over {(beta2 < MinBeta2 ? "few" : "many")} steps: try 0.95")
            : beta1 is < MinBeta1 or > MaxBeta1 ? (Verdict.Doubtful, "try β₁ = 0.9")
            : memory > of.Preset.Steps ? (Verdict.Doubtful, $"the run has {of.Preset.Steps:N0} steps: try β₂ = 0.95")
            : (Verdict.Right, (string?)null);
        return new($"β₁ {Figure.Of(beta1)}, β₂ {Figure.Of(beta2)}, which averages over {Figure.Of(memory)} steps",
            verdict, advice);
    }

    private static Judgement Memory(Reviewed of)
    {
        (Preset preset, double there) = (of.Preset, of.Options.Memory);
        MemoryNeed need = MemoryNeed.Of(preset, of.Vocabulary);
        int fits = (int)Math.Floor((there - need.Total + need.Activations) / (need.Activations / preset.BatchSize));
        string smaller = fits < 1 ? "not even one sequence fits: take a smaller model or more memory"
            : $"take a batch of {fits} and accumulate gradients";
        (Verdict verdict, string? advice) = (need.Total / there) switch
        {
            > 1 => (Verdict.Wrong, smaller),
            > MaxMemoryShare => (Verdict.Doubtful, "nearly full: leave some memory for the validation and the system"),
            _ => (Verdict.Right, (string?)null),
        };
        return new($"{preset.BatchSize:N0} × {preset.Context:N0} tokens, about {Figure.Of(need.Total, 3)} of "
            + $"{Figure.Of(there)} GiB", verdict, advice);
    }

    private static Judgement TheSchedule(Reviewed of)
    {
        Preset preset = of.Preset;
        string[] errors = [.. ScheduleChoice.Create(preset).FailToSeq().Map(error => error.Message)];
        if (errors.Length > 0) return new(preset.Schedule, Verdict.Wrong, string.Join("; ", errors));
        string range = $"from {Figure.Of(preset.LearningRate)} to {Figure.Of(preset.Floor)}";
        return preset.Schedule switch
        {
            "constant" or "linear" => new(
                $"{preset.Schedule}: {Figure.Of(preset.LearningRate)} to the end", Verdict.Doubtful,
                "the last part of a decay lowers the loss most: take cosine"),
            _ when preset.Floor > preset.LearningRate => new($"{preset.Schedule} {range}", Verdict.Doubtful,
                "the floor is above the peak and is lowered to it: it never decays"),
            _ when preset.Floor > MaxFloor * preset.LearningRate => new($"{preset.Schedule} {range}", Verdict.Doubtful,
                $"it hardly decays: try a floor of {Figure.Of(preset.LearningRate / 10)}"),
            _ => new($"{preset.Schedule} {range}", Verdict.Right, null),
        };
    }

    private static Judgement Validation(Reviewed of)
    {
        (int evaluations, int patience) = (of.Options.Evaluations, of.Options.Patience);
        double? epochs = of.Text is { } text
            ? (double)of.Preset.BatchSize * of.Preset.Context * of.Preset.Steps / text.Training.Length
            : null;
        (Verdict verdict, string? advice) =
            evaluations == 0 ? (Verdict.Wrong, "without validation overfitting is not seen")
            : evaluations > of.Preset.Steps ? (Verdict.Wrong, $"there are only {of.Preset.Steps:N0} steps")
            : evaluations < MinEvaluations ? (Verdict.Doubtful, $"few: try {MinEvaluations}")
            : patience >= evaluations ? (Verdict.Doubtful, $"it never stops early: try a patience of {GoodPatience}")
            : patience == 0 && epochs > MaxEpochs
                ? (Verdict.Doubtful, $"stop after {GoodPatience} validations without progress, or keep the best "
                    + "parameters")
            : (Verdict.Right, epochs is null ? "whether to stop early depends on the text: give --text" : null);
        return new(
            $"{evaluations:N0} times, {(patience == 0 ? "to the end" : $"until {patience:N0} without progress")}"
                + (epochs is { } times ? $"; the text is seen {Figure.Of(times, 3)} times" : ""),
            verdict, advice);
    }

    /// <summary>The loss of the model at its start on random tokens: about ln V for a good start.</summary>
    private static Judgement Start(Reviewed of)
    {
        if (of.Parameters > MeasuredParameters)
            return new(Millions(of.Parameters), Verdict.NotChecked,
                $"measured only up to {Millions(MeasuredParameters)}: look at the first loss of the run");
        (int vocabulary, int length) = (of.Vocabulary, Math.Min(MeasuredTokens, of.Preset.Context));
        GptModel model = new(of.Preset, vocabulary, MeasuredSeed);
        Philox random = new(MeasuredSeed);
        int[] tokens =
        [
            .. Enumerable.Range(0, length + 1).Select(place => (int)random.Below((ulong)place, vocabulary)),
        ];
        TokenBatch batch = new(tokens.AsMemory(0, length), tokens.AsMemory(1), Rows: 1, length);
        double loss = model.Loss(model.Init(), batch), uniform = Math.Log(vocabulary);
        return new(
            $"a first loss of {Figure.Of(loss)}, ln V = {Figure.Of(uniform)}",
            Math.Abs(loss - uniform) <= MaxExcess ? Verdict.Right : Verdict.Doubtful,
            Math.Abs(loss - uniform) <= MaxExcess
                ? null
                : "the logits at the start are too large: begin with a smaller deviation");
    }

    private static Judgement Data(Reviewed of)
    {
        if (of.TextError is { } error) return new("too short", Verdict.Wrong, error);
        if (of.Text is not { } text) return new("no text given", Verdict.NotChecked, "give --text to have it checked");
        HashSet<string> trained = [.. Lines(text.Tokenizer.Decode(text.Training.Span))];
        string[] held = [.. Lines(text.Tokenizer.Decode(text.Validation.Span))];
        double repeated = held.Length == 0 ? 0 : (double)held.Count(trained.Contains) / held.Length;
        HashSet<int> learned = [.. text.Training.Span];
        int all = text.Training.Length + text.Validation.Length;
        int unseen = new HashSet<int>([.. text.Validation.Span]).Count(token => !learned.Contains(token));
        (Verdict verdict, string? advice) =
            repeated > MaxRepeated
                ? (Verdict.Doubtful, "repeated lines make the validation loss too low: remove them")
            : unseen > 0
                ? (Verdict.Doubtful, "characters that are only held out cannot be "
                    + "learned: mix the text or replace them")
            : (Verdict.Right, (string?)null);
        return new(
            $"{all:N0} characters, {text.Tokenizer.VocabularySize:N0} different, {unseen:N0} of them only "
            + $"held out; {Figure.Of(100 * repeated, 3)} % of the held-out lines are in the training text",
            verdict, advice);

        static IEnumerable<string> Lines(string part) =>
            part.Split('\n').Select(line => line.Trim()).Where(line => line.Length >= ShortLine);
    }

    private static string Millions(double parameters) => $"{Figure.Of(parameters / 1e6, 3)} million parameters";

    private static string Count(double steps) => $"{Math.Max(Math.Round(steps), 1):N0}";
}
