using LanguageExt.Common;

namespace Functional.Optim.Tests.Contracts;

/// <summary>Messages name what is missing or out of range, and reports show the settings.</summary>
public class SettingTests
{
    private static readonly ParameterTree<float> One = ParameterTree.Of(
        Leaf.Of("embedding", [1], [1f]), Leaf.Of("w", [1], [1f]));

    [Fact]
    public void Null_is_reported_with_the_name_of_the_argument()
    {
        Optimizer sgd = Sgd.Of(0.1);
        AssertSays("Groups is default", () => _ = AdamW.Of(0.1) with { Groups = default });
        AssertSays("Groups is a list with null", () => _ = sgd.WithGroups((LeafGroup)null!));
        AssertSays("Groups is default", () => _ = ((Optimizer)Accumulate.Of(2, sgd)) with { Groups = default });
        AssertSays("matches is null", () => LeafGroup.Of("all", null!));
        AssertSays("name is null", () => LeafGroup.Of(null!, _ => true));
        AssertSays("matches", () => LeafGroup.Frozen("all", null!));
        AssertSays("settings", () => _ = new LeafGroup("all", _ => true, null!));
        AssertSays("matches", () => Partition.Freeze("all", null!));
        AssertSays("name", () => Partition.Freeze(null!, _ => true));
        AssertSays("'masked'.Matches is null", () => Partition.Masked(null!, sgd));
        AssertSays("'masked'.Optimizer is null", () => Partition.Masked(_ => true, null!));
        AssertSays("inner is null", () => Accumulate.Of(2, null!));
        AssertSays("inner is null", () => ApplyIfFinite.Around(null!));
        Assert.Equal(sgd, sgd.WithGroups());
    }

    [Fact]
    public void A_partition_reports_every_null_in_its_rules()
    {
        Error[] found = Validated
            .Of(() => Partition.Of(
                null!, new("b", null!, Sgd.Of(0.1)), new(null!, _ => true, Sgd.Of(0.1)), new("d", _ => true, null!)))
            .Match(Succ: _ => [], Fail: errors => errors.ToArray());
        Assert.Equal(
            ["rules[0] is null; allowed is a rule", "'b'.Matches is null; allowed is a predicate of leaves",
             "rules[2].Name is null; allowed is a name", "'d'.Optimizer is null; allowed is an optimizer"],
            found.Select(error => error.Message));
    }

    [Fact]
    public void The_rate_of_a_partition_is_that_of_the_first_rule_that_has_one()
    {
        Schedule schedule = Schedule.LinearWarmup(3e-4, 10);
        Partition.Rule frozen = Partition.Freeze("embedding", leaf => leaf.Name == "embedding");
        Optimizer rest = Partition.Of(frozen, new("rest", _ => true, AdamW.Of(schedule)));
        Optimizer nested = Clip.ByGlobalNorm(1)
            .Then(Partition.Of(frozen, new("scaled", _ => false, Scale.By(2)), new("rest", _ => true, rest)));
        for (long step = 1; step <= 12; step++)
        {
            Assert.Equal(
                (schedule.At(step), schedule.At(step)), (rest.LearningRateAt(step), nested.LearningRateAt(step)));
        }
        Assert.Equal(1, Partition.Of(frozen).LearningRateAt(1));
        Assert.Equal(0.5, Partition.Of(frozen).Then(LearningRate.Of(0.5)).LearningRateAt(1));
        Assert.Equal(
            1, Partition.Of(new("one", _ => true, Sgd.Of(1)), new("other", _ => true, Sgd.Of(0.1))).LearningRateAt(1));
    }

    [Fact]
    public void A_rate_that_overflows_is_rejected()
    {
        Optimizer twice = LearningRate.Of(1e200).Then(LearningRate.Of(1e200));
        Assert.Contains(
            "update 3",
            Assert.Throws<OverflowException>(() => twice.LearningRateAt(3)).Message,
            StringComparison.Ordinal);
        Optimizer large = Sgd.Of(1e30), larger = large.WithGroups(LeafGroup.Of("more", _ => true, 1e10));
        ParameterTree<double> wide = ParameterTree.Of(Leaf.Of("w", [1], [1.0]));
        Assert.Equal(1 - 1e40, larger.Step(wide, wide, larger.Init(wide)).Parameters.AsSpan("w")[0], 1e25);
        ParameterTree<float> before = One.Copy();
        Assert.Contains(
            "1E+30 of update 1 times the multiplier 10000000000",
            Assert.Throws<OverflowException>(() => larger.StepDonating(One, before, larger.Init(One))).Message,
            StringComparison.Ordinal);
        Assert.Equal(before, One);
    }

    [Fact]
    public void The_bytes_of_a_state_are_counted_without_leaves()
    {
        Dictionary<string, bool> decays = new() { ["w"] = true, ["embedding"] = false };
        Optimizer optimizer = AdamW.Of(1e-3, decay: leaf => decays[leaf.Name]);
        Optimizer[] all =
        [
            optimizer, Accumulate.Of(2, optimizer), ApplyIfFinite.Around(Accumulate.Of(2, optimizer)), Scale.By(2),
            Partition.Of(
                new("w", leaf => decays[leaf.Name], optimizer),
                new("rest", _ => true, Sgd.Of(0.1, momentum: 0.9))).Then(Ema.Of(0.9)),
        ];
        Assert.Equal([8, 12, 12, 0, 12], all.Select(each => each.StateBytesPerParameter<float>()));
        Assert.All(all[..4], each => Assert.Equal(8 * each.Init(One).SlotCount, each.StateBytesPerParameter<double>()));
    }

    private static void AssertSays(string what, Action make) =>
        Assert.Contains(what, Assert.ThrowsAny<ArgumentException>(make).Message, StringComparison.Ordinal);
}
