using FsCheck.Xunit;
using Functional.Optim.Laws;

namespace Functional.Optim.Tests.Optimizers;

public class OptimizerRecordTests
{
    private static readonly LeafGroup Head = LeafGroup.Of("head", leaf => leaf.Name == "head", learningRateMultiplier: 0.5);

    private static readonly (string Name, Func<double, Optimizer> Make)[] All =
    [
        ("sgd", rate => Sgd.Of(rate)),
        ("momentum", rate => Sgd.Of(rate, momentum: 0.9)),
        ("adam", rate => Adam.Of(rate)),
        ("adamw", rate => AdamW.Of(Schedule.LinearWarmup(rate, 3))),
        ("adagrad", rate => Adagrad.Of(rate)),
        ("rmsprop", rate => RmsProp.Of(rate)),
        ("adadelta", rate => Adadelta.Of(rate)),
        ("adamax", rate => Adamax.Of(rate)),
        ("nadam", rate => NAdam.Of(rate)),
        ("radam", rate => RAdam.Of(rate)),
        ("rprop", rate => Rprop.Of(learningRate: rate)),
        ("asgd", rate => Asgd.Of(rate)),
        ("lion", rate => Lion.Of(rate)),
        ("adabelief", rate => AdaBelief.Of(rate)),
        ("yogi", rate => Yogi.Of(rate)),
        ("chain", rate => Clip.ByGlobalNorm(1).Then(Adam.Of(rate))),
    ];

    public static TheoryData<string> Makers => [.. All.Select(entry => entry.Name)];

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

    [Property]
    public void Settings_may_change_between_updates_while_the_state_goes_on(Problem problem)
    {
        Schedule schedule = Schedule.WarmupCosine(0.1, 1, 3);
        AdamW fixedRate = AdamW.Of(1, weightDecay: 0.1);
        (ParameterTree<float> parameters, AdamState<float> state) = (problem.Parameters<float>(), fixedRate.Init(problem.Parameters<float>()));
        for (int update = 1; update <= Problem.Updates; update++)
            (parameters, state) = (fixedRate with { LearningRate = schedule.At(update) }).Step(parameters, problem.Gradients<float>(update), state);
        Assert.Equal(problem.After<float>(AdamW.Of(schedule, weightDecay: 0.1)), (parameters, state.ToState()));
    }

