using System.Collections.Immutable;
using Functional.Optim;
using Functional.Optim.Kernels;
using Functional.Optim.Training;
using LanguageModel;
using Schedule = Functional.Optim.Schedule;

namespace Experiments;

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

    /// <summary>The items that the library checks, of the optimizer with the schedule and the clip.</summary>
    public ImmutableArray<ChecklistItem> Items() => Checklist.Of(
        Optimizer,
        new GptModel(Preset, Vocabulary, seed: 1).Layout,
        Preset.Steps,
        Options.Evaluations,
        Options.Patience,
        (long)Preset.BatchSize * Preset.Context,
        Text?.Training.Length);

    /// <summary>The optimizer; where the schedule cannot be made, with the warm-up alone.</summary>
    private Optimizer Optimizer
    {
        get
        {
            (Preset of, double decay) = (Preset, Options.WeightDecay);
            Schedule rate = ScheduleChoice.Create(of).IfFail(() => of.WarmupSteps > 0
                ? Schedule.LinearWarmup(1, of.WarmupSteps).Scale(of.LearningRate)
                : of.LearningRate);
            LeafFilter decayed =
                Options.Decayed == ChecklistExperiment.Everything ? LeafFilter.All : LeafFilter.Matrices;
            Optimizer optimizer = of.Optimizer switch
            {
                "adamw" => AdamW.Of(rate, of.Beta1, of.Beta2, weightDecay: decay, decay: decayed),
                "adam" => Adam.Of(rate, of.Beta1, of.Beta2, weightDecay: decay, decay: decayed),
                "momentum" => Sgd.Of(rate, momentum: of.Beta1, weightDecay: decay, decay: decayed),
                _ => Sgd.Of(rate, weightDecay: decay, decay: decayed),
            };
            return of.Clip == 0 ? optimizer : Clip.ByGlobalNorm(of.Clip).Then(optimizer);
        }
    }

    /// <summary>A configuration with its text read.</summary>
    /// <exception cref="LanguageExt.Common.ExpectedException">The text cannot be read.</exception>
    public static Reviewed Of(ChecklistOptions options) => options.Text is not { } file
        ? new(options)
        : TokenizedText.Of(
            Corpus.FromFile(file).ThrowIfFail(), Tokenizer.Characters, options.Configuration.Context).Match(
            Succ: text => new Reviewed(options, text),
            Fail: error => new Reviewed(options, TextError: error.Message));
}

/// <summary>The items of the checklist that need the model or its text; the library's has the others.</summary>
public static class ModelChecks
{
    private const double MeasuredParameters = 64e6, MaxMemoryShare = 0.9, MaxExcess = 0.3, MaxRepeated = 0.1;
    private const int MeasuredTokens = 64, ShortLine = 20;
    private const ulong MeasuredSeed = 1;

    /// <summary>All items of a configuration, in the order of the source text.</summary>
    public static ImmutableArray<ChecklistItem> Of(Reviewed reviewed)
    {
        string[] errors = [.. ScheduleChoice.Create(reviewed.Preset).FailToSeq().Map(error => error.Message)];
        return
        [
            .. reviewed.Items().Select(item => item.Name switch
            {
                "schedule" when errors.Length > 0 => item with
                {
                    Value = reviewed.Preset.Schedule, Verdict = Verdict.Wrong, Advice = string.Join("; ", errors),
                },
                "schedule" => item with { Value = $"{reviewed.Preset.Schedule} {item.Value}" },
                "batch" => Memory(reviewed),
                _ => item,
            }),
            Start(reviewed), Data(reviewed),
        ];
    }

    private static ChecklistItem Item(
        string name, string usual, string value, (Verdict Verdict, string? Advice) found) =>
        new(name, usual, value, found.Verdict, found.Advice);

    private static ChecklistItem Memory(Reviewed of)
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
        return Item(
            "batch and memory", $"up to {Figure.Of(100 * MaxMemoryShare)} % of the memory",
            $"{preset.BatchSize:N0} × {preset.Context:N0} tokens, about {Figure.Of(need.Total, 3)} of "
            + $"{Figure.Of(there)} GiB", (verdict, advice));
    }

    /// <summary>The loss of the model at its start on random tokens: about ln V for a good start.</summary>
    private static ChecklistItem Start(Reviewed of)
    {
        const string name = "start";
        string usual = $"a first loss within {Figure.Of(MaxExcess)} of ln V";
        if (of.Parameters > MeasuredParameters)
        {
            return Item(name, usual, Millions(of.Parameters), (
                Verdict.NotChecked,
                $"measured only up to {Millions(MeasuredParameters)}: look at the first loss of the run"));
        }

        (int vocabulary, int length) = (of.Vocabulary, Math.Min(MeasuredTokens, of.Preset.Context));
        GptModel model = new(of.Preset, vocabulary, MeasuredSeed);
        Philox random = new(MeasuredSeed);
        int[] tokens =
        [
            .. Enumerable.Range(0, length + 1).Select(place => (int)random.Below((ulong)place, vocabulary)),
        ];
        TokenBatch batch = new(tokens.AsMemory(0, length), tokens.AsMemory(1), Rows: 1, length);
        double loss = model.Loss(model.Init(), batch), uniform = Math.Log(vocabulary);
        return Item(
            name, usual, $"a first loss of {Figure.Of(loss)}, ln V = {Figure.Of(uniform)}",
            Math.Abs(loss - uniform) <= MaxExcess
                ? (Verdict.Right, null)
                : (Verdict.Doubtful, "the logits at the start are too large: begin with a smaller deviation"));
    }

    private static ChecklistItem Data(Reviewed of)
    {
        const string name = "data";
        string usual = $"at most {Figure.Of(100 * MaxRepeated)} % of the held-out lines in the training text, no "
            + "character only held out";
        if (of.TextError is { } error) return Item(name, usual, "too short", (Verdict.Wrong, error));
        if (of.Text is not { } text)
            return Item(name, usual, "no text given", (Verdict.NotChecked, "give --text to have it checked"));
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
        return Item(
            name, usual, $"{all:N0} characters, {text.Tokenizer.VocabularySize:N0} different, {unseen:N0} of "
            + $"them only held out; {Figure.Of(100 * repeated, 3)} % of the held-out lines are in the training text",
            (verdict, advice));

        static IEnumerable<string> Lines(string part) =>
            part.Split('\n').Select(line => line.Trim()).Where(line => line.Length >= ShortLine);
    }

    private static string Millions(double parameters) => $"{Figure.Of(parameters / 1e6, 3)} million parameters";
}
