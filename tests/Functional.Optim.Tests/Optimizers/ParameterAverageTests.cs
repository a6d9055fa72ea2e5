using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Functional.Optim.Laws;
using Functional.Optim.Tests.Golden;

namespace Functional.Optim.Tests.Optimizers;

public class ParameterAverageTests
{
    private static readonly Func<Leaf, bool> Matrices = leaf => leaf.Rank == 2;

    public static TheoryData<string> Cases => ModernGolden.CasesOf("parameter_average");

    /// <summary>Every optimizer that changes what is evaluated.</summary>
    public static TheoryData<string> Changing =>
        [.. Laws.Catalogue.All.Where(entry => entry.Optimizer.Transforms.Any(part => part.ChangesEvaluation)).Select(
            entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_average_is_that_of_torch_and_timm(string id)
    {
        Check<double>(ModernGolden.Case<double>("parameter_average", id));
        Check<float>(ModernGolden.Case<float>("parameter_average", id));
    }

    [Fact]
    public void Before_the_first_average_evaluation_is_at_the_parameters()
    {
        foreach (Optimizer part in (Optimizer[])[Swa.Of(start: 3), ParameterEma.Of(start: 3),
            ParameterEma.Of(warmup: EmaWarmup.BiasCorrection, start: 3)])
        {
            Optimizer optimizer = Sgd.Of(0.1).Then(part);
            (ParameterTree<float> parameters, OptimizerState<float> state) = Laws.Trees.After(optimizer, 2);
            Assert.Equal(parameters, optimizer.EvaluationParameters(parameters, state));
            Assert.NotEqual(parameters, state["average"]);
            (parameters, state) = Laws.Trees.After(optimizer, 3);
            Assert.Equal(
                (parameters, parameters), (optimizer.EvaluationParameters(parameters, state), state["average"]));
            (parameters, state) = Laws.Trees.After(optimizer, 4);
            Assert.Equal(state["average"], optimizer.EvaluationParameters(parameters, state));
            Assert.NotEqual(parameters, state["average"]);
        }
    }

    /// <summary>
    /// What wrappers, partitions and frozen leaves are put around is evaluated as by itself; a frozen leaf as it is.
    /// </summary>
    [Theory]
    [MemberData(nameof(Changing))]
    public void What_is_around_an_average_does_not_change_what_is_evaluated(string name)
    {
        Optimizer optimizer = Laws.Catalogue.Get(name),
            still = optimizer.WithGroups(LeafGroup.Frozen("frozen", Matrices));
        if (optimizer is Wrapper) return;
        ParameterTree<float> start = Laws.Trees.Random<float>(0);
        ParameterTree<float> expected = Evaluated(optimizer, 4);
        Assert.Equal(expected, Evaluated(ApplyIfFinite.Around(optimizer), 4));
        Assert.Equal(expected, Evaluated(Accumulate.Of(1, optimizer), 4));
        Assert.Equal(expected, Evaluated(Partition.Of(new Partition.Rule("all", _ => true, optimizer)), 4));
        ParameterTree<float> frozen = Evaluated(still, 4);
        ParameterTree<float> masked =
            Evaluated(Partition.Of(Partition.Freeze("matrices", Matrices), new("rest", _ => true, optimizer)), 4);
        Assert.Equal(frozen, masked);
        foreach (Leaf leaf in start.Layout.Leaves)
            Assert.Equal((Matrices(leaf) ? start : expected).AsSpan(leaf).ToArray(), frozen.AsSpan(leaf).ToArray());
    }

    /// <summary>
    /// Between two updates a wrapper has gathered some gradients, and evaluates what the update before left.
    /// </summary>
    [Fact]
    public void An_average_is_evaluated_while_gradients_are_gathered_and_after_one_was_left_out()
    {
        foreach (Optimizer optimizer in (Optimizer[])[ScheduleFree.Of(AdamW.Of(0.1)),
            Sgd.Of(0.1).Then(ParameterEma.Of(0.5)), Sgd.Of(0.1)])
        {
            foreach (Optimizer wrapper in (Optimizer[])[Accumulate.Of(2, optimizer),
                ApplyIfFinite.Around(Accumulate.Of(2, optimizer)), Accumulate.Of(2, ApplyIfFinite.Around(optimizer))])
            {
                (ParameterTree<float> parameters, OptimizerState<float> state) = Laws.Trees.After(wrapper, 4);
                ParameterTree<float> evaluated = wrapper.EvaluationParameters(parameters, state);
                (parameters, state) = wrapper.Step(parameters, Laws.Trees.Random<float>(5), state);
                Assert.Equal(1, state.Counters.Accumulated);
                Assert.Equal(evaluated, wrapper.EvaluationParameters(parameters, state));
            }
        }
    }

    /// <summary>A leaf that joins later starts an average of its own.</summary>
    [Fact]
    public void A_leaf_that_is_unfrozen_later_is_averaged_from_then_on()
    {
        Optimizer swa = Sgd.Of(0.1).Then(Swa.Of(start: 2)),
            freezing = swa.WithGroups(LeafGroup.Frozen("frozen", Matrices));
        (ParameterTree<float> parameters, OptimizerState<float> state) = Laws.Trees.After(freezing, 3);
        state = swa.Continue(state, parameters).State;
        Leaf leaf = parameters.Layout.Leaves.First(Matrices);
        Assert.Equal(parameters.AsSpan(leaf).ToArray(), swa.EvaluationParameters(parameters, state).AsSpan(leaf)
            .ToArray());
        (parameters, state) = swa.Step(parameters, Laws.Trees.Random<float>(4), state);
        Assert.Equal(parameters.AsSpan(leaf).ToArray(), swa.EvaluationParameters(parameters, state).AsSpan(leaf)
            .ToArray());
        ParameterTree<float> first = parameters;
        (parameters, state) = swa.Step(parameters, Laws.Trees.Random<float>(5), state);
        for (int index = 0; index < leaf.Length; index++)
        {
            float mean = (first.AsSpan(leaf)[index] + parameters.AsSpan(leaf)[index]) / 2;
            Assert.Equal(mean, swa.EvaluationParameters(parameters, state).AsSpan(leaf)[index], 1e-6f);
        }
    }

    [Fact]
    public void The_average_of_averaged_descent_is_what_is_evaluated()
    {
        Asgd asgd = Asgd.Of(0.1, averageAfter: 0);
        (ParameterTree<float> parameters, OptimizerState<float> state) = Laws.Trees.After(asgd, 4);
        Assert.Equal(state["average"], asgd.EvaluationParameters(parameters, state));
        Assert.NotEqual(parameters, state["average"]);
    }

    [Fact]
    public void Every_fault_is_listed()
    {
        Assert.Equal(
            "ParameterEma: decay is 1; allowed is in [0, 1); warmup is 7; allowed is Copy, BiasCorrection, Power; "
            + "gamma is 0; allowed is finite and positive; power is NaN; allowed is finite and positive; "
            + "start is 0; allowed is 1 or more; every is 0; allowed is 1 or more.",
            Assert.ThrowsAny<ArgumentException>(() => ParameterEma.Of(1, (EmaWarmup)7, 0, double.NaN, 0, 0)).Message);
        foreach ((double least, EmaWarmup warmup) in (IEnumerable<(double, EmaWarmup)>)
                 [(0.1, EmaWarmup.Copy), (0.1, EmaWarmup.BiasCorrection), (0.95, EmaWarmup.Power)])
        {
            string allowed = string.Create(
                CultureInfo.InvariantCulture,
                $"inDecay is {least}; allowed is from 0 to the decay, and 0 unless that rises with Power.");
            Assert.Contains(
                allowed,
                Assert.ThrowsAny<ArgumentException>(() => ParameterEma.Of(0.9, warmup, minDecay: least)).Message,
                StringComparison.Ordinal);
            Optimizer changed = Sgd.Of(0.1).Then(ParameterEma.Of(0.9, warmup) with { MinDecay = least });
            Assert.Contains(
                allowed, Assert.ThrowsAny<ArgumentException>(() => Laws.Trees.After(changed, 2)).Message,
                StringComparison.Ordinal);
        }

        Assert.Equal(
            "Swa: start is 0; allowed is 1 or more; every is -1; allowed is 1 or more.",
            Assert.ThrowsAny<ArgumentException>(() => Swa.Of(0, -1)).Message);
    }

    /// <summary>
    /// timm's average with its settings, from its definition: a copy up to one step after <c>update_after_step</c>,
    /// then a decay that rises from a least one to a largest one.
    /// </summary>
    [Theory]
    [InlineData(0, 0, 1, 0.6666666666666666)]
    [InlineData(3, 0.4, 5, 0.9)]
    [InlineData(1, 0.05, 0.3, 2)]
    public void The_decay_of_timm_rises_between_two(int updateAfterStep, double minDecay, double gamma, double power)
    {
        Optimizer optimizer = Sgd.Of(0.1).Then(ParameterEma.Of(
            0.8, EmaWarmup.Power, gamma, power, updateAfterStep + 1, minDecay: minDecay));
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("x", [1], [1.0]));
        OptimizerState<double> state = optimizer.Init(parameters);
        double average = 1;
        for (int step = 1; step <= 30; step++)
        {
            ParameterTree<double> gradients = ParameterTree.Of(Leaf.Of("x", [1], [Math.Sin(step)]));
            (parameters, state) = optimizer.Step(parameters, gradients, state);
            int since = Math.Max(0, step - updateAfterStep - 1);
            double decay = since == 0
                ? 0
                : Math.Max(Math.Min(1 - Math.Pow(1 + (since / gamma), -power), 0.8), minDecay);
            average = (decay * average) + ((1 - decay) * parameters.AsSpan("x")[0]);
            Assert.Equal(average, optimizer.EvaluationParameters(parameters, state).AsSpan("x")[0], 1e-14);
        }
    }

    /// <summary>The law finds an average that is not one.</summary>
    [Fact]
    public void What_evaluates_other_parameters_than_those_that_stayed_breaks_the_law()
    {
        LawException broken =
            Assert.Throws<LawException>(() => OptimizerLaws.Evaluation(Sgd.Of(0.1).Then(new Doubled())));
        Assert.Equal("Evaluation", broken.Law);
    }

    private static void Check<T>(JsonElement golden)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        JsonElement options = golden.GetProperty("kwargs");
        Optimizer optimizer = Sgd.Of(options.Option("lr", 0), options.Option("momentum", 0)).Then(Average(options));
        (ParameterTree<T> parameters, OptimizerState<T> state) =
            ModernGolden.Check<T>(golden, optimizer, (name, _, state) => state[name]);
        Assert.Equal(state["average"], optimizer.EvaluationParameters(parameters, state));
    }