    [Property]
    public void Settings_of_parts_may_change_between_updates_while_the_state_goes_on(Problem problem)
    {
        Scale scale = Scale.By(1);
        WeightDecay decay = WeightDecay.Coupled(0, leaf => leaf.Rank == 2);
        Trace trace = Trace.Of(0);
        LearningRate rate = LearningRate.Of(1);
        Sgd sgd = Sgd.Of(1, momentum: 0.5, decay: leaf => leaf.Rank == 2, maximize: true);
        (ParameterTree<float> parameters, OptimizerState<float> state) = (problem.Parameters<float>(), trace.Init(problem.Parameters<float>()));
        (ParameterTree<float> expected, SgdState<float> sgdState) = (problem.Parameters<float>(), sgd.Init(problem.Parameters<float>()));
        for (int update = 1; update <= Problem.Updates; update++)
        {
            (parameters, state) = (scale with { Factor = -1 }).Then(decay with { Decay = 0.1 / update })
                .Then(trace with { Momentum = 0.5 / update, Dampening = 0.25 * update }).Then(rate with { Schedule = 0.125 * update })
                .Step(parameters, problem.Gradients<float>(update), state);
            (expected, sgdState) =
                (sgd with { LearningRate = 0.125 * update, Momentum = 0.5 / update, Dampening = 0.25 * update, WeightDecay = 0.1 / update })
                .Step(expected, problem.Gradients<float>(update), sgdState);
            Assert.Equal((expected, sgdState.ToState()), (parameters, state));
        }
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

    [Fact]
    public void Every_fault_is_found_at_once()
    {
        Assert.Equal(
            "Adagrad: initialAccumulator is -1; allowed is finite and not negative; "
            + "learningRateDecay is NaN; allowed is finite and not negative.",
            Fault(() => Adagrad.Of(0.1, double.NaN, -1)));
        Assert.Equal(
            "RmsProp: alpha is 1; allowed is in [0, 1); learningRate is null; allowed is a schedule; momentum is 1; allowed is in [0, 1).",
            Fault(() => RmsProp.Of(null!, alpha: 1, momentum: 1)));
        Assert.Equal("Adadelta: epsilon is 0; allowed is finite and positive.", Fault(() => Adadelta.Of(1, epsilon: 0)));
        Assert.Equal("Adamax: beta2 is 1; allowed is in [0, 1).", Fault(() => Adamax.Of(1, beta2: 1)));
        Assert.Equal("NAdam: momentumDecay is -1; allowed is finite and not negative.", Fault(() => NAdam.Scaling(momentumDecay: -1)));
        Assert.Equal("RAdam: threshold is 3; allowed is 4 or more.", Fault(() => RAdam.Of(1, threshold: 3)));
        Assert.Equal(
            "Rprop: initialStep is 0; allowed is finite and positive; "
            + "etaMinus is 1; allowed is in (0, 1); etaPlus is 1; allowed is in (1, Infinity); "
            + "maximumStep is 1; allowed is 2, the smallest, or more.",
            Fault(() => Rprop.Of(0, 1, 1, 2, 1)));
        Assert.Equal(
            "Asgd: averageAfter is -1; allowed is 0 or more; lambda is -1; allowed is finite and not negative; "
            + "alpha is NaN; allowed is finite and not negative.",
            Fault(() => Asgd.Of(1, -1, double.NaN, -1)));
        Assert.Equal("Lion: weightDecay is -1; allowed is finite and not negative.", Fault(() => Lion.Of(1, weightDecay: -1)));
        Assert.Equal("AdaBelief: epsilonRoot is -1; allowed is finite and not negative.", Fault(() => AdaBelief.Scaling(epsilonRoot: -1)));
        Assert.Equal("Yogi: beta1 is -1; allowed is in [0, 1).", Fault(() => Yogi.Of(1, beta1: -1)));
    }

    [Fact]
    public void A_setting_can_be_changed_within_its_bounds()
    {
        Assert.Equal(RAdam.Of(0.1, threshold: 4, decoupledDecay: true), RAdam.Of(0.1) with { Threshold = 4, DecoupledDecay = true });
        Assert.Equal("Threshold is 3; allowed is 4 or more.", Fault(() => RAdam.Of(0.1) with { Threshold = 3 }));
        Assert.Equal("Factor is NaN; allowed is finite.", Fault(() => Scale.By(1) with { Factor = double.NaN }));
        Assert.Equal("Decay is -1; allowed is finite and not negative.", Fault(() => WeightDecay.Coupled(1) with { Decay = -1 }));
        Assert.Equal("Momentum is 1; allowed is in [0, 1).", Fault(() => Trace.Of(0.5) with { Momentum = 1 }));
        Assert.Equal("Dampening is 2; allowed is in [0, 1].", Fault(() => Trace.Of(0.5) with { Dampening = 2 }));
        Assert.Equal("Momentum is 0; allowed is in (0, 1).", Fault(() => Trace.Of(0.5, nesterov: true) with { Momentum = 0 }));
        Assert.Equal("Dampening is 0.5; allowed is 0.", Fault(() => Trace.Of(0.5, nesterov: true) with { Dampening = 0.5 }));
        Assert.Throws<ArgumentNullException>(() => LearningRate.Of(1) with { Schedule = null! });
        Sgd still = Sgd.Of(0.1) with { Nesterov = true };
        Assert.Equal(
            "Trace: nesterov is True; allowed is false without momentum or with dampening.",
            Fault(() => still.Init(ParameterTree.Of(Leaf.Of("w", [1], [1f])))));
        Rprop upsideDown = Rprop.Of() with { MaximumStep = 1e-9 };
        Assert.Equal(
            "Rprop: maximumStep is 1E-09; allowed is 1E-06, the smallest, or more.",
            Fault(() => upsideDown.Init(ParameterTree.Of(Leaf.Of("w", [1], [1f])))));
    }

    private static Optimizer Make(string maker, double rate) => All.Single(entry => entry.Name == maker).Make(rate);

    private static string Fault(Func<object> make) => Assert.Throws<ArgumentException>(() => { make(); }).Message;
}
