namespace Functional.Optim.Tests.Transforms;

using Trees = Functional.Optim.Tests.Laws.Trees;

public class PartitionTests
{
    private static readonly Optimizer Momentum = Sgd.Of(0.1, momentum: 0.9), Adaptive = AdamW.Of(0.01);

    private static Partition Halves => Partition.Of(
        new Partition.Rule("vectors", leaf => leaf.Rank == 1, Momentum),
        new Partition.Rule("matrices", leaf => leaf.Rank == 2, Adaptive));

    [Fact]
    public void Each_leaf_moves_as_it_would_under_its_own_optimizer()
    {
        ParameterTree<float> both = Trees.After(Halves, 4).Parameters;
        ParameterTree<float> vectors = Trees.After(Momentum, 4).Parameters;
        ParameterTree<float> matrices = Trees.After(Adaptive, 4).Parameters;
        foreach (Leaf leaf in both.Layout.Leaves)
            Assert.True(
                both.AsSpan(leaf).SequenceEqual((leaf.Rank == 1 ? vectors : matrices).AsSpan(leaf)), leaf.ToString());
    }

    [Fact]
    public void A_leaf_has_the_slots_of_its_own_optimizer_only()
    {
        OptimizerState<float> state = Trees.After(Halves, 4).State;
        Assert.Equal("vectors/momentum, matrices/m, matrices/v", string.Join(", ", state.SlotNames));
        Assert.Equal("vectors/momentum(momentum), matrices/adam(m, v)", state.Identity);
        ParameterTree<float> momentum = Trees.After(Momentum, 4).State["momentum"];
        AdamState<float> adam = AdamState<float>.From(Trees.After(Adaptive, 4).State);
        AdamState<float> inside = AdamState<float>.From(state);
        foreach (Leaf leaf in momentum.Layout.Leaves)
        {
            if (leaf.Rank == 1) Assert.True(state["momentum"].AsSpan(leaf.Name).SequenceEqual(momentum.AsSpan(leaf)));
            if (leaf.Rank != 2) continue;
            Assert.True(inside.M.AsSpan(leaf.Name).SequenceEqual(adam.M.AsSpan(leaf)));
            Assert.True(inside.V.AsSpan(leaf.Name).SequenceEqual(adam.V.AsSpan(leaf)));
        }

        Assert.All(state["vectors/momentum"].Layout.Leaves, leaf => Assert.Equal(1, leaf.Rank));
        Assert.All(inside.M.Layout.Leaves, leaf => Assert.Equal(2, leaf.Rank));
    }

    [Fact]
    public void A_clip_before_a_partition_is_global_and_one_inside_is_for_its_leaves()
    {
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("a", [1], [0.0]), Leaf.Of("b", [1, 1], [0.0]));
        ParameterTree<double> gradients = ParameterTree.Of(Leaf.Of("a", [1], [3.0]), Leaf.Of("b", [1, 1], [4.0]));
        Optimizer Of(Optimizer inner) => Partition.Of(
            new Partition.Rule("a", leaf => leaf.Name == "a", inner),
            new Partition.Rule("b", leaf => leaf.Name == "b", inner));
        double[] Deltas(Optimizer optimizer)
        {
            (ParameterTree<double> moved, _) = optimizer.Step(parameters, gradients, optimizer.Init(parameters));
            return [moved.AsSpan("a")[0], moved.AsSpan("b")[0]];
        }

