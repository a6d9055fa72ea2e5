using System.Globalization;
using System.Reflection;
using FsCheck.Xunit;
using Functional.Optim.Laws;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim.Tests.Optimizers;

public class OptimizerRecordTests
{
    private static readonly LeafGroup Head =
        LeafGroup.Of("head", leaf => leaf.Name == "head", learningRateMultiplier: 0.5);

    private const string Chain = "a chain with a schedule";

    public static TheoryData<string> Makers =>
        [.. Optim.Catalogue.Optimizers.Select(entry => entry.Name), Chain];

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
        (ParameterTree<float> parameters, AdamState<float> state) =
            (problem.Parameters<float>(), fixedRate.Init(problem.Parameters<float>()));
        for (int update = 1; update <= Problem.Updates; update++)
            (parameters, state) = (fixedRate with { LearningRate = schedule.At(update) })
                .Step(parameters, problem.Gradients<float>(update), state);
        Assert.Equal(problem.After<float>(AdamW.Of(schedule, weightDecay: 0.1)), (parameters, state.ToState()));
    }

    [Property]
    public void Settings_of_parts_may_change_between_updates_while_the_state_goes_on(Problem problem)
    {
        Scale scale = Scale.By(1);
        WeightDecay decay = WeightDecay.Coupled(0, leaf => leaf.Rank == 2);
        Momentum trace = Momentum.Of(0);
        LearningRate rate = LearningRate.Of(1);
        Sgd sgd = Sgd.Of(1, momentum: 0.5, decay: leaf => leaf.Rank == 2, maximize: true);
        (ParameterTree<float> parameters, OptimizerState<float> state) =
            (problem.Parameters<float>(), trace.Init(problem.Parameters<float>()));
        (ParameterTree<float> expected, SgdState<float> sgdState) =
            (problem.Parameters<float>(), sgd.Init(problem.Parameters<float>()));
        for (int update = 1; update <= Problem.Updates; update++)
        {
            (parameters, state) = (scale with { Factor = -1 }).Then(decay with { Lambda = 0.1 / update })
                .Then(trace with { Coefficient = 0.5 / update, Dampening = 0.25 * update })
                .Then(rate with { Schedule = 0.125 * update })
                .Step(parameters, problem.Gradients<float>(update), state);
            (expected, sgdState) =
                (sgd with
                {
                    LearningRate = 0.125 * update, Momentum = 0.5 / update, Dampening = 0.25 * update,
                    WeightDecay = 0.1 / update
                })
                .Step(expected, problem.Gradients<float>(update), sgdState);
            Assert.Equal((expected, sgdState.ToState()), (parameters, state));
        }
    }

    [Fact]
    public void An_optimizer_prints_its_settings_and_the_names_of_its_groups()
    {
        Assert.Equal(
            "sgd(learningRate=0.1)",
            Sgd.Of(0.1).ToString());
        Assert.StartsWith(
            "adamW(learningRate=0.1).withGroup(name=head, matches=",
            AdamW.Of(0.1).WithGroups(LeafGroup.Frozen("body", LeafFilter.None), Head).ToString(),
            StringComparison.Ordinal);
        Assert.EndsWith(
            ").withGroup(name=body, matches=none, frozen=true)",
            AdamW.Of(0.1).WithGroups(LeafGroup.Frozen("body", LeafFilter.None), Head).ToString(),
            StringComparison.Ordinal);
        Assert.Equal(
            "scale(factor=2) then learningRate(schedule=0.1)",
            Scale.By(2).Then(LearningRate.Of(0.1)).ToString());
    }

    [Fact]
    public void What_prints_has_the_same_numbers_in_every_culture()
    {
        Optimizer optimizer = Clip.ByGlobalNorm(0.5).Then(AdamW.Of(Schedule.StepDecay(0.25, 10).Clamp(0.125, 0.5)));
        Rprop upsideDown = Rprop.Of() with { MinimumStep = 0.5, MaximumStep = 0.25 };
        object[] values =
        [
            optimizer, Lbfgs.Of(0.5), Schedule.Cyclic(0.25, 0.5), Plateau.Of(), PlateauState.Of(0.5),
            new LeafSettings(0.5),
            Partition.Masked(_ => true, Sgd.Of(0.5)), default(LbfgsReport),
            default(AdamStatistics) with { FirstMomentNorm = 0.5 },
        ];
        ParameterTree<float> one = ParameterTree.Of(Leaf.Of("w", [1], [1f]));
        string[] Texts() =>
        [
            .. values.Select(value => value.ToString()!),
            ErrorOf(() => optimizer.Step(one, one, new OptimizerState<float>(0))), ErrorOf(() => upsideDown.Init(one)),
            ErrorOf(() => AdamW.Of(-0.5)),
        ];
        CultureInfo before = CultureInfo.CurrentCulture, comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        string[] expected = Texts();
        CultureInfo.CurrentCulture = comma;
        string[] actual = Texts();
        bool isLeft = ReferenceEquals(comma, CultureInfo.CurrentCulture);
        CultureInfo.CurrentCulture = before;
        Assert.True(isLeft);
        Assert.Equal(expected, actual);
        Assert.Contains("rate=0.25", expected[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_that_is_no_rate_is_a_fault_among_the_others()
    {
        Assert.Equal(
            ["learningRate is -1; allowed is finite and not negative", "beta1 is 2; allowed is in [0, 1)"],
            Validated.Of(() => AdamW.Of(-1, beta1: 2))
                .Match(Succ: _ => [], Fail: errors => errors.Map(error => error.Message).ToArray()));
        Assert.Equal(
            "AdamW: learningRate is NaN; allowed is finite and not negative; beta1 is 2; allowed is in [0, 1).",
            ErrorOf(() => AdamW.Of(double.NaN, beta1: 2)));
        Assert.Equal("LearningRate is -1; allowed is finite and not negative.", ErrorOf(
            () => AdamW.Of(1) with { LearningRate = -1 }));
        Assert.Equal("LearningRate is null; allowed is a schedule.", ErrorOf(
            () => Lars.Of(1) with { LearningRate = null! }));
        Assert.Equal("LearningRate: schedule is -1; allowed is finite and not negative.", ErrorOf(
            () => LearningRate.Of(-1)));
        Assert.Equal("Lbfgs: learningRate is -1; allowed is finite and not negative.", ErrorOf(() => Lbfgs.Of(-1)));
    }

    [Fact]
    public void Every_fault_is_found_at_once()
    {
        Assert.Equal(
            "Adagrad: learningRateDecay is NaN; allowed is finite and not negative; "
            + "initialAccumulator is -1; allowed is finite and not negative.",
            ErrorOf(() => Adagrad.Of(0.1, double.NaN, -1)));
        Assert.Equal(
            "RmsProp: learningRate is null; allowed is a schedule; alpha is 1; allowed is in [0, 1); momentum is 1; "
            + "allowed is in [0, 1).",
            ErrorOf(() => RmsProp.Of(null!, alpha: 1, momentum: 1)));
        Assert.Equal("Adadelta: epsilon is 0; allowed is finite and positive.", ErrorOf(
            () => Adadelta.Of(1, epsilon: 0)));
        Assert.Equal("Adamax: beta2 is 1; allowed is in [0, 1).", ErrorOf(() => Adamax.Of(1, beta2: 1)));
        Assert.Equal("NAdam: momentumDecay is -1; allowed is finite and not negative.", ErrorOf(
            () => NAdam.Scaling(momentumDecay: -1)));
        Assert.Equal("RAdam: threshold is 3; allowed is 4 or more.", ErrorOf(() => RAdam.Of(1, threshold: 3)));
        Assert.Equal(
            "Rprop: initialStep is 0; allowed is finite and positive; "
            + "etaMinus is 1; allowed is in (0, 1); etaPlus is 1; allowed is in (1, Infinity); "
            + "maximumStep is 1; allowed is 2, the smallest, or more.",
            ErrorOf(() => Rprop.Of(0, 1, 1, 2, 1)));
        Assert.Equal(
            "Asgd: lambda is -1; allowed is finite and not negative; alpha is NaN; allowed is finite and not negative; "
            + "averageAfter is -1; allowed is 0 or more.",
            ErrorOf(() => Asgd.Of(1, -1, double.NaN, -1)));
        Assert.Equal("Lion: weightDecay is -1; allowed is finite and not negative.", ErrorOf(
            () => Lion.Of(1, weightDecay: -1)));
        Assert.Equal("AdaBelief: epsilonRoot is -1; allowed is finite and not negative.", ErrorOf(
            () => AdaBelief.Scaling(epsilonRoot: -1)));
        Assert.Equal("Yogi: beta1 is -1; allowed is in [0, 1).", ErrorOf(() => Yogi.Of(1, beta1: -1)));
    }

    [Fact]
    public void A_choice_that_there_is_not_is_refused_wherever_it_is_given()
    {
        Assert.Equal("AmsGrad is 7; allowed is Off, OfMoment, OfCorrectedMoment.", ErrorOf(
            () => Adam.Of(1) with { AmsGrad = (AmsGrad)7 }));
        Assert.Equal("AmsGrad is 7; allowed is Off, OfMoment, OfCorrectedMoment.", ErrorOf(
            () => AdamW.Of(1) with { AmsGrad = (AmsGrad)7 }));
        Assert.Equal("LineSearch is 7; allowed is None, StrongWolfe.", ErrorOf(
            () => Lbfgs.Of() with { LineSearch = (LineSearch)7 }));
        Assert.Equal("Clip: kind is 9; allowed is L2, L1, Infinity.", ErrorOf(() => Clip.ByGlobalNorm(1, (NormKind)9)));
        Assert.Equal("Clip: kind is 9; allowed is L2, L1, Infinity.", ErrorOf(() => Clip.ByLeafNorm(1, (NormKind)9)));
        Assert.Equal("Clip: outputAxis is 9; allowed is First, Last.", ErrorOf(
            () => Clip.Adaptively(outputAxis: (OutputAxis)9)));
        Assert.Equal("Centralize: outputAxis is 9; allowed is First, Last.", ErrorOf(
            () => Centralize.By((OutputAxis)9)));
        Assert.Equal("OutputAxis is 9; allowed is First, Last.", ErrorOf(
            () => Centralize.By() with { OutputAxis = (OutputAxis)9 }));
    }

    [Fact]
    public void Settings_that_do_not_go_together_are_refused_when_they_are_used()
    {
        ParameterTree<float> one = ParameterTree.Of(Leaf.Of("w", [1], [1f]));
        Sgd sgd = Sgd.Of(0.1) with { Nesterov = true };
        Assert.Equal("Nesterov is True; allowed is false without momentum or with dampening.", ErrorOf(
            () => sgd.Init(one)));
        Assert.Equal(Sgd.Of(0.1, momentum: 0.9, nesterov: true), sgd with { Momentum = 0.9 });
        foreach (Optimizer formed in (Optimizer[])
                 [
                     Adam.Of(0.1) with { DecayForm = DecayForm.Cautious },
                     Lamb.Of(0.1) with { DecayForm = DecayForm.Cautious },
                     NovoGrad.Of(0.1) with { DecayForm = DecayForm.Cautious },
                     Adafactor.Of(0.1) with { DecayForm = DecayForm.Cautious },
                     Adopt.Of(0.1) with { DecayForm = DecayForm.Cautious },
                 ])
        {
            Assert.Equal("DecayForm is Cautious; allowed is Scaled.", ErrorOf(() => formed.Init(one)));
        }

        const string tooSmall = "MaxRate is 0.05; allowed is 0.1 or more, the largest rate of the schedule.";
        AdamC fast = AdamC.Of(0.05, maxRate: 0.05) with { LearningRate = 0.1 };
        StableAdamW stable = StableAdamW.Of(0.1) with { MaxRate = 0.05 };
        Optimizer corrected = WeightDecay.Corrected(0.1, 0.1) with { MaxRate = 0.05 };
        Assert.Equal(tooSmall, ErrorOf(() => fast.Init(one)));
        Assert.Equal(tooSmall, ErrorOf(() => stable.Init(one)));
        Assert.Equal(tooSmall, ErrorOf(() => corrected.Step(one, one, corrected.Init(one))));
        AdamC scaled = AdamC.Of(0.1) with { DecayForm = DecayForm.Scaled };
        Assert.Equal("DecayForm is Scaled; allowed is Corrected.", ErrorOf(() => scaled.Init(one)));
        Assert.Equal(
            Adopt.Of(0.1, decoupledDecay: true, decayForm: DecayForm.Cautious),
            Adopt.Of(0.1) with { DecayForm = DecayForm.Cautious, DecoupledDecay = true });
    }

    [Fact]
    public void The_settings_of_a_group_are_checked_however_they_are_made()
    {
        Assert.Equal("LearningRateMultiplier is -1; allowed is finite and not negative.", ErrorOf(
            () => new LeafSettings(-1)));
        Assert.Equal("WeightDecayMultiplier is NaN; allowed is finite and not negative.", ErrorOf(
            () => new LeafSettings(1, double.NaN)));
        Assert.Equal(
            "WeightDecayMultiplier is -1; allowed is finite and not negative.",
            ErrorOf(() => LeafSettings.Default with { WeightDecayMultiplier = -1 }));
    }

    [Fact]
    public void The_evaluations_of_LBFGS_follow_its_iterations_unless_they_are_given()
    {
        Assert.Equal(125, (Lbfgs.Of() with { MaximumIterations = 100 }).MaximumEvaluations);
        Assert.Equal(7, (Lbfgs.Of(maximumEvaluations: 7) with { MaximumIterations = 100 }).MaximumEvaluations);
        Assert.Equal(8, (Lbfgs.Of() with { MaximumEvaluations = 8, MaximumIterations = 100 }).MaximumEvaluations);
        Assert.Equal(int.MaxValue, Lbfgs.Of(maximumIterations: int.MaxValue).MaximumEvaluations);
    }

    [Fact]
    public void A_setting_can_be_changed_within_its_bounds()
    {
        Assert.Equal(RAdam.Of(0.1, threshold: 4, decoupledDecay: true),
            RAdam.Of(0.1) with { Threshold = 4, DecoupledDecay = true });
        Assert.Equal("Threshold is 3; allowed is 4 or more.", ErrorOf(() => RAdam.Of(0.1) with { Threshold = 3 }));
        Assert.Equal("Factor is NaN; allowed is finite.", ErrorOf(() => Scale.By(1) with { Factor = double.NaN }));
        Assert.Equal("weightDecay is -1; allowed is finite and not negative.", ErrorOf(
            () => WeightDecay.Coupled(1) with { Lambda = -1 }));
        Assert.Equal("Coefficient is 1; allowed is in [0, 1).", ErrorOf(
            () => Momentum.Of(0.5) with { Coefficient = 1 }));
        Assert.Equal("Dampening is 2; allowed is in [0, 1].", ErrorOf(() => Momentum.Of(0.5) with { Dampening = 2 }));
        ParameterTree<float> one = ParameterTree.Of(Leaf.Of("w", [1], [1f]));
        foreach (Optimizer ahead in (Optimizer[])
                 [
                     Momentum.Of(0.5, nesterov: true) with { Coefficient = 0 },
                     Momentum.Of(0.5, nesterov: true) with { Dampening = 0.5 }, Sgd.Of(0.1) with { Nesterov = true },
                 ])
        {
            Assert.Equal(
                "Nesterov is True; allowed is false without momentum or with dampening.",
                ErrorOf(() => ahead.Init(one)));
        }

        Assert.Equal("Schedule is null; allowed is a schedule.", ErrorOf(
            () => LearningRate.Of(1) with { Schedule = null! }));
        Rprop upsideDown = Rprop.Of() with { MaximumStep = 1e-9 };
        Assert.Equal(
            "MaximumStep is 1E-09; allowed is 1E-06, the smallest, or more.",
            ErrorOf(() => upsideDown.Init(ParameterTree.Of(Leaf.Of("w", [1], [1f])))));
    }

    private static Optimizer Make(string maker, double rate)
    {
        if (maker == Chain) return Clip.ByGlobalNorm(1).Then(AdamW.Of(Schedule.LinearWarmup(rate, 3)));
        CatalogueEntry<Optimizer> entry = Optim.Catalogue.Optimizers.Single(entry => entry.Name == maker);
        return Laws.Catalogue.CaseOf(entry).Build(entry, rate);
    }

    private static string ErrorOf(Func<object> make) => Assert.ThrowsAny<ArgumentException>(() => { make(); }).Message;
}
