namespace Functional.Optim.Tests.Transforms;

public class BFloat16ParametersTests
{
    private static readonly Optimizer[] Optimizers =
    [
        Composition.Identity,
        Sgd.Of(0.01, momentum: 0.9),
        AdamW.Of(0.003),
        Clip.ByGlobalNorm(1).Then(Centralize.By()).Then(Lion.Of(1e-3)),
        Adam.Of(0.01).Then(ParameterEma.Of()),
        Lamb.Of(0.01),
        Partition.Of(new("matrices", leaf => leaf.Rank == 2, Muon.Of(0.01)), new("rest", _ => true, Adam.Of(0.01))),
    ];

    public static TheoryData<ParameterRounding, bool> Roundings
    {
        get
        {
            TheoryData<ParameterRounding, bool> roundings = [];
            foreach (ParameterRounding rounding in Enum.GetValues<ParameterRounding>())
            {
                roundings.Add(rounding, false);
                roundings.Add(rounding, true);
            }

            return roundings;
        }
    }

    [Theory]
    [MemberData(nameof(Roundings))]
    public void New_parameters_are_numbers_of_bfloat16_beside_those_of_a_step_without(
        ParameterRounding rounding, bool isWide)
    {
        if (isWide) Check<double>();
        else Check<float>();

        void Check<T>()
            where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
        {
            foreach (Optimizer optimizer in Optimizers)
            {
                ParameterTree<T> start = Normal<T>(1), gradients = Normal<T>(2);
                Optimizer rounds = optimizer.Then(BFloat16Parameters.Of(rounding));
                ParameterTree<T> plain = optimizer.Step(start, gradients, optimizer.Init(start)).Parameters;
                ParameterTree<T> rounded = rounds.Step(start, gradients, rounds.Init(start)).Parameters;
                double share = rounding == ParameterRounding.Stochastic ? 1.0 / 128 : 1.0 / 256;
                foreach (Leaf leaf in start.Layout.Leaves)
                {
                    for (int index = 0; index < leaf.Length; index++)
                    {
                        double expected = double.CreateTruncating(plain.AsSpan(leaf)[index]);
                        double actual = double.CreateTruncating(rounded.AsSpan(leaf)[index]);
                        Assert.True(IsBFloat16(actual), $"{rounds}, {leaf}[{index}]: {actual}");
                        Assert.InRange(Math.Abs(actual - expected), 0, Math.Abs(expected) * share);
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Roundings))]
    public void A_step_a_donating_one_and_an_added_update_lead_to_the_same_parameters(
        ParameterRounding rounding, bool isLarge)
    {
        int rows = isLarge ? 700 : 7;
        foreach (Optimizer optimizer in Optimizers)
        {
            Optimizer rounds = optimizer.Then(BFloat16Parameters.Of(rounding));
            (ParameterTree<float> parameters, OptimizerState<float> state) =
                Steps(rounds, rounds.Init(Normal<float>(1, rows)), rows, (one, g, s) => rounds.Step(one, g, s));
            (ParameterTree<float> donated, OptimizerState<float> itsState) =
                Steps(rounds, rounds.Init(Normal<float>(1, rows)), rows, (one, g, s) => rounds.StepDonating(one, g, s));
            (ParameterTree<float> added, OptimizerState<float> afterAdding) =
                Steps(rounds, rounds.Init(Normal<float>(1, rows)), rows, (one, g, s) =>
                {
                    (ParameterTree<float> deltas, OptimizerState<float> next) = rounds.Update(one, g, s);
                    return (one.Plus(deltas), next);
                });
            foreach (Leaf leaf in added.Layout.Leaves)
            {
                Assert.Equal(parameters.AsSpan(leaf), donated.AsSpan(leaf));
                // The difference of two numbers of bfloat16 is mostly one of float.
                for (int index = 0; index < leaf.Length; index++)
                    Assert.Equal(parameters.AsSpan(leaf)[index], added.AsSpan(leaf)[index], 1e-6f);
            }

            for (int slot = 0; slot < state.SlotCount; slot++)
            {
                Assert.Equal($"{state[slot]}", $"{itsState[slot]}");
                Assert.Equal($"{state[slot]}", $"{afterAdding[slot]}");
            }
        }
    }

    [Fact]
    public void Small_updates_are_kept_in_the_mean_or_with_the_compensation_and_lost_by_the_nearest()
    {
        // 1,000 updates of 1e-5 of parameters at 1, a 390th of the gap to the next number of bfloat16 each.
        const int steps = 1000, count = 4096;
        ParameterTree<float> start = ParameterTree.Of(Leaf.Of("w", [count], [.. Enumerable.Repeat(1f, count)]));
        ParameterTree<float> gradients = ParameterTree.Of(Leaf.Of("w", [count], [.. Enumerable.Repeat(-1f, count)]));
        Assert.Equal(1, Ends(ParameterRounding.Nearest).Mean);
        (double mean, double compensated) = Ends(ParameterRounding.Kahan);
        Assert.Equal(1.01, mean, 1.0 / 256);
        Assert.Equal(1.01, compensated, 1e-6);
        // The number of ups of a parameter is binomial: four standard deviations of its mean, over all parameters.
        double gap = 1.0 / 128, chance = 1e-5 / gap, deviation = gap * Math.Sqrt(steps * chance * (1 - chance) / count);
        Assert.InRange(Ends(ParameterRounding.Stochastic).Mean, 1.01 - (4 * deviation), 1.01 + (4 * deviation));

        (double Mean, double Compensated) Ends(ParameterRounding rounding)
        {
            Optimizer optimizer = Sgd.Of(1e-5).Then(BFloat16Parameters.Of(rounding));
            (ParameterTree<float> parameters, OptimizerState<float> state) = (start, optimizer.Init(start));
            for (int step = 0; step < steps; step++) (parameters, state) = optimizer.Step(parameters, gradients, state);
            double mean = Mean(parameters);
            return (mean, state.SlotCount == 0 ? mean : mean + Mean(state["compensation"]));
        }

        static double Mean(ParameterTree<float> tree)
        {
            double sum = 0;
            foreach (float number in tree.AsSpan("w")) sum += number;
            return sum / count;
        }
    }

    [Fact]
    public void Parameters_with_their_compensation_follow_those_in_float()
    {
        const int steps = 300;
        (ParameterTree<float> exact, _) = Run(AdamW.Of(1e-3));
        foreach (StateFormat format in (StateFormat[])[StateFormat.Full, StateFormat.BFloat16])
        {
            Optimizer each = AdamW.Of(1e-3)
                .Then(BFloat16Parameters.Of(ParameterRounding.Kahan) with { StateFormat = format });
            (ParameterTree<float> parameters, OptimizerState<float> state) = Run(each);
            Assert.Equal(format, state.FormatOf(state.SlotCount - 1));
            ParameterTree<float> whole = parameters.Plus(state["compensation"]);
            foreach (Leaf leaf in exact.Layout.Leaves)
                for (int index = 0; index < leaf.Length; index++)
                    Assert.Equal(exact.AsSpan(leaf)[index], whole.AsSpan(leaf)[index], 1e-3f);
        }

        (ParameterTree<float> Parameters, OptimizerState<float> State) Run(Optimizer optimizer)
        {
            ParameterTree<float> parameters = Normal<float>(1);
            OptimizerState<float> state = optimizer.Init(parameters);
            for (int step = 0; step < steps; step++)
                (parameters, state) = optimizer.Step(parameters, Normal<float>(100 + step), state);
            return (parameters, state);
        }
    }

    [Fact]
    public void What_is_not_finite_or_has_no_gradient_stays_so()
    {
        float[] numbers =
        [
            float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, -1e-40f, 0, -0f, 1.5f,
        ];
        ParameterTree<float> start = ParameterTree.Of(Leaf.Of("w", [8], numbers)), zeros = start.Layout.Zeros<float>();
        foreach (ParameterRounding rounding in Enum.GetValues<ParameterRounding>())
        {
            Optimizer optimizer = Sgd.Of(0.1).Then(BFloat16Parameters.Of(rounding));
            ParameterTree<float> once = optimizer.Step(start, zeros, optimizer.Init(start)).Parameters;
            Assert.Equal(numbers[..3], once.AsSpan("w")[..3].ToArray());
            Assert.InRange(once.AsSpan("w")[3], 3.38e38f, float.PositiveInfinity);
            Assert.InRange(once.AsSpan("w")[4], -1.2e-38f, 0);
            Assert.Equal(numbers[5..], once.AsSpan("w")[5..].ToArray());
        }
    }

    [Fact]
    public void It_must_be_the_last_part()
    {
        ParameterTree<float> start = Normal<float>(1);
        Optimizer[] parts = [Scale.By(2), ParameterEma.Of(), Lookahead.Of(), BFloat16Parameters.Of()];
        foreach (Optimizer after in parts)
        {
            Optimizer optimizer = AdamW.Of(0.1).Then(BFloat16Parameters.Of()).Then(after);
            string message = Assert.Throws<ArgumentException>(() => optimizer.Init(start)).Message;
            Assert.EndsWith(
                $": {BFloat16Parameters.Of()} rounds the new parameters, so it must be the last part; after it is {after}.",
                message, StringComparison.Ordinal);
        }
    }

    private static (ParameterTree<float> Parameters, OptimizerState<float> State) Steps(
        Optimizer optimizer, OptimizerState<float> state, int rows,
        Func<ParameterTree<float>, ParameterTree<float>, OptimizerState<float>,
            (ParameterTree<float> Parameters, OptimizerState<float> State)> step)
    {
        ParameterTree<float> parameters = Normal<float>(1, rows);
        for (int count = 0; count < 3; count++)
            (parameters, state) = step(parameters, Normal<float>(10 + count, rows), state);
        return (parameters, state);
    }

    private static ParameterTree<T> Normal<T>(int seed, int rows = 7)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        Random random = new(seed);
        return ParameterTree.Of(
            Leaf.Of("w", [rows, 101], Numbers(rows * 101)), Leaf.Of("b", [33], Numbers(33)),
            Leaf.Of("s", [], Numbers(1)));

        T[] Numbers(int count) =>
            [.. Enumerable.Range(0, count).Select(_ => T.CreateTruncating(random.NextDouble() - 0.5))];
    }

    private static bool IsBFloat16(double number) =>
        (float)number == number && (BitConverter.SingleToUInt32Bits((float)number) & 0xFFFF) == 0;
}
