using System.Numerics;
using System.Text.Json;
using Functional.Optim.Tests.Golden;

namespace Functional.Optim.Tests.Optimizers;

public class ScheduleFreeTests
{
    public static TheoryData<string> AdamWCases => ModernGolden.CasesOf("schedule_free_adamw");

    public static TheoryData<string> SgdCases => ModernGolden.CasesOf("schedule_free_sgd");

    [Theory]
    [MemberData(nameof(AdamWCases))]
    public void Around_AdamW_it_is_the_authors(string id)
    {
        Check<double>(ModernGolden.Case<double>("schedule_free_adamw", id), AroundAdamW);
        Check<float>(ModernGolden.Case<float>("schedule_free_adamw", id), AroundAdamW);
    }

    [Theory]
    [MemberData(nameof(SgdCases))]
    public void Around_SGD_it_is_the_authors(string id)
    {
        Check<double>(ModernGolden.Case<double>("schedule_free_sgd", id), AroundSgd);
        Check<float>(ModernGolden.Case<float>("schedule_free_sgd", id), AroundSgd);
    }

    /// <summary>
    /// A constant gradient moves z as it moves SGD, and with equal weights x is the mean of where z has been.
    /// </summary>
    [Fact]
    public void With_SGD_and_a_constant_gradient_what_is_evaluated_is_the_mean_of_what_SGD_visits()
    {
        ParameterTree<double> gradients = Laws.Trees.Random<double>(1), visited = Laws.Trees.Random<double>(0),
            parameters = visited;
        Optimizer sgd = Sgd.Of(0.1), free = ScheduleFree.Of(Sgd.Of(0.1, momentum: 0.9));
        OptimizerState<double> state = free.Init(parameters), plain = sgd.Init(visited);
        double[] sum = new double[parameters.AsSpan().Length];
        for (int step = 1; step <= 10; step++)
        {
            (visited, plain) = sgd.Step(visited, gradients, plain);
            (parameters, state) = free.Step(parameters, gradients, state);
            ReadOnlySpan<double> evaluated = free.EvaluationParameters(parameters, state).AsSpan(),
                at = visited.AsSpan();
            Assert.Equal(visited, state["z"]);
            for (int index = 0; index < sum.Length; index++)
            {
                sum[index] += at[index];
                Assert.Equal(sum[index] / step, evaluated[index], 1e-13);
            }
        }
    }

    [Fact]
    public void An_optimizer_that_asks_for_the_function_is_no_base()
    {
        foreach (Optimizer asking in (Optimizer[])[Sam.Around(AdamW.Of(0.1)), Lbfgs.Of()])
            Assert.Contains(
                "base is", Assert.ThrowsAny<ArgumentException>(() => ScheduleFree.Of(asking)).Message,
                StringComparison.Ordinal);
    }

    [Fact]
    public void A_format_of_its_base_stays_with_the_slots_of_the_base()
    {
        AdamW small = AdamW.Of(0.1).WithState(StateFormat.BFloat16);
        foreach (Optimizer @base in (Optimizer[])[small, Clip.ByGlobalNorm(1).Then(small)])
        {
            OptimizerState<float> state = ScheduleFree.Of(@base).Init(Laws.Trees.Random<float>(0));
            Assert.Equal<string>(["v", "z"], state.SlotNames);
            Assert.Equal((StateFormat.BFloat16, StateFormat.Full), (state.FormatOf(0), state.FormatOf(1)));
        }
    }

    [Fact]
    public void It_keeps_groups_and_parts_in_front_of_its_base_and_those_around_itself()
    {
        LeafGroup half = LeafGroup.Of("half", leaf => leaf.Rank == 2, learningRateMultiplier: 0.5);
        Optimizer inner = ScheduleFree.Of(Clip.ByGlobalNorm(1).Then(AdamW.Of(0.1)).WithGroups(half), warmupSteps: 3);
        Optimizer outer = Clip.ByGlobalNorm(1).Then(ScheduleFree.Of(AdamW.Of(0.1), warmupSteps: 3)).WithGroups(half);
        ParameterTree<float> parameters = Laws.Trees.Random<float>(0), gradients = Laws.Trees.Random<float>(1);
        Assert.Equal(inner.Step(parameters, gradients, inner.Init(parameters)), outer.Step(
            parameters, gradients, outer.Init(parameters)));
        Assert.Equal([0.1 * (1.0 / 3), 0.1 * (2.0 / 3), 0.1, 0.1], new long[] { 1, 2, 3, 4 }.Select(
            inner.LearningRateAt));
    }

