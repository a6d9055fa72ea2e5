using System.Collections.Immutable;
using CommandLine;
using Functional.Optim;
using Functional.Optim.Training;
using LanguageModel;
using Schedule = Functional.Optim.Schedule;

namespace Experiments;

/// <summary>The configuration that <see cref="ChecklistExperiment"/> reviews.</summary>
public sealed record ChecklistOptions
{
    /// <summary>Model and training.</summary>
    public Preset Configuration { get; init; } = Preset.All.First(preset => preset.Name == "small");

    /// <summary>The number of tokens in the vocabulary; a given text has its own.</summary>
    public int Vocabulary { get; init; } = 32_000;

    /// <summary>The weights that decay, one of <see cref="ChecklistExperiment.Decayed"/>.</summary>
    public string Decayed { get; init; } = ChecklistExperiment.Matrices;

    /// <summary>The available memory, in GiB.</summary>
    public double Memory { get; init; } = 16;

    /// <summary>Number of validations in a run.</summary>
    public int Evaluations { get; init; } = 20;

    /// <summary>The number of validations without progress after which the run stops; 0 for never.</summary>
    public int Patience { get; init; }

    /// <summary>The text; without one it is not checked.</summary>
    public string? Text { get; init; }

    /// <summary>λ: that of the configuration, or that of the presets for adamw and 0 for other optimizers.</summary>
    public double WeightDecay =>
        Configuration.WeightDecay ?? (Configuration.Optimizer == "adamw" ? Preset.DecoupledDecay : 0);

    /// <summary>A preset as it is.</summary>
    public static ChecklistOptions Of(Preset preset) =>
        new() { Configuration = preset, Vocabulary = MiniGptConfigurations.VocabularyOf(preset) };
}

/// <summary>How a weight is grouped by its name, and by its shape.</summary>
/// <param name="Leaf">The weight.</param>
/// <param name="What">What it is.</param>
/// <param name="ShouldDecay">Whether it should decay.</param>
public sealed record GroupingRow(Leaf Leaf, string What, bool ShouldDecay)
{
    /// <summary>Whether it decays by the rule of the source text.</summary>
    public bool DecaysByName =>
        !((string[])["bias", "norm", "ln"]).Any(part => Leaf.Name.Contains(part, StringComparison.Ordinal));

    /// <summary>Whether it decays by its shape.</summary>
    public bool DecaysByShape => Leaf.Rank >= 2;
}

/// <summary>A configuration of MiniGPT, reviewed against the source text's checklist.</summary>
public static class ChecklistExperiment
{
    /// <summary>Only leaves of two or more dimensions decay.</summary>
    public const string Matrices = "matrices";

    /// <summary>All leaves decay.</summary>
    public const string Everything = "everything";

    private const int MaxSteps = 1_000_000_000, MaxSize = 65_536;

    /// <summary>The optimizers that the checklist knows.</summary>
    public static ImmutableArray<string> Optimizers { get; } = ["sgd", "momentum", "adam", "adamw"];

    /// <summary>The weights that may decay.</summary>
    public static ImmutableArray<string> Decayed { get; } = [Matrices, Everything];

