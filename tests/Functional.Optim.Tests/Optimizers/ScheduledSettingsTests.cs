using Functional.Optim.Tests.Cases;
using LanguageExt;

namespace Functional.Optim.Tests.Optimizers;

/// <summary>
/// Settings that go through a schedule, as torch's OneCycleLR and CyclicLR change β₁ or the momentum at every update.
/// </summary>
public class ScheduledSettingsTests
{
    private const int Updates = 50;

    private static readonly OneCycle OneCycle = Schedule.OneCycle(0.1, Updates);

    private static readonly Cyclic Cyclic = Schedule.Cyclic(0.01, 0.1, stepsUp: 7);

    private static readonly ParameterTree<float> Parameters =
        ParameterTree.Of(Leaf.Of("w", [3, 2], [0.5f, -1, 2, 0.25f, 3, -0.125f]), Leaf.Of("b", [2], [0f, 1]));

    /// <summary>The scheduled optimizer, and the one of an update with the numbers of that update.</summary>
    private static readonly Dictionary<string, (Optimizer Scheduled, Func<long, Optimizer> At)> Cases = new()
    {
        ["AdamW"] = (
            AdamW.Of(OneCycle, beta1: OneCycle.Momentum(), weightDecay: Cyclic),
            k => AdamW.Of(OneCycle.At(k), beta1: OneCycle.Momentum().At(k), weightDecay: Cyclic.At(k))),
        ["AdamW with AMSGrad"] = (
            AdamW.Of(OneCycle, beta1: OneCycle.Momentum(), amsGrad: AmsGrad.OfMoment),
            k => AdamW.Of(OneCycle.At(k), beta1: OneCycle.Momentum().At(k), amsGrad: AmsGrad.OfMoment)),
        ["Adam"] = (
            Adam.Of(OneCycle, beta1: OneCycle.Momentum(), weightDecay: Cyclic, decay: leaf => leaf.Rank == 2),
            k => Adam.Of(OneCycle.At(k), beta1: OneCycle.Momentum().At(k), weightDecay: Cyclic.At(k),
                decay: leaf => leaf.Rank == 2)),
        ["Sgd"] = (
            Sgd.Of(Cyclic, momentum: Cyclic.Momentum(), dampening: 0.5, weightDecay: Cyclic),
            k => Sgd.Of(Cyclic.At(k), momentum: Cyclic.Momentum().At(k), dampening: 0.5, weightDecay: Cyclic.At(k))),
        ["Sgd that looks ahead"] = (
            Sgd.Of(OneCycle, momentum: OneCycle.Momentum(), nesterov: true),
            k => Sgd.Of(OneCycle.At(k), momentum: OneCycle.Momentum().At(k), nesterov: true)),
        ["a chain with groups"] = (
            InGroups(Adam.Scaling(OneCycle.Momentum()).Then(WeightDecay.Decoupled(Cyclic)).Then(
                LearningRate.Of(OneCycle))),
            k => InGroups(Adam.Scaling(OneCycle.Momentum().At(k)).Then(WeightDecay.Decoupled(Cyclic.At(k))).Then(
                LearningRate.Of(OneCycle.At(k))))),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    /// <summary>The entries of the catalogue with a setting that takes a schedule.</summary>
    public static TheoryData<string> Entries =>
    [
        .. Laws.Catalogue.Entries
            .Where(entry => Laws.Catalogue.CaseOf(entry).RemembersSettings is null)
            .Where(entry => entry.Options.Any(option => option.Type == "a number or a schedule"))
            .Select(entry => entry.Name),
    ];

    [Theory]
    [MemberData(nameof(Entries))]
    public void Every_setting_that_takes_a_schedule_has_the_number_of_the_update(string name)
    {
        CatalogueEntry<Optimizer> entry = Laws.Catalogue.Entries.Single(entry => entry.Name == name);
        string[] settings =
            [
                .. entry.Options.Where(option => option.Type == "a number or a schedule")
                    .Select(option => option.Name).Where(option => option is not ("learningRate" or "schedule")),
            ];
        AssertRebuilt(
            With($"linearWarmup(peak=0.5, warmupSteps={Updates})", OneCycle),
            update => With($"{0.5 * update / Updates:R}", OneCycle.At(update)));

        Optimizer With(string text, Schedule rate)
        {
            OptimizerCase one = Laws.Catalogue.CaseOf(entry);
            return one.ForAllLeaves(one.Build(entry, rate, [.. settings.Select(setting => (setting, text))]));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_scheduled_setting_is_an_optimizer_rebuilt_at_every_update(string name) =>
        AssertRebuilt(Cases[name].Scheduled, Cases[name].At);

    [Fact]
    public void A_schedule_that_leaves_the_bounds_of_its_setting_is_refused_before_anything_is_written()
    {
        Schedule rising = Schedule.LinearWarmup(2, 4);
        (Optimizer Optimizer, string Setting)[] cases =
        [
            (AdamW.Of(0.1, beta1: rising), "Beta1"), (Lion.Of(0.1, beta1: rising), "Beta1"),
            (Sgd.Of(0.1, momentum: rising), "Momentum"),
            (Clip.ByGlobalNorm(1).Then(Momentum.Of(rising)), "Momentum"),
        ];
        foreach ((Optimizer optimizer, string setting) in cases)
        {
            (ParameterTree<float> parameters, OptimizerState<float> state) =
                optimizer.Step(Parameters, GradientsAt(1), optimizer.Init(Parameters));
            (float[] before, OptimizerState<float> stateBefore) = (parameters.AsSpan("w").ToArray(), state.Copy());
            Assert.Equal(
                $"{setting} at update 2 is 1, by linearWarmup(peak=2, warmupSteps=4); allowed is in [0, 1).",
                Assert.Throws<InvalidOperationException>(
                    () => optimizer.StepDonating(parameters, GradientsAt(2), state)).Message);
            Assert.Equal(before, parameters.AsSpan("w").ToArray());
            Assert.Equal(stateBefore, state);
        }

        Optimizer still = Sgd.Of(0.1, momentum: Schedule.LinearWarmup(0.9, 4).ZeroBased(), nesterov: true);
        Assert.StartsWith(
            "Momentum at update 1 is 0, by zeroBased(schedule=",
            Assert.Throws<InvalidOperationException>(
                () => still.Step(Parameters, GradientsAt(1), still.Init(Parameters))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_has_the_decay_of_the_first_update() =>
        Assert.Equal(Cyclic.At(1), Assert.Single(AdamW.Of(0.1, weightDecay: Cyclic).Report(Parameters.Layout).Rows)
            .WeightDecay);

    [Fact]
    public void A_setting_is_a_number_or_a_schedule_in_a_text_and_in_print()
    {
        Schedule cosine = Schedule.Cosine(0.95, 100, 0.85);
        AdamW scheduled = AdamW.Of(0.1, beta1: cosine, weightDecay: cosine);
        const string Text = "cosine(peak=0.95, totalSteps=100, floor=0.85)";
        Assert.Equal(scheduled, Built($"adamW(learningRate=0.1, beta1={Text}, weightDecay={Text})"));
        Assert.Equal(AdamW.Of(0.1, beta1: 0.5, weightDecay: 0.25), Built(
            "adamW(learningRate=0.1, beta1=0.5, weightDecay=0.25)"));
        Assert.Equal(Sgd.Of(0.1, momentum: cosine), Built($"sgd(learningRate=0.1, momentum={Text})"));
        Assert.Equal(Momentum.Of(cosine), Optim.Catalogue.Transforms.Build($"momentum(coefficient={Text})").OrThrow(
            "momentum"));
        Assert.Equal(
            ["beta1: peak is -1; allowed is finite and not negative"],
            Optim.Catalogue.Optimizers.Build("lion(learningRate=0.1, beta1=cosine(peak=-1, totalSteps=10))")
                .Match(Succ: _ => [], Fail: errors => errors.Map(error => error.Message).ToArray()));
        Assert.Equal($"adamW(learningRate=0.1, beta1={cosine}, weightDecay={cosine})", scheduled.ToString());
        Assert.Equal("adamW(learningRate=0.1)", AdamW.Of(0.1).ToString());
    }

    /// <summary>A step of the one is a step of the optimizer of that update, and not one of the first.</summary>
    private static void AssertRebuilt(Optimizer scheduled, Func<long, Optimizer> at)
    {
        (ParameterTree<float> actual, OptimizerState<float> state) = (Parameters, scheduled.Init(Parameters));
        (ParameterTree<float> expected, OptimizerState<float> rebuilt) = (Parameters, at(1).Init(Parameters));
        ParameterTree<float> constant = Parameters;
        OptimizerState<float> ofConstant = at(1).Init(Parameters);
        for (int update = 1; update <= Updates; update++)
        {
            ParameterTree<float> gradients = GradientsAt(update);
            (actual, state) = scheduled.Step(actual, gradients, state);
            (expected, rebuilt) = at(update).Step(expected, gradients, rebuilt);
            (constant, ofConstant) = at(1).Step(constant, gradients, ofConstant);
            Assert.Equal((expected, rebuilt), (actual, state));
        }

        Assert.NotEqual(constant, actual);
    }

    private static Optimizer Built(string text) => Optim.Catalogue.Optimizers.Build(text).OrThrow(text);

    private static Optimizer InGroups(Optimizer optimizer) =>
        optimizer.WithGroups(
            LeafGroup.Of("half", leaf => leaf.Name == "b", learningRateMultiplier: 0.5, weightDecayMultiplier: 0.5));

    private static ParameterTree<float> GradientsAt(int update) => ParameterTree.Of(
        Leaf.Of("w", [3, 2], [.. Enumerable.Range(0, 6).Select(index => MathF.Sin((update * 1.3f) + index))]),
        Leaf.Of("b", [2], [MathF.Cos(update), 0.5f]));
}
