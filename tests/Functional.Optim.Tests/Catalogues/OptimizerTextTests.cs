using System.Text.Json;
using Functional.Optim.Tests.Laws;

namespace Functional.Optim.Tests.Catalogues;

/// <summary>What an optimizer prints is what builds an equal one; what has no text is refused.</summary>
public class OptimizerTextTests
{
    private static readonly LeafGroup[] Groups =
    [
        LeafGroup.Of("head", LeafFilter.Named("head*"), 2, 0), LeafGroup.Frozen("body", LeafFilter.Matrices),
    ];

    public static TheoryData<string> Names => Laws.Catalogue.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_optimizer_is_a_text_both_ways(string name)
    {
        Optimizer optimizer = Laws.Catalogue.Get(name);
        if ($"{optimizer}".Contains("custom", StringComparison.Ordinal))
        {
            Assert.True(OptimizerText.Of(optimizer).IsFail, $"{optimizer} has a predicate, and a text");
            return;
        }

        foreach (Optimizer one in (Optimizer[])
                 [
                     optimizer, optimizer.WithGroups(Groups), optimizer.WithState(StateFormat.BFloat16),
                     optimizer.WithGroups(Groups[1]).WithState(StateFormat.Full),
                 ])
        {
            Assert.Equal(one, Build(one.ToString()));
            Assert.Equal(one, JsonSerializer.Deserialize<Optimizer>(JsonSerializer.Serialize(one)));
        }
    }

    [Theory]
    [InlineData("clipByGlobalNorm(maximum=1) then adamW(learningRate=0.1, decay=matrices)")]
    [InlineData("identity")]
    [InlineData("lbfgs(learningRate=0.5, maximumEvaluations=7, frozen=*.bias)")]
    [InlineData("sam(inner=lion(learningRate=0.1), rho=0.1)")]
    [InlineData("adamScaling then learningRate(schedule=warmupCosine(peak=0.1, warmupSteps=5, totalSteps=10))")]
    [InlineData("partition(hiddenMatrices=muon(learningRate=0.02), all=adamW(learningRate=0.0003))")]
    [InlineData("partition(bias[*.bias]=identity.withGroup(name=bias, matches=all, frozen=true), "
        + "rest[all]=sgd(learningRate=1))")]
    [InlineData(
        "(scale(factor=2) then sgd(learningRate=0.1)).withGroup(name=a, matches=*.bias, weightDecayMultiplier=0)")]
    [InlineData("accumulate(every=4, inner=clipByValue(limit=1) then lion(learningRate=0.1).withState(BFloat16))")]
    [InlineData(
        "adam(learningRate=0.1).withGroup(name=b, matches=none).withGroup(name=a, matches=all).withState(Full)")]
    public void A_text_is_printed_as_it_was_given(string text) => Assert.Equal(text, Build(text).ToString());

    /// <summary>A form of decay without an option would be lost in the text: who has none refuses it.</summary>
    [Fact]
    public void A_form_of_decay_is_an_option_or_refused()
    {
        foreach (CatalogueEntry<Optimizer> entry in Laws.Catalogue.Entries)
        {
            if (Laws.Catalogue.CaseOf(entry).Build(entry, 0.1) is not ScalingOptimizer optimizer) continue;
            foreach (DecayForm form in Enum.GetValues<DecayForm>())
            {
                ScalingOptimizer changed = optimizer with { DecayForm = form };
                if (Record.Exception(changed.Check) is { } refused)
                    Assert.IsAssignableFrom<ArgumentException>(refused);
                else
                    Assert.Equal(changed, Build(changed.ToString()));
            }
        }
    }

    [Fact]
    public void An_option_that_may_be_nothing_takes_nothing()
    {
        Assert.Equal(Prodigy.Of(), Build("prodigy(beta3=)"));
        Assert.Equal(Prodigy.Of(beta3: 0.5), Build("prodigy(beta3=0.5)"));
    }

    [Fact]
    public void Texts_are_what_the_factories_make()
    {
        Assert.Equal(
            Clip.ByGlobalNorm(1).Then(Adam.Scaling(beta2: 0.95)).Then(WeightDecay.Decoupled(0.1))
                .Then(LearningRate.Of(0.1)),
            Build("clipByGlobalNorm(maximum=1) then adamScaling(beta2=0.95) then weightDecayDecoupled(weightDecay=0.1) "
                + "then learningRate(schedule=0.1)"));
        Assert.Equal(
            Clip.ByGlobalNorm(1).Then(Partition.Of(
                (LeafFilter.HiddenMatrices, Muon.Of(0.02)), (LeafFilter.All, AdamW.Of(3e-4).WithGroups(Groups)))),
            Build(
                "ClipByGlobalNorm(maximum=1) then Partition(hiddenMatrices = muon(learningRate=0.02), "
                + "all = adamW(learningRate=3e-4)"
                + ".withGroup(name=body, matches=matrices, frozen=true)"
                + ".withGroup(name=head, matches=head*, learningRateMultiplier=2, weightDecayMultiplier=0))"));
    }

