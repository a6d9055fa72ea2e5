using System.Collections.Immutable;
using Experiments;
using Functional.Optim.Samples.Tests.LanguageModel.Text;
using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;
using LanguageModel;

namespace Functional.Optim.Samples.Tests.Experiments;

public sealed class ChecklistTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static ImmutableArray<(string Item, Verdict Expected, ChecklistOptions Options)> Cases { get; } =
    [
        ("learning rate", Verdict.Wrong, With(tiny => tiny with { LearningRate = 0 })),
        ("learning rate", Verdict.Doubtful, With(tiny => tiny with { LearningRate = 0.9e-4 })),
        ("learning rate", Verdict.Right, With(tiny => tiny with { LearningRate = 1e-4 })),
        ("learning rate", Verdict.Right, With(tiny => tiny with { LearningRate = 5e-4 })),
        ("learning rate", Verdict.Doubtful, With(tiny => tiny with { LearningRate = 6e-4 })),
        ("learning rate", Verdict.Doubtful, With(tiny => tiny with { LearningRate = 6e-4, Width = 512 })),
        ("learning rate", Verdict.NotChecked, With(tiny => tiny with { Optimizer = "sgd" })),
        ("warm-up", Verdict.Doubtful, With(tiny => tiny with { WarmupSteps = 249 })),
        ("warm-up", Verdict.Right, With(tiny => tiny with { WarmupSteps = 250 })),
        ("warm-up", Verdict.Right, With(tiny => tiny with { WarmupSteps = 2500 })),
        ("warm-up", Verdict.Doubtful, With(tiny => tiny with { WarmupSteps = 2501 })),
        ("warm-up", Verdict.Wrong, With(tiny => tiny with { WarmupSteps = 50_000 })),
        ("warm-up", Verdict.Doubtful, With(tiny => tiny with { Schedule = "constant" })),
        ("warm-up", Verdict.Right, With(tiny => tiny with { Schedule = "constant", Optimizer = "sgd" })),
        ("weight decay", Verdict.Doubtful, With(tiny => tiny with { WeightDecay = 0 })),
        ("weight decay", Verdict.Right, With(tiny => tiny with { WeightDecay = 0.01 })),
        ("weight decay", Verdict.Doubtful, With(tiny => tiny with { WeightDecay = 0.2 })),
        ("weight decay", Verdict.Doubtful, With(tiny => tiny with { Optimizer = "adam", WeightDecay = 0.1 })),
        ("weight decay", Verdict.Wrong, With(tiny => tiny) with { Decayed = ChecklistExperiment.Everything }),
        ("clip", Verdict.Doubtful, With(tiny => tiny with { Clip = 0 })),
        ("clip", Verdict.Doubtful, With(tiny => tiny with { Clip = 0.4 })),
        ("clip", Verdict.Right, With(tiny => tiny with { Clip = 2 })),
        ("clip", Verdict.Doubtful, With(tiny => tiny with { Clip = 3 })),
        ("betas", Verdict.Doubtful, With(tiny => tiny with { Beta2 = 0.9 })),
        ("betas", Verdict.Right, With(tiny => tiny with { Beta2 = 0.999 })),
        ("betas", Verdict.Doubtful, With(tiny => tiny with { Beta2 = 0.9999 })),
        ("betas", Verdict.Doubtful, With(tiny => tiny with { Beta1 = 0.5 })),
        ("betas", Verdict.Doubtful, With(tiny => tiny with { Steps = 10 })),
        ("betas", Verdict.NotChecked, With(tiny => tiny with { Optimizer = "momentum" })),
        ("batch and memory", Verdict.Wrong, With(tiny => tiny with { BatchSize = 6000 })),
        ("batch and memory", Verdict.Wrong, With(tiny => tiny) with { Memory = 0.01 }),
        ("schedule", Verdict.Right, With(tiny => tiny with { Schedule = "exponential" })),
        ("schedule", Verdict.Wrong, With(tiny => tiny with { Schedule = "exponential", Floor = 0 })),
        ("schedule", Verdict.Wrong, With(tiny => tiny with { WarmupSteps = 50_000 })),
        ("schedule", Verdict.Doubtful, With(tiny => tiny with { Schedule = "linear" })),
        ("schedule", Verdict.Doubtful, With(tiny => tiny with { Floor = 1 })),
        ("schedule", Verdict.Doubtful, With(tiny => tiny with { Floor = 2e-4 })),
        ("schedule", Verdict.Right, With(tiny => tiny with { Floor = 0 })),
        ("validation", Verdict.Wrong, With(tiny => tiny) with { Evaluations = 0 }),
        ("validation", Verdict.Doubtful, With(tiny => tiny) with { Evaluations = 9 }),
        ("validation", Verdict.Wrong, With(tiny => tiny with { Steps = 19 })),
        ("validation", Verdict.Doubtful, With(tiny => tiny) with { Patience = 20 }),
        ("validation", Verdict.Right, With(tiny => tiny) with { Patience = 5 }),
        ("start", Verdict.Doubtful, With(tiny => tiny with { Width = 2048, Layers = 1 }) with { Vocabulary = 100 }),
        ("start", Verdict.NotChecked, With(tiny => tiny) with { Vocabulary = 600_000 }),
        ("data", Verdict.NotChecked, With(tiny => tiny)),
    ];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Each_value_has_its_verdict_and_what_is_not_right_an_advice() => Assert.All(Cases, one =>
    {
        ChecklistItem found = Judged(one.Item, one.Options);
        Assert.Equal(one.Expected, found.Verdict);
        Assert.True(found.Advice is { Length: > 0 } || found.Verdict is Verdict.Right or Verdict.NotChecked);
    });

    [Fact]
    public void The_presets_pass_but_for_a_rate_and_the_memory()
    {
        string[] notRight =
        [
            .. from preset in Preset.All
               from row in ChecklistExperiment.Run(ChecklistOptions.Of(preset))
               where row.Verdict is Verdict.Doubtful or Verdict.Wrong
               select $"{preset.Name}: {row.Name} {row.Verdict}",
        ];
        Assert.Equal(["nano: learning rate Doubtful", "medium: batch and memory Wrong"], notRight);
    }

    [Fact]
    public void What_decays_is_counted_in_parameters_as_the_optimizer_does()
    {
        ChecklistOptions tiny = With(tiny => tiny);
        GroupReport report = OptimizerChoice.Create(tiny.Configuration)
            .OrThrow("tiny").Report(new GptModel(tiny.Configuration, tiny.Vocabulary, 0).Layout);
        Assert.Contains(
            $" on {report.Rows.Single(row => row.WeightDecay > 0).Parameters:N0} of "
            + $"{report.Rows.Sum(row => row.Parameters):N0} parameters, none of them in norms",
            Judged("weight decay", tiny).Value, StringComparison.Ordinal);
    }

    [Fact]
    public void The_batch_that_it_says_fits_fits_and_the_next_does_not()
    {
        Preset tiny = With(tiny => tiny).Configuration;
        double memory = MemoryNeed.Of(tiny with { BatchSize = 7 }, 10_000).Total * 1.001;
        Assert.Equal("take a batch of 7 and accumulate gradients",
            Judged("batch and memory", With(tiny => tiny) with { Memory = memory }).Advice);
        Assert.Equal(Verdict.Doubtful, Judged(
            "batch and memory", With(tiny => tiny with { BatchSize = 7 }) with { Memory = memory }).Verdict);
    }

    [Fact]
    public void A_text_is_looked_at()
    {
        Assert.Equal(Verdict.Right, OfText(string.Join(
            '\n', Enumerable.Range(0, 500).Select(line => $"a line of its own, the {line:000}. of all"))).Data.Verdict);
        Assert.Equal(Verdict.Doubtful, OfText(
            string.Concat(Enumerable.Repeat("always the very same line\n", 500))).Data.Verdict);
        Assert.Contains("1 of them only held out", OfText(new string('a', 10_000) + "b").Data.Value,
            StringComparison.Ordinal);
        (ChecklistItem data, ChecklistItem validation) = OfText(new string('a', 100));
        Assert.Equal((Verdict.Wrong, Verdict.Right), (data.Verdict, validation.Verdict));
        Assert.Contains("at least 5,121", data.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_is_seen_often_asks_for_an_early_end()
    {
        Assert.Equal(Verdict.Doubtful, OfText(Texts.Sentences(10_000)).Validation.Verdict);
        Assert.Equal(Verdict.Right, OfText(Texts.Sentences(10_000), of => of with { Patience = 5 }).Validation.Verdict);
    }

    [Fact]
    public void A_preset_comes_first_and_the_other_settings_change_it()
    {
        PreparedExperiment prepared = ChecklistExperiment.Experiment
            .Prepare(new Dictionary<string, string> { ["learning-rate"] = "0.001", ["preset"] = "medium",
                ["heads"] = "6" }).OrThrow("checklist");
        Assert.Superset(
            new HashSet<(string, string)> { ("preset", "medium"), ("learning-rate", "0.001"), ("heads", "6"),
                ("layers", "12"), ("vocabulary", "50000") },
            prepared.Settings.ToHashSet());
    }

    [Fact]
    public void A_rule_by_shape_is_right_where_one_by_name_is_not()
    {
        Assert.All(ChecklistExperiment.Groupings(), row => Assert.Equal(row.ShouldDecay, row.DecaysByShape));
        Assert.Equal(
            ["body.1.weight", "vulnerable.weight", "debiased.weight"],
            ChecklistExperiment.Groupings().Where(row => row.DecaysByName != row.ShouldDecay)
                .Select(row => row.Leaf.Name));
    }

    private static ChecklistOptions With(Func<Preset, Preset> change)
    {
        ChecklistOptions tiny = ChecklistOptions.Of(Preset.All.Single(preset => preset.Name == "tiny"));
        return tiny with { Configuration = change(tiny.Configuration) };
    }

    private static ChecklistItem Judged(string item, ChecklistOptions options) =>
        ChecklistExperiment.Run(options).Single(known => known.Name == item);

    private (ChecklistItem Data, ChecklistItem Validation) OfText(
        string text, Func<ChecklistOptions, ChecklistOptions>? change = null)
    {
        File.WriteAllText(folder.At("text.txt"), text);
        ChecklistOptions options = (change ?? (of => of))(With(tiny => tiny) with { Text = folder.At("text.txt") });
        return (Judged("data", options), Judged("validation", options));
    }
}
