using Functional.Optim.Training;

namespace Functional.Optim.Tests.Training.Diagnoses;

public class ChecklistTests
{
    private const long Steps = 10_000;

    private static readonly TreeLayout Layout = TreeLayout.Of(("w", [64, 64]), ("b", [64]));

    private static readonly Schedule Cosine = Schedule.WarmupCosine(3e-4, 200, (int)Steps, 3e-5);

    private static readonly Optimizer Usual = Clip.ByGlobalNorm(1)
        .Then(AdamW.Of(Cosine, beta2: 0.95, weightDecay: 0.1, decay: LeafFilter.Matrices));

    public static TheoryData<string, Verdict, string> Cases => new()
    {
        { "learning rate", Verdict.Wrong, "adamw(learningRate=0)" },
        { "learning rate", Verdict.Right, "adamw(learningRate=0.0001)" },
        { "learning rate", Verdict.Doubtful, "adamw(learningRate=0.001)" },
        { "learning rate", Verdict.NotChecked, "sgd(learningRate=0.001)" },
        { "learning rate", Verdict.Right, "lion(learningRate=0.0001)" },
        { "learning rate", Verdict.Doubtful, "lion(learningRate=0.0003)" },
        { "warm-up", Verdict.Doubtful, "adamw(learningRate=0.0003)" },
        { "warm-up", Verdict.Right, "sgd(learningRate=0.1)" },
        { "warm-up", Verdict.Doubtful, "adamw(learningRate=linearWarmup(peak=0.0003, warmupSteps=49))" },
        { "warm-up", Verdict.Right, "adamw(learningRate=linearWarmup(peak=0.0003, warmupSteps=50))" },
        { "warm-up", Verdict.Right, "adamw(learningRate=linearWarmup(peak=0.0003, warmupSteps=500))" },
        { "warm-up", Verdict.Doubtful, "adamw(learningRate=linearWarmup(peak=0.0003, warmupSteps=501))" },
        { "warm-up", Verdict.Wrong, "adamw(learningRate=linearWarmup(peak=0.0003, warmupSteps=20000))" },
        { "weight decay", Verdict.Wrong, "adamw(learningRate=0.0003, weightDecay=0.1)" },
        { "weight decay", Verdict.Right, "adamw(learningRate=0.0003, weightDecay=0.1, decay=matrices)" },
        { "weight decay", Verdict.Doubtful, "adam(learningRate=0.0003, weightDecay=0.1, decay=matrices)" },
        { "weight decay", Verdict.Right, "sgd(learningRate=0.1, weightDecay=0.1, decay=matrices)" },
        { "weight decay", Verdict.Doubtful, "adamw(learningRate=0.0003, weightDecay=0.5, decay=matrices)" },
        { "weight decay", Verdict.Doubtful, "adamw(learningRate=0.0003, weightDecay=0)" },
        { "clip", Verdict.Doubtful, "adamw(learningRate=0.0003)" },
        { "betas", Verdict.Doubtful, "adamw(learningRate=0.0003, beta2=0.9)" },
        { "betas", Verdict.Right, "adamw(learningRate=0.0003, beta2=0.999)" },
        { "betas", Verdict.NotChecked, "sgd(learningRate=0.1)" },
        { "schedule", Verdict.Doubtful, "adamw(learningRate=0.0003)" },
    };

    [Fact]
    public void A_usual_configuration_is_right() => Assert.All(
        Checklist.Of(Usual, Layout, Steps, evaluations: 20, patience: 5, batch: 64, examples: 100_000),
        item => Assert.Equal(Verdict.Right, item.Verdict));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_value_has_its_verdict(string name, Verdict expected, string optimizer)
    {
        ChecklistItem item = Find(name, Catalogue.Build(optimizer).OrThrow("optimizer"));
        Assert.Equal(expected, item.Verdict);
        Assert.True(item.Advice is { Length: > 0 } || item.Verdict is Verdict.Right or Verdict.NotChecked);
    }

    [Fact]
    public void A_clip_and_a_schedule_are_found_inside_wrappers_and_compositions()
    {
        foreach (Optimizer optimizer in (Optimizer[])[Usual, Accumulate.Of(2, Usual), ApplyIfFinite.Around(Usual)])
        {
            Assert.Equal((Verdict.Right, "1"), (Find("clip", optimizer).Verdict, Find("clip", optimizer).Value));
            Assert.Equal("from 0.0003 to 3e-5", Find("schedule", optimizer).Value);
            Assert.Equal("2 %, 200 of 10,000", Find("warm-up", optimizer).Value);
        }

        Assert.Equal(Verdict.Doubtful, Find("clip", Clip.ByGlobalNorm(10).Then(Usual)).Verdict);
        Assert.Equal(Verdict.Right, Find("schedule", ScheduleFree.Of(AdamW.Of(3e-4))).Verdict);
    }

    [Fact]
    public void Each_rule_of_a_partition_is_judged_by_its_own_range()
    {
        Optimizer Modern(double rate) =>
            Partition.Of((LeafFilter.HiddenMatrices, Muon.Of(0.02)), (LeafFilter.All, AdamW.Of(rate)));
        Assert.Equal((Verdict.Right, "0.0003"), Of(Modern(3e-4)));
        Assert.Equal((Verdict.Doubtful, "0.02"), Of(Modern(0.02)));

        static (Verdict, string) Of(Optimizer optimizer) =>
            (Find("learning rate", optimizer).Verdict, Find("learning rate", optimizer).Value);
    }

    [Theory]
    [InlineData(Verdict.NotChecked, null, 0)]
    [InlineData(Verdict.Wrong, 0L, 0)]
    [InlineData(Verdict.Doubtful, 9L, 0)]
    [InlineData(Verdict.Right, 10L, 0)]
    [InlineData(Verdict.Doubtful, 10L, 10)]
    [InlineData(Verdict.Wrong, 10_001L, 0)]
    public void Validation_is_judged_by_its_number_and_patience(Verdict expected, long? evaluations, long patience) =>
        Assert.Equal(expected, Checklist.Of(Usual, Layout, Steps, evaluations, patience)[^1].Verdict);

    [Fact]
    public void Batches_and_epochs_are_judged_by_the_examples()
    {
        Assert.Equal(Verdict.Wrong, Item(batch: 65, examples: 64, "batch").Verdict);
        Assert.Equal(Verdict.Doubtful, Item(batch: 1, examples: 64, "batch").Verdict);
        Assert.Equal(Verdict.Doubtful, Item(batch: 5, examples: 10_000, "validation").Verdict);
        Assert.Equal(Verdict.Right, Item(batch: 4, examples: 10_000, "validation").Verdict);
        Assert.Throws<ArgumentOutOfRangeException>(() => Checklist.Of(Usual, Layout, 0));

        static ChecklistItem Item(long batch, long examples, string name) =>
            Checklist.Of(Usual, Layout, Steps, 20, 0, batch, examples).Single(item => item.Name == name);
    }

    private static ChecklistItem Find(string name, Optimizer optimizer) =>
        Checklist.Of(optimizer, Layout, Steps).Single(item => item.Name == name);
}
