using LanguageModel;

namespace Functional.Optim.Samples.Tests.LanguageModel.Optimizers;

public sealed class OptimizerChoiceTests
{
    private static readonly ParameterTree<float> Parameters = ParameterTree.Of(
        Leaf.Of("matrix", [1, 2], [3f, -4f]), Leaf.Of("vector", [2], [5f, 6f]));

    private static readonly ParameterTree<float> Matrix = ParameterTree.Of(Leaf.Of("matrix", [1, 2], [3f, -4f]));

    private static readonly ParameterTree<float> Vector = ParameterTree.Of(Leaf.Of("vector", [2], [5f, 6f]));

    private static readonly ParameterTree<float> Zeros = Parameters.Layout.Zeros<float>();

    /// <summary>What a schedule has to be given that no preset knows.</summary>
    private static readonly Dictionary<string, string> Needed = new()
    {
        ["stepDecay"] = "(every=1000)", ["multiStepDecay"] = "(milestones=500,1000)", ["constantFactor"] = "(steps=10)",
        ["linearFactor"] = "(steps=10)",
        ["exponentialDecay"] = "(gamma=0.999)", ["exponentialRise"] = "(from=1e-6, to=1e-3, steps=100)",
        ["cosineRestarts"] = "(firstPeriod=700)", ["polynomialRestarts"] = "(firstPeriod=700)",
        ["cosineHardRestarts"] = "(cycles=3)",
        ["warmupStableDecay"] = "(decaySteps=200)",
    };

    public static TheoryData<string> Optimizers =>
        [.. OptimizerChoice.Known.Names.Select(name => name == "scheduleFree" ? "scheduleFree(base=adamW)" : name)];

    public static TheoryData<string> Schedules =>
    [
        .. ScheduleChoice.Known.Names.Select(name => name + Needed.GetValueOrDefault(name)),
    ];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Every_optimizer_goes_down(string optimizer)
    {
        Optimizer chosen = Chosen(
            Preset.All[0] with { Optimizer = optimizer, Schedule = "constant", LearningRate = 1 });
        // The first update of some only initializes.
        (ParameterTree<float> moved, OptimizerState<float> state) =
            chosen.Step(Parameters, Parameters, chosen.Init(Parameters));
        (moved, _) = chosen.Step(moved, Parameters, state);
        Assert.True(moved.AsSpan("matrix")[0] < 3 && moved.AsSpan("matrix")[1] > -4, "the steps go down");
    }