    /// <summary>The experiment.</summary>
    public static Experiment Experiment { get; } = Experiments.Experiment.Of<ChecklistOptions>(
            "checklist", "Ten questions about a configuration before a long run", "4.5",
            "Ten questions before a long run take a minute: learning rate, warm-up, weight decay, clip, betas, batch, "
            + "schedule, validation, start and data. Start from a preset and give what differs. Each item is answered "
            + "from the configuration and, where possible, measured.",
            "The source text only prints its checklist; it checks nothing.",
            "Its advice on the warm-up is 0.5 to 2 % of the steps in one section and 1 to 5 % in another. Here it is "
            + "0.5 to 5 %, less for larger models.",
            "It groups the weights by parts of their names: a layer norm called body.1.weight decays and a "
            + "matrix called vulnerable.weight does not. Here they are grouped by shape, and the parameters "
            + "are counted, not the tensors.")
        .OneOf("preset", "Preset to start from; the other options change it",
            [.. Preset.All.Select(preset => preset.Name)],
            of => of.Configuration.Name,
            (_, name) => ChecklistOptions.Of(Preset.All.First(preset => preset.Name == name)))
        .Real("learning-rate", "Peak learning rate η", Bounds.NotNegative,
            of => of.Configuration.LearningRate, (of, rate) => With(of, preset => preset with { LearningRate = rate }))
        .Real("floor", "Learning rate at the end", Bounds.NotNegative,
            of => of.Configuration.Floor, (of, floor) => With(of, preset => preset with { Floor = floor }))
        .Integer("warmup", "Number of warm-up steps", 0, MaxSteps,
            of => of.Configuration.WarmupSteps,
            (of, warmup) => With(of, preset => preset with { WarmupSteps = warmup }))
        .Integer("steps", "Number of training steps", 2, MaxSteps,
            of => of.Configuration.Steps, (of, steps) => With(of, preset => preset with { Steps = steps }))
        .OneOf("schedule", "Schedule of the learning rate",
            ["constant", .. ScheduleChoice.Known.ShortNames.Select(known => known.Name)],
            of => of.Configuration.Schedule, (of, name) => With(of, preset => preset with { Schedule = name }))
        .OneOf("optimizer", "Optimizer", Optimizers,
            of => of.Configuration.Optimizer, (of, name) => With(of, preset => preset with { Optimizer = name }))
        .Real("beta1", "β₁ of Adam, μ of momentum", Bounds.HalfOpenUnitInterval,
            of => of.Configuration.Beta1, (of, beta) => With(of, preset => preset with { Beta1 = beta }))
        .Real("beta2", "β₂ of Adam", Bounds.HalfOpenUnitInterval,
            of => of.Configuration.Beta2, (of, beta) => With(of, preset => preset with { Beta2 = beta }))
        .Real("weight-decay", "Weight decay λ", Bounds.NotNegative,
            of => of.WeightDecay, (of, decay) => With(of, preset => preset with { WeightDecay = decay }))
        .OneOf("decayed", "Weights that decay", Decayed, of => of.Decayed, (of, name) => of with { Decayed = name })
        .Real("clip", "Maximum norm of the gradient; 0 for no limit", Bounds.NotNegative,
            of => of.Configuration.Clip, (of, clip) => With(of, preset => preset with { Clip = clip }))
        .Integer("batch", "Sequences in a batch", 1, MaxSize,
            of => of.Configuration.BatchSize, (of, batch) => With(of, preset => preset with { BatchSize = batch }))
        .Integer("context", "Tokens in a sequence", 1, MaxSize,
            of => of.Configuration.Context, (of, context) => With(of, preset => preset with { Context = context }))
        .Integer("vocabulary", "Tokens in the vocabulary, if no text is given", 2, 1_000_000,
            of => of.Vocabulary, (of, vocabulary) => of with { Vocabulary = vocabulary })
        .Integer("layers", "Transformer blocks", 1, 1024,
            of => of.Configuration.Layers, (of, layers) => With(of, preset => preset with { Layers = layers }))
        .Integer("heads", "Attention heads; --width must be a multiple of them", 1, MaxSize,
            of => of.Configuration.Heads, (of, heads) => With(of, preset => preset with { Heads = heads }))
        .Integer("width", "Length of the vector of a token", 1, MaxSize,
            of => of.Configuration.Width, (of, width) => With(of, preset => preset with { Width = width }))
        .Real("memory", "Available memory (GiB)", Bounds.Positive,
            of => of.Memory, (of, memory) => of with { Memory = memory })
        .Integer("evaluations", "Number of validations in a run", 0, MaxSteps,
            of => of.Evaluations, (of, evaluations) => of with { Evaluations = evaluations })
        .Integer("patience", "Number of validations without progress that stop the run; 0 for never", 0, MaxSteps,
            of => of.Patience, (of, patience) => of with { Patience = patience })
        .File("text", "UTF-8 text to train on", "none, the text is not checked",
            of => of.Text, (of, text) => of with { Text = text })
        .Checked((options, errors) => errors
            .Require(options.Configuration.Width % options.Configuration.Heads == 0, "--heads",
                options.Configuration.Heads,
                $"a divisor of --width, which is {options.Configuration.Width}")
            .Require(options.Configuration.ParameterCount(options.Vocabulary) <= Preset.MaxParameters, "--width",
                options.Configuration.Width,
                "a width that makes, with --layers, --context and --vocabulary, at most "
                + $"{Preset.MaxParameters:N0} parameters"))
        .Requiring(options => options.Text is { } file
            ? Corpus.FromFile(file).Map(_ => LanguageExt.Prelude.unit)
            : LanguageExt.Prelude.unit)
        .Running((options, _) => ReportOf(Reviewed.Of(options)));

    /// <summary>The configuration, item by item.</summary>
    /// <exception cref="LanguageExt.Common.ExpectedException">The text cannot be read.</exception>
    public static ImmutableArray<ChecklistItem> Run(ChecklistOptions options) => Run(Reviewed.Of(options));

    private static ImmutableArray<ChecklistItem> Run(Reviewed reviewed) => ModelChecks.Of(reviewed);