        Assert.Equal([-0.6, -0.8], Deltas(Clip.ByGlobalNorm(1).Then(Of(Scale.By(1)))), Near);
        Assert.Equal([-0.6, -0.8], Deltas(Of(Scale.By(1)).Then(Clip.ByGlobalNorm(1))), Near);
        Assert.Equal([-0.6, -0.8], Deltas(Of(Composition.Identity).Then(Clip.ByGlobalNorm(1))), Near);
        Assert.Equal([-1, -1], Deltas(Of(Clip.ByGlobalNorm(1))), Near);
        Assert.Equal([-2, -2], Deltas(Of(Scale.By(5).Then(Clip.ByGlobalNorm(1))).Then(Scale.By(2))), Near);
    }

    [Fact]
    public void Leaves_that_no_rule_matches_keep_their_update_and_frozen_ones_stay()
    {
        Optimizer optimizer = Partition.Of(
                new Partition.Rule("adam", leaf => leaf.Index == 4, Adam.Scaling()),
                Partition.Freeze("frozen", leaf => leaf.Index == 6))
            .Then(LearningRate.Of(0.1));
        ParameterTree<float> parameters = Trees.Random<float>(1), gradients = Trees.Random<float>(2);
        (ParameterTree<float> moved, OptimizerState<float> state) =
            optimizer.Step(parameters, gradients, optimizer.Init(parameters));
        (ParameterTree<float> plain, _) = Sgd.Of(0.1).Step(parameters, gradients, Sgd.Of(0.1).Init(parameters));
        foreach (Leaf leaf in parameters.Layout.Leaves.Where(leaf => leaf.Length > 0))
        {
            ParameterTree<float> expected = leaf.Index == 6 ? parameters : plain;
            Assert.Equal(leaf.Index != 4, moved.AsSpan(leaf).SequenceEqual(expected.AsSpan(leaf)));
        }

        Assert.Equal(2, state.SlotCount);
        Assert.Equal(
            ["all: 0, 1, 2, 3, 5, 7, 8", "adam: 4", "frozen: 6"],
            optimizer.Report(parameters.Layout).Rows
                .Select(row => $"{row.Group}: {string.Join(", ", row.Leaves.Select(leaf => leaf.Index))}"));
        Assert.Matches("(?m)^frozen +frozen +0 +1 +63 ", optimizer.Report(parameters.Layout).ToString());
    }

    [Fact]
    public void The_report_has_the_rules_and_the_groups_inside_and_the_combined_settings_of_each_leaf()
    {
        Optimizer optimizer = WeightDecay.Coupled(0.01).Then(Partition.Of(
            new Partition.Rule("vectors", leaf => leaf.Rank == 1, Momentum),
            new Partition.Rule("matrices", _ => true, AdamW.Of(0.01, weightDecay: 0.1).WithGroups(
                LeafGroup.Of(
                    "slow and undecayed",
                    leaf => leaf.Index == 3,
                    learningRateMultiplier: 0.25,
                    weightDecayMultiplier: 0.5),
                LeafGroup.Frozen("still", leaf => leaf.Index == 5)))))
            .WithGroups(LeafGroup.Of("half", leaf => leaf.Index is 3 or 4, learningRateMultiplier: 0.5));
        string expected =
        """
        group                                  rate ×    decay  leaves   parameters  first leaves
        vectors                                     1     0.01       4          135  leaf0[0], leaf2[7], leaf6[63], …
        matrices                                    1     0.11       2           65  leaf1[1, 1], leaf7[1, 64]
        half / matrices / slow and undecayed    0.125    0.055       1           15  leaf3[1, 15]
        half / vectors                            0.5     0.01       1           16  leaf4[16]
        matrices / still                       frozen        0       1           17  leaf5[1, 17]
        """.ReplaceLineEndings();
        Assert.Equal(expected, optimizer.Report(Trees.Random<float>(0).Layout).ToString());

        ParameterTree<double> parameters = Trees.Random<double>(0), zeros = parameters.Layout.Zeros<double>();
        Optimizer sgd = Partition.Masked(_ => true, Sgd.Of(0.1))
            .Then(WeightDecay.Decoupled(0.01))
            .Then(LearningRate.Of(0.5))
            .WithGroups(LeafGroup.Of("half", _ => true, learningRateMultiplier: 0.5, weightDecayMultiplier: 3));
        GroupReport.Row row = Assert.Single(sgd.Report(parameters.Layout).Rows);
        double shrinks = 1 - (0.5 * row.Settings.LearningRateMultiplier * row.WeightDecay);
        (ParameterTree<double> moved, _) = sgd.Step(parameters, zeros, sgd.Init(parameters));
        Assert.Equal(parameters.AsSpan("leaf4")[1] * shrinks, moved.AsSpan("leaf4")[1], 1e-15);
    }

    [Fact]
    public void Donating_is_pure_in_bits_partitions_nest_and_a_failing_inner_clip_changes_nothing()
    {
        Optimizer optimizer = Clip.ByGlobalNorm(2).Then(Partition.Of(
            new Partition.Rule("first", leaf => leaf.Index < 3, Halves),
            new Partition.Rule(
                "rest", _ => true, Adam.Scaling().Then(Clip.ByGlobalNorm(0.3)).Then(LearningRate.Of(0.1)))));
        var pure = Trees.After(optimizer, 4);
        (ParameterTree<float> parameters, OptimizerState<float> state) = (
            Trees.Random<float>(0), optimizer.Init(Trees.Random<float>(0)));
        for (int step = 1; step <= 4; step++)
            (parameters, state) = optimizer.StepDonating(parameters, Trees.Random<float>(step), state);
        Assert.Equal(pure, (parameters, state));

        Optimizer failing = Partition.Of(
            new Partition.Rule("a", leaf => leaf.Index < 4, Momentum),
            new Partition.Rule("b", _ => true, Clip.ByGlobalNorm(1)));
        OptimizerState<float> before = failing.Init(parameters);
        float[] broken = Trees.Random<float>(9).AsSpan("leaf8").ToArray();
        broken[5] = float.NaN;
        ParameterTree<float> gradients = ParameterTree.Of([.. parameters.Layout.Leaves.Select(leaf => Leaf.Of(
            leaf.Name,
            leaf.Shape.AsSpan(),
            leaf.Name == "leaf8" ? broken : Trees.Random<float>(9).AsSpan(leaf.Name).ToArray()))]);
        NonFiniteGradientException thrown = Assert.Throws<NonFiniteGradientException>(
            () => { failing.StepDonating(parameters, gradients, before); });
        Assert.Equal("leaf8", thrown.Leaf);
        Assert.Equal(pure.Parameters, parameters);
        Assert.Equal(failing.Init(parameters), before);
    }

    [Fact]
    public void Wrong_partitions_are_rejected_and_equal_ones_are_equal()
    {
        Assert.ThrowsAny<ArgumentException>(() => Partition.Of());
        Assert.ThrowsAny<ArgumentException>(
            () => Partition.Of(new("a", _ => true, Momentum), new("a", _ => true, Momentum)));
        foreach (Optimizer wrapper in (Optimizer[])[Accumulate.Of(2, Momentum), ApplyIfFinite.Around(Momentum)])
        {
            string message = Assert.ThrowsAny<ArgumentException>(
                () => Partition.Of(new Partition.Rule("a", _ => true, wrapper))).Message;
            Assert.Contains($"'a' is {wrapper}", message, StringComparison.Ordinal);
            Assert.Contains("put what is around one around the partition", message, StringComparison.Ordinal);
        }

        Assert.Contains(
            "allowed is an optimizer or a part",
            Optim.Catalogue.Transforms.Build(
                "partitionMasked(matches=matrices, optimizer=accumulate(every=2, inner=sgd(learningRate=0.1)))")
                .Match(Succ: built => built.ToString(), Fail: errors => errors[0].Message),
            StringComparison.Ordinal);
        Partition halves = Halves;
        Assert.Equal(halves, Partition.Of(halves.Rules.AsSpan()));
        Assert.NotEqual(halves, Partition.Of(halves.Rules.AsSpan()[1..]));
    }

    private static bool Near(double left, double right) => Math.Abs(left - right) < 1e-12;
}
