namespace Functional.Optim.Tests.Optimizers;

public class OptimizerRecordTests
{
    private static readonly LeafGroup Head = LeafGroup.Of("head", leaf => leaf.Name == "head", learningRateMultiplier: 0.5);

    public static TheoryData<string> Makers => ["sgd", "momentum", "adam", "adamw", "chain"];

    [Theory]
    [MemberData(nameof(Makers))]
    public void Equal_settings_make_equal_optimizers(string maker)
    {
        Assert.Equal(Make(maker, 0.1), Make(maker, 0.1));
        Assert.Equal(Make(maker, 0.1).GetHashCode(), Make(maker, 0.1).GetHashCode());
        Assert.NotEqual(Make(maker, 0.1), Make(maker, 0.2));
        Assert.Equal(Make(maker, 0.1).WithGroups(Head), Make(maker, 0.1).WithGroups(Head));
        Assert.NotEqual(Make(maker, 0.1), Make(maker, 0.1).WithGroups(Head));
    }

    [Fact]
    public void An_optimizer_prints_its_settings_and_the_names_of_its_groups()
    {
        Assert.Equal(
            "Sgd { LearningRate = Constant { Rate = 0.1 }, Momentum = 0, Dampening = 0, Nesterov = False, WeightDecay = 0, Maximize = False }",
            Sgd.Of(0.1).ToString());
        Assert.StartsWith("AdamW { Groups = [body, head], LearningRate = ",
            AdamW.Of(0.1).WithGroups(LeafGroup.Frozen("body", _ => false), Head).ToString(), StringComparison.Ordinal);
        Assert.Equal(
            "Scale { Factor = 2 } then LearningRate { Schedule = Constant { Rate = 0.1 } }",
            Scale.By(2).Then(LearningRate.Of(0.1)).ToString());
    }

    private static Optimizer Make(string maker, double rate) => maker switch
    {
        "sgd" => Sgd.Of(rate),
        "momentum" => Sgd.Of(rate, momentum: 0.9),
        "adam" => Adam.Of(rate),
        "adamw" => AdamW.Of(Schedule.LinearWarmup(rate, 3)),
        _ => Clip.ByGlobalNorm(1).Then(Adam.Of(rate)),
    };
}
