namespace Functional.Optim.Tests.Optimizers;

/// <summary>Optimizers that find their learning rate: what they estimate, and what they do with it.</summary>
public class RateFreeTests
{
    private static readonly RateFreeOptimizer[] All =
        [Prodigy.Of(d0: 0.01), DAdaptAdam.Of(d0: 0.01), DAdaptLion.Of(d0: 0.01), DAdaptSgd.Of(d0: 0.01)];

    public static TheoryData<int> Indices => [.. Enumerable.Range(0, All.Length)];

    [Theory]
    [MemberData(nameof(Indices))]
    public void D_rises_to_the_size_of_the_distance_and_never_falls(int index)
    {
        RateFreeOptimizer optimizer = All[index];
        ParameterTree<double> parameters = Laws.Trees.Random<double>(0);
        OptimizerState<double> state = optimizer.Init(parameters);
        double d = state.Scalar("d");
        Assert.Equal(0.01, d);
        for (int step = 1; step <= 200; step++)
        {
            // Towards 10 for every parameter, with noise that a rate would not forgive.
            ParameterTree<double> noise = Laws.Trees.Random<double>(step);
            (parameters, state) = optimizer.Step(
                parameters, Map(parameters, noise, static (theta, other) => theta - 10 + other), state);
            Assert.True(state.Scalar("d") >= d, $"d fell from {d} to {state.Scalar("d")} at step {step}");
            d = state.Scalar("d");
        }

        // By coordinates it goes toward 10, by the norm of all of them toward that times √n.
        Assert.InRange(d, 0.02, 10 * Math.Sqrt(parameters.Layout.ParameterCount));
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void Decay_moves_the_leaves_of_its_filter_only(int index)
    {
        RateFreeOptimizer optimizer = All[index] with { WeightDecay = 2 };
        if (optimizer is DAdaptSgd sgd) optimizer = sgd with { DecayInFirstNorm = false };
        if (optimizer is Prodigy prodigy) optimizer = prodigy with { Epsilon = 0 };
        ParameterTree<double> parameters = ParameterTree.Of(
            Leaf.Of("first", [2], [1.0, -2]), Leaf.Of("second", [2], [3.0, 0.5]));
        ParameterTree<double> gradients = ParameterTree.Of(
            Leaf.Of("first", [2], [0.3, -0.1]), Leaf.Of("second", [2], [-0.2, 0.4]));
        ParameterTree<double> With(LeafFilter filter)
        {
            RateFreeOptimizer filtered = optimizer with { DecayFilter = filter };
            return filtered.Step(parameters, gradients, filtered.Init(parameters)).Parameters;
        }

        ParameterTree<double> none = With(LeafFilter.None), all = With(LeafFilter.All),
            second = With(LeafFilter.Named("second"));
        // A first update has no d but d₀, which all of them share.
        Assert.Equal(none.AsSpan("first"), second.AsSpan("first"));
        Assert.Equal(all.AsSpan("second"), second.AsSpan("second"));
        Assert.NotEqual(none.AsSpan("second").ToArray(), second.AsSpan("second").ToArray());
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void A_multiplier_multiplies_the_whole_move(int index)
    {
        RateFreeOptimizer plain = All[index] with { WeightDecay = 0.5 };
        Optimizer doubled = plain.WithGroups(
            LeafGroup.Of("second", leaf => leaf.Name == "second", learningRateMultiplier: 2));
        ParameterTree<double> parameters = ParameterTree.Of(
            Leaf.Of("first", [2], [1.0, -2]), Leaf.Of("second", [2], [3.0, 0.5]));
        ParameterTree<double> gradients = ParameterTree.Of(
            Leaf.Of("first", [2], [0.3, -0.1]), Leaf.Of("second", [2], [-0.2, 0.4]));
        ParameterTree<double> once = plain.Step(parameters, gradients, plain.Init(parameters)).Parameters,
            twice = doubled.Step(parameters, gradients, doubled.Init(parameters)).Parameters;
        Assert.Equal(once.AsSpan("first"), twice.AsSpan("first"));
        for (int element = 0; element < 2; element++)
        {
            double start = parameters.AsSpan("second")[element];
            Assert.Equal(2 * (once.AsSpan("second")[element] - start), twice.AsSpan("second")[element] - start, 1e-12);
        }
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void Without_a_gradient_nothing_moves_and_d_stays(int index)
    {
        RateFreeOptimizer optimizer = All[index];
        ParameterTree<float> parameters = Laws.Trees.Random<float>(1), zeros = parameters.Layout.Zeros<float>();
        OptimizerState<float> state = optimizer.Init(parameters);
        for (int step = 0; step < 3; step++)
        {
            (ParameterTree<float> moved, state) = optimizer.Step(parameters, zeros, state);
            Assert.Equal(parameters, moved);
            Assert.Equal(0.01, state.Scalar("d"));
        }
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void A_gradient_that_is_not_finite_changes_nothing(int index)
    {
        RateFreeOptimizer optimizer = All[index];
        ParameterTree<float> parameters = Laws.Trees.Random<float>(1);
        OptimizerState<float> state = optimizer.Init(parameters);
        ParameterTree<float> before = parameters.Copy();
        OptimizerState<float> kept = state.Copy();
        foreach (float bad in (float[])[float.NaN, float.PositiveInfinity])
        {
            ParameterTree<float> gradients = Map(parameters, parameters, (_, _) => bad);
            Assert.Throws<NonFiniteGradientException>(() => optimizer.Step(parameters, gradients, state));
            Assert.Throws<NonFiniteGradientException>(
                () => optimizer.StepDonating(parameters, gradients.Copy(), state));
            Assert.Equal((before, kept), (parameters, state));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void D0_has_to_be_positive(double d0) => Assert.All(
        (Func<Optimizer>[])
        [
            () => Prodigy.Of(d0: d0), () => DAdaptAdam.Of(d0: d0), () => DAdaptLion.Of(d0: d0),
            () => DAdaptSgd.Of(d0: d0),
        ],
        make => Assert.Contains(
            "d0", Assert.ThrowsAny<ArgumentException>(make).Message, StringComparison.OrdinalIgnoreCase));

    /// <summary>kozistr's code multiplies by the norm of s where it has to divide, and stays at d₀.</summary>
    [Fact]
    public void D_of_adam_leaves_its_start()
    {
        DAdaptAdam optimizer = DAdaptAdam.Of();
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("a", [2], [1.0, 2]));
        AdamLikeRun(optimizer, parameters, out double d);
        Assert.True(d > 1e-3, $"d is {d}");
    }

    private static void AdamLikeRun(Optimizer optimizer, ParameterTree<double> parameters, out double d)
    {
        OptimizerState<double> state = optimizer.Init(parameters);
        for (int step = 0; step < 200; step++)
            (parameters, state) = optimizer.Step(parameters, parameters, state);
        d = state.Scalar("d");
    }

    /// <summary>
    /// The authors' code leaves the decay out of the norm of the first gradient. Here it is in it, unless asked.
    /// </summary>
    [Theory]
    [InlineData(true, 5)]
    [InlineData(false, 3)]
    public void The_first_norm_has_the_decay_in_it(bool decayInFirstNorm, double expected)
    {
        DAdaptSgd optimizer = DAdaptSgd.Of(decayInFirstNorm: decayInFirstNorm, weightDecay: 2);
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("a", [2], [0.0, 2]));
        ParameterTree<double> gradients = ParameterTree.Of(Leaf.Of("a", [2], [3.0, 0]));
        OptimizerState<double> start = optimizer.Init(parameters);
        OptimizerState<double> state = optimizer.Step(parameters, gradients, start).State;
        Assert.Equal(expected, state.Scalar("first norm"), 1e-14);
    }

    private static ParameterTree<T> Map<T>(ParameterTree<T> left, ParameterTree<T> right, Func<T, T, T> map)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T> => ParameterTree.Of(
        [
            .. left.Layout.Leaves.Select(leaf =>
            {
                T[] values = left.AsSpan(leaf).ToArray();
                for (int element = 0; element < values.Length; element++)
                    values[element] = map(values[element], right.AsSpan(leaf)[element]);
                return Leaf.Of(leaf.Name, [.. leaf.Shape], values);
            }),
        ]);
}
