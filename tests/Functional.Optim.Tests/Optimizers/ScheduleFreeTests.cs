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

    /// <summary>
    /// The authors' RAdamScheduleFree by its definition, x, y and z kept: r_t multiplies the rate, also in the weights,
    /// and while ρ_t ≤ 4 the rate is 0, or in the phase of SGD that of the base for a gradient that is not divided.
    /// </summary>
    [Theory]
    [InlineData(0.999, false, 0, 2, 0)]
    [InlineData(0.999, true, 0, 2, 0.1)]
    [InlineData(0.95, false, 1, 0.5, 0.1)]
    [InlineData(0.95, true, 2, 0, 0)]
    [InlineData(0.65, true, 0, 2, 0.1)]
    public void Around_RAdam_it_is_the_authors(double beta2, bool sgdPhase, double r, double power, double decay)
    {
        const double rate = 0.05, beta1 = 0.9, epsilon = 1e-3;
        Optimizer free = ScheduleFree.Of(
            RAdam.Of(rate, beta1, beta2, epsilon, threshold: 4, weightDecay: decay, decoupledDecay: true),
            stepPower: r, ratePower: power, sgdPhase: sgdPhase);
        double[] x = [.. Enumerable.Range(0, 7).Select(index => Math.Cos(index))], y = [.. x], z = [.. x],
            v = new double[7];
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("x", [7], y));
        OptimizerState<double> state = free.Init(parameters);
        double sum = 0, largest = 0, power2 = 1, silent = 0;
        for (int step = 1; step <= 40; step++)
        {
            double[] gradient = [.. y.Select((at, index) => (0.3 * at) + Math.Sin((0.7 * step) + index))];
            (parameters, state) = free.Step(parameters, ParameterTree.Of(Leaf.Of("x", [7], gradient)), state);
            power2 *= beta2;
            double unbiased = 1 - power2, infinite = (2 / (1 - beta2)) - 1,
                length = infinite - (2 * step * power2 / unbiased);
            bool rectified = length > 4;
            double scheduled = rate * (rectified
                ? Math.Sqrt(((length - 4) / (infinite - 4)) * ((length - 2) / (infinite - 2)) * (infinite / length))
                : sgdPhase ? 1 : 0);
            silent += rectified ? 0 : 1;
            largest = Math.Max(largest, scheduled);
            double weight = Math.Pow(step, r) * Math.Pow(largest, power);
            sum += weight;
            double share = sum > 0 ? weight / sum : 0;
            for (int index = 0; index < 7; index++)
            {
                v[index] = (beta2 * v[index]) + ((1 - beta2) * gradient[index] * gradient[index]);
                double divided =
                    rectified ? gradient[index] / (Math.Sqrt(v[index] / unbiased) + epsilon) : gradient[index];
                z[index] -= scheduled * (divided + (decay * y[index]));
                x[index] += share * (z[index] - x[index]);
                y[index] = (beta1 * x[index]) + ((1 - beta1) * z[index]);
                Assert.Equal(y[index], parameters.AsSpan("x")[index], 1e-12);
                Assert.Equal(z[index], state["z"].AsSpan("x")[index], 1e-12);
                Assert.Equal(v[index], state["v"].AsSpan("x")[index], 1e-12);
                Assert.Equal(x[index], free.EvaluationParameters(parameters, state).AsSpan("x")[index], 1e-11);
            }

            Assert.Equal(scheduled, free.LearningRateAt(step), 1e-13);
            Assert.Equal(sum, state.Scalar("weight sum"), 1e-12 * Math.Max(1, sum));
        }

        Assert.InRange(silent, 4, 8);
    }

    /// <summary>
    /// The authors' decay_at_z, x, y and z kept; a group multiplies the decay at z, and the rate, as at y.
    /// </summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(0.5, 3)]
    public void The_decay_may_be_that_of_z(double rateMultiplier, double decayMultiplier)
    {
        const double beta1 = 0.9, beta2 = 0.95, epsilon = 1e-3;
        double rate = 0.05 * rateMultiplier, decay = 0.2 * decayMultiplier;
        Optimizer free = ScheduleFree.Of(
            AdamW.Of(0.05, beta1, beta2, epsilon, weightDecay: 0.2), warmupSteps: 3, decayAtZ: true)
            .WithGroups(LeafGroup.Of("all", _ => true, rateMultiplier, decayMultiplier));
        double[] x = [.. Enumerable.Range(0, 7).Select(index => Math.Cos(index))], y = [.. x], z = [.. x],
            v = new double[7];
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("x", [7], y));
        OptimizerState<double> state = free.Init(parameters);
        double sum = 0;
        for (int step = 1; step <= 20; step++)
        {
            double[] gradient = [.. y.Select((at, index) => (0.3 * at) + Math.Sin((0.7 * step) + index))];
            (parameters, state) = free.Step(parameters, ParameterTree.Of(Leaf.Of("x", [7], gradient)), state);
            double warm = Math.Min(1, step / 3.0), weight = Math.Pow(0.05 * warm, 2);
            sum += weight;
            for (int index = 0; index < 7; index++)
            {
                v[index] = (beta2 * v[index]) + ((1 - beta2) * gradient[index] * gradient[index]);
                double divided = gradient[index] / (Math.Sqrt(v[index] / (1 - Math.Pow(beta2, step))) + epsilon);
                z[index] -= rate * warm * decay * z[index];
                z[index] -= rate * warm * divided;
                x[index] += weight / sum * (z[index] - x[index]);
                y[index] = (beta1 * x[index]) + ((1 - beta1) * z[index]);
                Assert.Equal(y[index], parameters.AsSpan("x")[index], 1e-12);
                Assert.Equal(z[index], state["z"].AsSpan("x")[index], 1e-12);
            }
        }

        Assert.Equal(decay, Assert.Single(free.Report(parameters.Layout).Rows).WeightDecay, 1e-15);
    }

    /// <summary>Of SGD the decay is a part of the step wherever it stands; Adam divides that in the gradient.</summary>
    [Fact]
    public void Settings_that_do_not_go_with_the_base_are_refused_also_after_with()
    {
        ScheduleFree.Of(Sgd.Of(0.1, momentum: 0.9, weightDecay: 0.1), decayAtZ: true);
        ScheduleFree.Of(RAdam.Of(0.1, weightDecay: 0.1, decoupledDecay: true), decayAtZ: true, sgdPhase: true);
        ScheduleFree.Of(RAdam.Of(0.1, beta2: 0.5), sgdPhase: true);
        ScheduleFree sgd = ScheduleFree.Of(Sgd.Of(0.1, momentum: 0.9)),
            rAdam = ScheduleFree.Of(RAdam.Of(0.1, beta2: 0.5), sgdPhase: true);
        foreach ((Func<ScheduleFree> wrong, ScheduleFree changed, string message) in
                 (IEnumerable<(Func<ScheduleFree>, ScheduleFree, string)>)
                 [
                     (() => ScheduleFree.Of(Sgd.Of(0.1, momentum: 0.9), innerMomentum: 0.5),
                         sgd with { InnerMomentum = 0.5 }, "innerMomentum is 0.5; allowed is 0 without Adam's scaling"),
                     (() => ScheduleFree.Of(Adam.Of(0.1, weightDecay: 0.1), decayAtZ: true),
                         ScheduleFree.Of(Adam.Of(0.1, weightDecay: 0.1)) with { DecayAtZ = true },
                         "decayAtZ is True; allowed is false with a decay that the base divides by √v̂ too"),
                     (() => ScheduleFree.Of(Sgd.Of(0.1, momentum: 0.9), sgdPhase: true), sgd with { SgdPhase = true },
                         "sgdPhase is True; allowed is false without a base of RAdam"),
                     (() => ScheduleFree.Of(RAdam.Of(0.1, beta2: 0.5)), rAdam with { SgdPhase = false },
                         "beta2 is 0.5; allowed is above 1 − 2 / (threshold + 1) without the phase of SGD"),
                 ])
        {
            Assert.StartsWith($"ScheduleFree: {message}", Assert.ThrowsAny<ArgumentException>(wrong).Message);
            ParameterTree<float> parameters = Laws.Trees.Random<float>(0);
            Assert.StartsWith(
                $"ScheduleFree: {message}",
                Assert.ThrowsAny<ArgumentException>(() => { changed.Init(parameters); }).Message);
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
            + "dampening and Nesterov, and one learning rate at the end, such as AdamW, RAdam or Sgd; "
            + "warmupSteps is -1; allowed is 0 or more; stepPower is NaN; allowed is finite and not negative; "
            + "ratePower is -1; allowed is finite and not negative; innerMomentum is 1; allowed is in [0, 1).",
            ErrorOf(() => ScheduleFree.Of(null!, -1, double.NaN, -1, 1)));
        Assert.Equal(
            "ScheduleFree: innerMomentum is 0.5; allowed is 0 without Adam's scaling.",
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
            options.Option("lr", 0.0025), beta1, beta2, options.Option("eps", 1e-8),
            weightDecay: options.Option("weight_decay", 0)));
    }

    private static ScheduleFree AroundSgd(JsonElement options) => Around(options, Sgd.Of(
        options.Option("lr", 1), options.Option("momentum", 0.9), weightDecay: options.Option("weight_decay", 0)));

    private static ScheduleFree Around(JsonElement options, Optimizer inner) => ScheduleFree.Of(
        inner, (long)options.Option("warmup_steps", 0), options.Option("r", 0), options.Option("weight_lr_power", 2),
        options.Option("inner_momentum", 0), options.Flag("decay_at_z"));
}