    /// <summary>
    /// Weights that a rule by name and a rule by shape group differently, and one that they group alike.
    /// </summary>
    public static ImmutableArray<GroupingRow> Groupings()
    {
        TreeLayout layout = TreeLayout.Of(
            ("block0.attention.weight", [64, 192]), ("norm.weight", [64]), ("body.1.weight", [64]),
            ("vulnerable.weight", [64, 64]), ("debiased.weight", [64, 64]));
        return
        [
            new(layout.Leaves[0], "a matrix", true), new(layout.Leaves[1], "a layer norm", false),
            new(layout.Leaves[2], "a layer norm in a sequence", false),
            new(layout.Leaves[3], "a matrix with \"ln\" in its name", true),
            new(layout.Leaves[4], "a matrix with \"bias\" in its name", true),
        ];
    }

    private static ChecklistOptions With(ChecklistOptions options, Func<Preset, Preset> change) =>
        options with { Configuration = change(options.Configuration) };

    private static Report ReportOf(Reviewed reviewed)
    {
        (Preset preset, ImmutableArray<ChecklistItem> rows) = (reviewed.Preset, Run(reviewed));
        (string Name, ImmutableArray<ChecklistItem> Rows)[] presets =
        [
            .. from known in Preset.All
               let asItIs = ChecklistOptions.Of(known)
               select (known.Name, asItIs == reviewed.Options ? rows : Run(asItIs)),
        ];
        return new(
            FindingOf(preset, rows),
            [
                Table.Of("review", $"{preset.Name}: {preset.Layers} layers of width {preset.Width}, {preset.Optimizer} "
                    + $"for {preset.Steps:N0} steps", rows)
                    .Text("item", row => row.Name)
                    .Text("value", row => row.Value)
                    .Text("usual", row => row.Usual)
                    .Text("verdict", row => Word(row.Verdict))
                    .Text("advice", row => row.Advice),
                presets.Aggregate(
                    Table.Of("presets", "The presets as they are", rows).Text("item", item => item.Name),
                    (table, known) => table.Text(
                        known.Name, item => Word(known.Rows.Single(row => row.Name == item.Name).Verdict))),
                Table.Of("grouping", "Which weights decay: by name as in the source text, and by shape", Groupings())
                    .Text("weight", row => row.Leaf.ToString())
                    .Text("what it is", row => row.What)
                    .Flag("should decay", row => row.ShouldDecay)
                    .Flag("source text: by name", row => row.DecaysByName)
                    .Flag("by shape", row => row.DecaysByShape),
            ],
            ScheduleChoice.Create(preset).Match(Succ: schedule => PicturesOf(reviewed, schedule), Fail: _ => []));
    }

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Right => "right",
        Verdict.Doubtful => "doubtful",
        Verdict.Wrong => "wrong",
        _ => "not checked",
    };

    private static string FindingOf(Preset preset, ImmutableArray<ChecklistItem> rows)
    {
        IEnumerable<string> others = ((Verdict[])[Verdict.Wrong, Verdict.Doubtful, Verdict.NotChecked])
            .Select(verdict => (
                Word: Word(verdict),
                Names: rows.Where(row => row.Verdict == verdict).Select(row => row.Name).ToArray()))
            .Where(group => group.Names.Length > 0)
            .Select(group => $"{group.Word}: {Words.And(group.Names)}");
        return $"Of {rows.Length} items {rows.Count(row => row.Verdict == Verdict.Right)} are right in this "
            + $"configuration of {preset.Name}"
            + string.Concat(others.Select(other => $"; {other}")) + ".";
    }

    private static ImmutableArray<Picture> PicturesOf(Reviewed reviewed, Schedule schedule)
    {
        Preset preset = reviewed.Preset;
        double[] steps = [.. Schedules.Sampled(preset.Steps).Select(step => (double)step)];
        MemoryNeed need = MemoryNeed.Of(preset, reviewed.Vocabulary);
        return
        [
            new(
                "configuration",
                "Left: the learning rate; dashed lines show the usual range of its peak, and "
                + $"{Figure.Of(100 * Checklist.MinWarmup)} and {Figure.Of(100 * Checklist.MaxWarmup)} % of "
                + "the steps, between which a warm-up usually ends. Right: the memory that training needs; the dashed "
                + "line is the available memory.",
                new Panel(
                    "Learning rate",
                    new Axis("step", Min: 0),
                    new Axis("learning rate", Min: 0),
                    new Line("learning rate", steps, [.. steps.Select(step => schedule.At((long)step))]),
                    new HorizontalLine("usual peak", Checklist.MinRate),
                    new HorizontalLine("usual peak", Checklist.MaxRate),
                    new VerticalLine("usual end of warm-up", Checklist.MinWarmup * preset.Steps),
                    new VerticalLine("usual end of warm-up", Checklist.MaxWarmup * preset.Steps)),
                new Panel(
                    "Memory",
                    new Axis("") { Names = ["parameters", "gradients", "moments", "activations", "total"] },
                    new Axis("memory (GiB)", Min: 0),
                    new Bars(null, [need.Parameters, need.Gradients, need.Moments, need.Activations, need.Total]),
                    new HorizontalLine(null, reviewed.Options.Memory))),
        ];
    }
}