    [Theory]
    [MemberData(nameof(Schedules))]
    public void Every_schedule_has_the_peak_the_warm_up_the_end_and_the_floor_of_the_preset(string schedule)
    {
        Preset nano = Preset.All[0] with { Schedule = schedule };
        Optimizer chosen = Chosen(nano);
        double[] rates = [.. Enumerable.Range(1, nano.Steps).Select(step => chosen.LearningRateAt(step))];
        Assert.InRange(rates.Max(), 0.9 * nano.LearningRate, nano.LearningRate);
        CatalogueEntry<Schedule> entry = Catalogue.Schedules.Single(known => known.Name == Long(schedule));
        string[] options = [.. entry.Options.Select(option => option.Name)];
        if (options.Contains("warmupSteps")) Assert.Equal(nano.LearningRate / nano.WarmupSteps, rates[0], 1e-15);
        if (options.Contains("floor") && options.Contains("totalSteps")) Assert.Equal(nano.Floor, rates[^1], 1e-15);
        if (options.Contains("floor"))
            Assert.InRange(rates.Skip(nano.WarmupSteps).Min(), 0.99 * nano.Floor, 2 * nano.Floor);
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void A_learning_rate_of_0_changes_nothing_with_any_optimizer(string optimizer) =>
        AssertNothingChanges(Preset.All[0] with { Optimizer = optimizer, LearningRate = 0 });

    [Theory]
    [MemberData(nameof(Schedules))]
    public void A_learning_rate_of_0_changes_nothing_with_any_schedule(string schedule) =>
        AssertNothingChanges(Preset.All[0] with { Schedule = schedule, LearningRate = 0 });

    [Fact]
    public void A_learning_rate_of_0_leaves_the_rate_of_a_text_as_it_is()
    {
        AssertChosen(Preset.All[0] with { LearningRate = 0, Schedule = "constant(rate=0.5)" },
            AdamW.Of(0.5, 0.9, 0.99, weightDecay: 0.1));
        AssertChosen(
            Preset.All[0] with { LearningRate = 0, Schedule = "cosine(peak=0.5, floor=0)" },
            AdamW.Of(Schedule.WarmupCosine(0.5, 100, 2000, 0), 0.9, 0.99, weightDecay: 0.1));
    }

    [Fact]
    public void The_presets_figures_are_for_the_names_they_are_meant_for()
    {
        Preset nano = Preset.All[0];
        Schedule cosine = Schedule.WarmupCosine(1e-3, 100, 2000, 1e-4);
        AssertChosen(nano, AdamW.Of(cosine, 0.9, 0.99, weightDecay: 0.1));
        AssertChosen(nano with { Optimizer = "adam" }, Adam.Of(cosine, 0.9, 0.99));
        AssertChosen(nano with { Optimizer = "sgd" }, Sgd.Of(cosine));
        AssertChosen(nano with { Optimizer = "momentum" }, Sgd.Of(cosine, 0.9));
        AssertChosen(nano with { Optimizer = "lion" }, Lion.Of(cosine));
        AssertChosen(nano with { Optimizer = "lamb" }, Lamb.Of(cosine));
        AssertChosen(nano with { Optimizer = "adam", WeightDecay = 0.5 }, Adam.Of(cosine, 0.9, 0.99, weightDecay: 0.5));
        AssertChosen(nano with { Schedule = "linear" },
            AdamW.Of(Schedule.LinearWarmup(1e-3, 100), 0.9, 0.99, weightDecay: 0.1));
        AssertChosen(nano with { Schedule = "polynomial" },
            AdamW.Of(Schedule.WarmupPolynomial(1e-3, 100, 2000, 1e-4), 0.9, 0.99, weightDecay: 0.1));
        AssertChosen(nano with { Schedule = "exponential" },
            AdamW.Of(Schedule.WarmupExponential(1e-3, 100, 2000, 1e-4), 0.9, 0.99, weightDecay: 0.1));
        AssertChosen(nano with { Schedule = "constant" }, AdamW.Of(1e-3, 0.9, 0.99, weightDecay: 0.1));
        AssertChosen(nano with { LearningRate = 1e-5 },
            AdamW.Of(Schedule.WarmupCosine(1e-5, 100, 2000, 1e-5), 0.9, 0.99, weightDecay: 0.1));
    }

    [Fact]
    public void Muon_has_the_matrices_of_the_blocks_and_AdamW_the_rest_at_a_rate_of_its_own()
    {
        ParameterTree<float> model = ParameterTree.Of(
            Leaf.Of("tokens", [1, 2], [3f, -4f]), Leaf.Of("block0.expand.weight", [1, 2], [3f, -4f]),
            Leaf.Of("block0.norm.weight", [2], [5f, 6f]));
        Preset muon = Preset.All[0] with { Optimizer = "muon", Schedule = "constant", LearningRate = 0.02 };
        foreach ((double? given, double rate) in ((double?, double)[])[(null, 0.02), (3e-4, 3e-4)])
        {
            Optimizer chosen = Chosen(muon with { AdamRate = given });
            OptimizerState<float> state = chosen.Init(model);
            Assert.Equal<IEnumerable<string>>(["hidden/mean", "rest/m", "rest/v"], state.SlotNames);
            Assert.Equal(0.02, chosen.LearningRateAt(1));
            (ParameterTree<float> moved, _) = chosen.Step(model, model, state);
            Assert.Equal(3 - rate, moved.AsSpan("tokens")[0], 1e-5);
            Assert.Equal(5 - rate, moved.AsSpan("block0.norm.weight")[0], 1e-5);
            Assert.InRange(moved.AsSpan("block0.expand.weight")[0], 2.97f, 2.99f);
        }
    }

    [Fact]
    public void The_base_of_another_optimizer_has_the_figures_of_the_preset_too()
    {
        Optimizer expected = Clip.ByGlobalNorm(1).Then(ScheduleFree.Of(
            AdamW.Of(1e-3, 0.9, 0.5, weightDecay: 0.1, decay: LeafFilter.Matrices), warmupSteps: 7));
        Assert.Equal(
            $"{expected}",
            $"{Chosen(Preset.All[0] with
            {
                Optimizer = "scheduleFree(base=adamW(beta2=0.5), warmupSteps=7)", Schedule = "constant",
            })}");
    }