    [Fact]
    public void A_scaling_with_groups_or_a_format_is_a_text_both_ways()
    {
        Optimizer scaling = Adam.Scaling(beta2: 0.5);
        foreach (Optimizer one in (Optimizer[])
                 [
                     scaling.WithGroups(Groups), scaling.WithState(StateFormat.BFloat16),
                     Clip.ByGlobalNorm(1).Then(scaling.WithState(StateFormat.BFloat16)),
                 ])
        {
            Assert.Equal(one, Build($"{one}"));
        }
    }

    [Fact]
    public void A_text_composes_up_to_256_and_settings_that_do_not_go_together_still_print()
    {
        string long256 = string.Join(" then ", Enumerable.Repeat("scale(factor=2)", OptimizerText.MaxItems));
        Assert.Equal(long256, $"{Build(long256)}");
        Assert.True(Optim.Catalogue.Build($"{long256} then scale(factor=2)").IsFail);
        Assert.NotEmpty($"{Rprop.Of() with { MinimumStep = 100 }}");
        Assert.NotEmpty($"{Sgd.Of(1) with { Nesterov = true }}");
        Assert.True(OptimizerText.Of(Sgd.Of(1) with { Nesterov = true }).IsFail);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" then ")]
    [InlineData("sgd(learningRate=1) then ")]
    [InlineData("sgd(learningRate=1) then sofia")]
    [InlineData("sgd(learningRate=1).withColor(red)")]
    [InlineData("sgd(learningRate=1).withState(Float9)")]
    [InlineData("sgd(learningRate=1).withGroup(name=a)")]
    [InlineData("sgd(learningRate=1).withGroup(name=a, matches=all, learningRateMultiplier=-1)")]
    [InlineData("partition()")]
    [InlineData("partition(all)")]
    [InlineData("partition(some=sgd(learningRate=1))")]
    [InlineData("partition(a[all]=sgd(learningRate=1), a[all]=sgd(learningRate=1))")]
    [InlineData("partition(all=accumulate(every=2, inner=sgd(learningRate=1)))")]
    [InlineData("accumulate(every=2, inner=sgd(learningRate=1)) then scale(factor=1)")]
    [InlineData("(sgd(learningRate=1)")]
    [InlineData("sgd(learningRate=1))")]
    [InlineData("sgd(learningRate=1) adam(learningRate=1)")]
    [InlineData("sgd(learningRate=1, decay=custom)")]
    public void What_is_no_optimizer_is_refused_with_a_reason(string text) => Optim.Catalogue.Build(text).Match(
        Succ: built => Assert.Fail($"'{text}' built {built}"),
        Fail: errors => Assert.All(errors, error => Assert.NotEmpty(error.Message)));

    /// <summary>The reason is in sight, whatever stands in the text.</summary>
    [Theory]
    [InlineData("LONG")]
    [InlineData("LONG(a=1)")]
    [InlineData("sgd(LONG)")]
    [InlineData("sgd(learningRate=LONG)")]
    [InlineData("sgd(learningRate=1, LONG=1)")]
    [InlineData("sgd(learningRate=1).LONG")]
    [InlineData("sgd(learningRate=1).withState(LONG)")]
    [InlineData("partition(LONG)")]
    [InlineData("partition(LONG=sgd(learningRate=x))")]
    [InlineData("partition(LONG[all]=sgd(learningRate=x))")]
    [InlineData("partition(LONG[all]=sgd(learningRate=1), LONG[all]=sgd(learningRate=1))")]
    [InlineData("accumulate(every=2, inner=LONG)")]
    [InlineData("sgd(learningRate=1).withGroup(name=LONG, matches=all, learningRateMultiplier=-1)")]
    [InlineData("sgd(learningRate=multiStepDecay(rate=1, milestones=LONG, factor=0.1))")]
    [InlineData("partition(LONG[all]=accumulate(every=2, inner=sgd(learningRate=1)))")]
    public void What_an_error_quotes_is_cut(string text) =>
        Optim.Catalogue.Build(text.Replace("LONG", new string('z', 3000), StringComparison.Ordinal)).Match(
            Succ: built => Assert.Fail($"'{text}' built {built}"),
            Fail: errors => Assert.All(errors, error => Assert.InRange(error.Message.Length, 1, 1000)));

    [Fact]
    public void Errors_of_every_part_are_told_at_once()
    {
        string[] errors = Optim.Catalogue.Build("clipByValue(limit=-1) then sgd(learningRate=x) then scale")
            .Match(Succ: _ => [], Fail: found => found.Map(error => error.Message).ToArray());
        Assert.Equal(
            [
                "limit is -1; allowed is 0 or more",
                "learningRate: schedule is x; allowed is " + string.Join(
                    ", ", Optim.Catalogue.Schedules.Concat(Optim.Catalogue.ComposedSchedules)
                        .Select(entry => entry.Name)),
                "factor is not given; allowed is a number, finite",
            ],
            errors);
    }

    [Theory]
    [InlineData(
        "signum learningRate=0.1", "'signum learningRate=0.1' is not written as name or name(option=value, …)")]
    [InlineData(
        "signum learningRate=0.1, momentum=0.9",
        "'signum learningRate=0.1, momentum=0.9' is not written as name or name(option=value, …)")]
    [InlineData("signum 0.1", "'signum 0.1' is not written as name or name(option=value, …)")]
    [InlineData("0.1", "'0.1' is not written as name or name(option=value, …)")]
    [InlineData(
        "prodigy(beta3=none)",
        "beta3 is none; allowed is a number or nothing, in [0, 1); nothing is written beta3=")]
    [InlineData(
        "prodigy(growthRate=∞)",
        "growthRate is ∞; allowed is a number, 1 or more; infinity is written growthRate=Infinity")]
    [InlineData(
        "adopt(learningRate=1, clipExponent=none)",
        "clipExponent is none; allowed is a number, 0 or more; infinity is written clipExponent=Infinity")]
    [InlineData("adopt(learningRate=1, beta2=none)", "beta2 is none; allowed is a number, in [0, 1)")]
    public void A_text_with_one_error_gets_one_message_that_helps(string text, string message) => Assert.Equal(
        [message],
        Optim.Catalogue.Build(text).Match(Succ: _ => [], Fail: found => found.Map(error => error.Message).ToArray()));

    [Fact]
    public void How_nothing_and_infinity_are_written_is_read()
    {
        Assert.Equal(Adopt.Of(1, clipExponent: double.PositiveInfinity), Build(
            "adopt(learningRate=1, clipExponent=Infinity)"));
        Assert.Equal(Lamb.Of(1), Build("lamb(learningRate=1, maxGradientNorm=)"));
    }

    [Fact]
    public void What_has_no_text_is_refused_and_prints_all_the_same()
    {
        Optimizer[] without =
        [
            AdamW.Of(0.1, decay: leaf => leaf.Rank > 1), AdamW.Of(0.1, decay: LeafFilter.Custom("mine", _ => true)),
            AdamW.Of(0.1).WithGroups(LeafGroup.Of("a", leaf => leaf.Rank > 1)),
            AdamW.Of(0.1).WithGroups(LeafGroup.Of("a, b=(c)", LeafFilter.All)),
            AdamW.Of(0.1, decay: LeafFilter.Named("a(*, b=")), new Own(), Clip.ByValue(1).Then(new Own()),
            Orthogonalize.Of() with { Safety = 3 }, AdamW.Of(0.1, decay: LeafFilter.Named("matrices")),
            AdamW.Of(0.1, decay: LeafFilter.Named("*.weight ")),
            AdamW.Of(0.1, decay: LeafFilter.Custom("all", _ => true)),
        ];
        Assert.All(without, optimizer =>
        {
            Assert.NotEmpty($"{optimizer}");
            Assert.True(OptimizerText.Of(optimizer).IsFail, $"{optimizer} has a text");
            Assert.True(Optim.Catalogue.Build($"{optimizer}").IsFail, $"{optimizer} builds another one");
            Assert.Throws<JsonException>(() => JsonSerializer.Serialize(optimizer));
        });
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Optimizer>("\"sofia\""));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Optimizer>("\"sgd(learningRate=-1)\""));
    }

    private static Optimizer Build(string text) => Optim.Catalogue.Optimizers.Build(text).OrThrow(text);

    private sealed record Own : Transform;
}