    private static Optimizer Average(JsonElement options)
    {
        long start = (long)options.Option("start", 1), every = (long)options.Option("every", 1);
        double decay = options.Option("decay", 0.999);
        return options.GetProperty("what").GetString() switch
        {
            "torch_ema" => ParameterEma.Of(decay, start: start, every: every),
            "timm_ema" => ParameterEma.Of(
                options.Option("decay", 0.9999), options.Flag("use_warmup") ? EmaWarmup.Power : EmaWarmup.Copy,
                options.Option("warmup_gamma", 1), options.Option("warmup_power", 2.0 / 3),
                1 + (long)options.Option("update_after_step", 0),
                minDecay: options.Flag("use_warmup") ? options.Option("min_decay", 0) : 0),
            "debiased" => ParameterEma.Of(decay, EmaWarmup.BiasCorrection, start: start, every: every),
            "torch_swa" => Swa.Of(start, every),
            string other => throw new ArgumentException($"There is no average {other}."),
            null => throw new ArgumentException("There is no average without a name."),
        };
    }

    private static ParameterTree<float> Evaluated(Optimizer optimizer, int steps)
    {
        (ParameterTree<float> parameters, OptimizerState<float> state) = Laws.Trees.After(optimizer, steps);
        return optimizer.EvaluationParameters(parameters, state);
    }

    /// <summary>Evaluates twice the parameters.</summary>
    private sealed record Doubled : Transform
    {
        protected internal override bool ChangesEvaluation => true;

        protected internal override void Evaluate<T>(in EvaluationContext<T> leaf, Span<T> evaluated)
        {
            for (int index = 0; index < evaluated.Length; index++)
                evaluated[index] = leaf.Parameters[index] + leaf.Parameters[index];
        }
    }
}