    [Fact]
    public void Another_rate_takes_the_floor_and_the_rate_of_AdamW_along()
    {
        Preset muon = OptimizerChoice.With(Preset.All[0], "muon");
        Assert.Equal((0.02, 1e-3, 2e-3), (muon.LearningRate, muon.AdamRate, muon.Floor));
        Preset half = OptimizerChoice.At(muon, 0.01);
        Assert.Equal((0.01, 5e-4, 1e-3), (half.LearningRate, half.AdamRate, half.Floor));
        Preset still = OptimizerChoice.At(Preset.All[0] with { LearningRate = 0 }, 0.5);
        Assert.Equal((0.5, Preset.All[0].Floor), (still.LearningRate, still.Floor));
    }

    [Fact]
    public void What_the_text_gives_goes_before_the_presets_figures()
    {
        AssertChosen(
            Preset.All[0] with { Optimizer = "ADAMW(Beta2=0.5, weightdecay=0)",
                Schedule = "oneCycle(peak=0.5, rise=0.1)", WeightDecay = 0.3 },
            AdamW.Of(Schedule.OneCycle(0.5, 2000, 0.1), 0.9, 0.5, weightDecay: 0));
        AssertChosen(Preset.All[0] with { Optimizer = "lion(learningRate=0.5)" }, Lion.Of(0.5));
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("momentum")]
    [InlineData("adam")]
    [InlineData("adamw")]
    [InlineData("lion")]
    public void Decay_shrinks_matrices_only(string optimizer)
    {
        Optimizer chosen = Chosen(Preset.All[0] with { Optimizer = optimizer, WarmupSteps = 0, WeightDecay = 0.1 });
        (ParameterTree<float> moved, _) = chosen.Step(Parameters, Zeros, chosen.Init(Parameters));
        Assert.InRange(moved.AsSpan("matrix")[0], 2.9f, 2.99999f);
        Assert.Equal([5f, 6f], moved.AsSpan("vector").ToArray());
    }

    [Fact]
    public void Errors_of_both_are_told_at_once() => Assert.Equal(
        "it: --optimizer lion: beta1 is 1; allowed is in [0, 1); --schedule stepDecay: every "
        + "is 0; allowed is 1 or more.",
        Assert.ThrowsAny<ArgumentException>(
            () => Chosen(Preset.All[0] with { Optimizer = "lion(beta1=1)", Schedule = "stepDecay(every=0)" })).Message);

    [Fact]
    public void A_clip_of_0_limits_nothing_and_still_refuses_what_is_not_finite()
    {
        Preset plain = Preset.All[0]
            with { Optimizer = "sgd", Schedule = "constant", LearningRate = 1, WeightDecay = 0 };
        Optimizer unlimited = Chosen(plain with { Clip = 0 }), limited = Chosen(plain with { Clip = 1 });
        Assert.Equal(Zeros, unlimited.Step(Parameters, Parameters, unlimited.Init(Parameters)).Parameters);
        (ParameterTree<float> moved, _) = limited.Step(Parameters, Parameters, limited.Init(Parameters));
        Assert.Equal(Parameters.GlobalNorm() - 1, moved.GlobalNorm(), 1e-5);
        ParameterTree<float> bad =
            ParameterTree.Of(Leaf.Of("matrix", [1, 2], [1f, 1f]), Leaf.Of("vector", [2], [float.NaN, 0f]));
        Assert.Contains("vector", Assert.Throws<NonFiniteGradientException>(
            () => unlimited.Step(Parameters, bad, unlimited.Init(Parameters))).Message, StringComparison.Ordinal);
    }

    private static Optimizer Chosen(Preset preset) => OptimizerChoice.Create(preset).OrThrow("it");

    private static string Long(string schedule)
    {
        string name = schedule.Split('(')[0];
        return ScheduleChoice.Known.ShortNames.FirstOrDefault(
            known => known.Name == name, (Name: name, Entry: name)).Entry;
    }

    /// <summary>Whether a preset has an optimizer, but that only matrices decay.</summary>
    private static void AssertChosen(Preset preset, ScalingOptimizer expected)
    {
        Optimizer chosen = Chosen(preset),
            clipped = Clip.ByGlobalNorm(1).Then(expected with { DecayFilter = LeafFilter.Matrices });
        Assert.Equal($"{clipped}", $"{chosen}");
        Assert.Equal(clipped.Report(Matrix.Layout).ToString(), chosen.Report(Matrix.Layout).ToString());
        Assert.Equal(0, Assert.Single(chosen.Report(Vector.Layout).Rows).WeightDecay);
    }

    private static void AssertNothingChanges(Preset preset)
    {
        Optimizer chosen = Chosen(preset);
        Assert.Equal(Parameters, chosen.Step(Parameters, Parameters, chosen.Init(Parameters)).Parameters);
    }
}