    [Fact]
    public void A_base_that_has_no_momentum_or_more_than_one_or_no_rate_at_its_end_is_refused()
    {
        AdamW adamW = AdamW.Of(0.1);
        foreach (Optimizer wrong in (Optimizer[])
                 [
                     Sgd.Of(0.1), Sgd.Of(0.1, momentum: 0.9, nesterov: true),
                     Sgd.Of(0.1, momentum: 0.9, dampening: 0.5), AdamW.Of(0.1, beta1: 0),
                     Lion.Of(0.1), Lars.Of(0.1), Adam.Scaling(), Composition.Identity, adamW.Then(LearningRate.Of(1)),
                     adamW.Then(Momentum.Of(0.5)),
                     adamW.Then(ParameterEma.Of()), ScheduleFree.Of(adamW), ScheduleFree.Of(adamW, innerMomentum: 0.5),
                     ApplyIfFinite.Around(adamW),
                     Partition.Of(new Partition.Rule("all", _ => true, adamW)),
                 ])
        {
            Assert.StartsWith(
                $"ScheduleFree: base is {wrong}; allowed is an optimizer of transforms with one momentum above 0",
                ErrorOf(() => ScheduleFree.Of(wrong)));
        }

        Assert.Equal(
            "ScheduleFree: base is null; allowed is an optimizer of transforms with one momentum above 0, without "
            + "dampening and Nesterov, and one learning rate at the end, such as AdamW or Sgd; warmupSteps is -1; "
            + "allowed is 0 or more; stepPower is NaN; allowed is finite and not negative; ratePower is -1; allowed is "
            + "finite and not negative; innerMomentum is 1; allowed is in [0, 1).",
            ErrorOf(() => ScheduleFree.Of(null!, -1, double.NaN, -1, 1)));
        Assert.Equal(
            "ScheduleFree: innerMomentum is 0.5; allowed is 0.",
            ErrorOf(() => ScheduleFree.Of(Sgd.Of(0.1, momentum: 0.9), innerMomentum: 0.5)));

        static string ErrorOf(Action make) => Assert.ThrowsAny<ArgumentException>(make).Message;
    }

    [Fact]
    public void Weights_that_leave_the_doubles_are_refused_and_nothing_changes()
    {
        Optimizer free = ScheduleFree.Of(Sgd.Of(1e200, momentum: 0.9));
        ParameterTree<double> parameters = Laws.Trees.Random<double>(0), zeros = parameters.Layout.Zeros<double>();
        OptimizerState<double> state = free.Init(parameters);
        Assert.Contains("add to Infinity", Assert.Throws<OverflowException>(
            () => { free.StepDonating(parameters, zeros, state); }).Message, StringComparison.Ordinal);
        Assert.Equal((Laws.Trees.Random<double>(0), free.Init(parameters)), (parameters, state));
    }

    /// <summary>While every rate was 0 there is no weight, and nothing is averaged.</summary>
    [Fact]
    public void A_rate_of_0_at_first_leaves_everything_as_it_is()
    {
        Optimizer free = ScheduleFree.Of(Sgd.Of(Schedule.LinearWarmup(0.1, 2).ZeroBased(), momentum: 0.9));
        ParameterTree<double> start = Laws.Trees.Random<double>(0), gradients = Laws.Trees.Random<double>(1);
        (ParameterTree<double> parameters, OptimizerState<double> state) =
            free.Step(start, gradients, free.Init(start));
        Assert.Equal((start, start, 0), (parameters, state["z"], state.Scalar("weight sum")));
        (parameters, state) = free.Step(parameters, gradients, state);
        Assert.Equal(parameters, state["z"]);
    }

    private static void Check<T>(JsonElement golden, Func<JsonElement, ScheduleFree> build)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ScheduleFree optimizer = build(golden.GetProperty("kwargs"));
        ModernGolden.Check<T>(
            golden, optimizer,
            (name, parameters, state) => name == "x" ? optimizer.EvaluationParameters(parameters, state) : state[name],
            (name, state) => name == "weight_sum" ? state.Scalar("weight sum") : optimizer.LearningRateAt(state.Step));
    }

    private static ScheduleFree AroundAdamW(JsonElement options)
    {
        (double beta1, double beta2) = options.TryGetProperty("betas", out JsonElement betas)
            ? (betas[0].GetDouble(), betas[1].GetDouble()) : (0.9, 0.999);
        return Around(options, AdamW.Of(
            options.Option("lr", 0.0025), beta1, beta2, weightDecay: options.Option("weight_decay", 0)));
    }

    private static ScheduleFree AroundSgd(JsonElement options) => Around(options, Sgd.Of(
        options.Option("lr", 1), options.Option("momentum", 0.9), weightDecay: options.Option("weight_decay", 0)));

    private static ScheduleFree Around(JsonElement options, Optimizer inner) => ScheduleFree.Of(
        inner, (long)options.Option("warmup_steps", 0), options.Option("r", 0), options.Option("weight_lr_power", 2),
        options.Option("inner_momentum", 0));
}
