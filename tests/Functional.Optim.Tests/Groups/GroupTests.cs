namespace Functional.Optim.Tests.Groups;

public class GroupTests
{
    private static readonly ParameterTree<double> Parameters = Tree(1), Gradients = Tree(0.5);

    private static readonly LeafGroup[] Groups =
    [
        LeafGroup.Frozen("frozen", leaf => leaf.Name == "embedding"),
        LeafGroup.Of("still", leaf => leaf.Name == "head", learningRateMultiplier: 0),
        LeafGroup.Of(
            "slow", leaf => leaf.Name[..^1] == "layer", learningRateMultiplier: 0.25, weightDecayMultiplier: 0),
        LeafGroup.Of("never", leaf => leaf.Name == "head", learningRateMultiplier: 8),
    ];

    [Fact]
    public void The_report_has_a_row_for_each_combination_of_settings()
    {
        AdamW adamw = AdamW.Of(0.1, weightDecay: 0.05, decay: leaf => leaf.Rank >= 2).WithGroups(Groups);
        Assert.Equal(
            """
            group              rate ×    decay  leaves   parameters  first leaves
            frozen             frozen        0       1        3,000  embedding[1000, 3]
            slow                 0.25        0       4            8  layer1[2], layer2[2], layer3[2], …
            all                     1        0       1            1  bias[1]
            all                     1     0.05       1            4  output[2, 2]
            still                   0     0.05       1            2  head[2, 1]
            no leaf goes to group 'never' (custom)
            """.ReplaceLineEndings(),
            adamw.Report(Parameters.Layout).ToString());
        GroupReport twice = Clip.ByGlobalNorm(1).Then(WeightDecay.Coupled(0.5)).Then(adamw).Report(Parameters.Layout);
        Assert.Equal(0.55, twice.Rows.Single(row => row.Leaves[0].Name == "output").WeightDecay, 1e-15);
        Assert.Equal(Parameters.Layout.ParameterCount, twice.Rows.Sum(row => row.Parameters));
    }

    [Fact]
    public void Each_leaf_moves_by_the_multipliers_of_the_first_group_that_matches_it()
    {
        Optimizer optimizer = Sgd.Of(0.1, momentum: 0.9, weightDecay: 0.5).WithGroups(Groups);
        (ParameterTree<double> moved, OptimizerState<double> state) =
            optimizer.Step(Parameters, Gradients, optimizer.Init(Parameters));
        Assert.Equal(1.0, moved.AsSpan("embedding")[0]);
        Assert.DoesNotContain("embedding", state["momentum"].Layout.Leaves.Select(leaf => leaf.Name));
        Assert.Equal((1.0, 1.0), (moved.AsSpan("head")[0], state["momentum"].AsSpan("head")[0]));
        Assert.Equal(1 - (0.1 * 0.25 * 0.5), moved.AsSpan("layer2")[1], 1e-15);
        Assert.Equal(0.5, state["momentum"].AsSpan("layer2")[1]);
        Assert.Equal(1 - (0.1 * 1), moved.AsSpan("output")[3], 1e-15);
    }

    [Fact]
    public void Later_groups_come_first_and_groups_of_a_transform_apply_to_the_whole_composition()
    {
        LeafGroup still = LeafGroup.Of("still", _ => true, learningRateMultiplier: 0);
        LeafGroup full = LeafGroup.Of("full", _ => true);
        Assert.Equal(Parameters, Moved(Sgd.Of(0.1).WithGroups(full).WithGroups(still)));
        Assert.Equal(Moved(Sgd.Of(0.1)), Moved(Sgd.Of(0.1).WithGroups(still).WithGroups(full)));
        Assert.Equal(Parameters, Moved(Clip.ByGlobalNorm(1).WithGroups(still).Then(Sgd.Of(0.1).WithGroups(full))));
    }

    [Fact]
    public void A_small_decay_is_printed_with_four_digits_and_not_as_zero()
    {
        Optimizer optimizer = AdamW.Of(0.1, weightDecay: 1.23456e-5)
            .WithGroups(LeafGroup.Of("slow", _ => true, learningRateMultiplier: 0.00001));
        Assert.Matches("(?m)^slow +1e-05 1.235e-05 ", optimizer.Report(Parameters.Layout).ToString());
    }

    [Fact]
    public void Of_two_learning_rates_the_last_has_the_multiplier()
    {
        LeafGroup half = LeafGroup.Of("half", _ => true, learningRateMultiplier: 0.5);
        Assert.Equal(
            1 - (0.1 * 0.5 * 0.5 * 0.5),
            Moved(Sgd.Of(0.1).Then(LearningRate.Of(0.5)).WithGroups(half)).AsSpan("head")[0],
            1e-15);
        Optimizer inside = Partition.Masked(leaf => leaf.Name == "head", LearningRate.Of(0.5));
        Optimizer both = LearningRate.Of(0.1).Then(inside).WithGroups(half);
        Assert.Equal(1 - (0.1 * 0.5 * 0.5 * 0.5), Moved(both).AsSpan("head")[0], 1e-15);
        Assert.Equal(1 - (0.1 * 0.5 * 0.5), Moved(both).AsSpan("bias")[0], 1e-15);
    }

    [Fact]
    public void A_multiplier_without_a_learning_rate_is_rejected_with_group_and_leaf()
    {
        Optimizer without = Adam.Scaling().Then(Scale.By(0.01));
        Optimizer still = without.WithGroups(Groups[1]);
        const string expected = 
            "The group still multiplies the learning rate of head[2, 1] by 0, but no transform of head[2, 1] is a "
            + "learning rate; add a LearningRate for this leaf, or set the multiplier to 1.";
        Assert.Equal(expected, Assert.ThrowsAny<ArgumentException>(() => { still.Init(Parameters); }).Message);
        Assert.Equal(expected, Assert.ThrowsAny<ArgumentException>(() => still.Report(Parameters.Layout)).Message);
        Optimizer unmatched = Partition.Masked(leaf => leaf.Name == "bias", Sgd.Of(0.1)).WithGroups(Groups[1]);
        Assert.Equal(expected, Assert.ThrowsAny<ArgumentException>(() => { unmatched.Init(Parameters); }).Message);
        Assert.Equal(
            Parameters.AsSpan("embedding")[0],
            Moved(without.WithGroups(Groups[0], LeafGroup.Of("undecayed", _ => true, weightDecayMultiplier: 0)))
                .AsSpan("embedding")[0]);
    }

    [Fact]
    public void A_decay_multiplied_by_zero_is_no_decay_in_bits()
    {
        LeafGroup undecayed = LeafGroup.Of("undecayed", _ => true, weightDecayMultiplier: 0);
        Assert.Equal(Moved(Adam.Of(0.1)), Moved(AdamW.Of(0.1, weightDecay: 0.5).WithGroups(undecayed)));
        Assert.Equal(Moved(Sgd.Of(0.1)), Moved(Sgd.Of(0.1, weightDecay: 0.5).WithGroups(undecayed)));
    }

    [Fact]
    public void Multipliers_out_of_range_are_rejected_by_name()
    {
        string message = Assert.ThrowsAny<ArgumentException>(
            () => LeafGroup.Of("g", _ => true, -1, double.NaN)).Message;
        Assert.Contains("learningRateMultiplier is -1", message, StringComparison.Ordinal);
        Assert.Contains("weightDecayMultiplier is NaN", message, StringComparison.Ordinal);
    }

    private static ParameterTree<double> Moved(Optimizer optimizer) =>
        optimizer.Step(Parameters, Gradients, optimizer.Init(Parameters)).Parameters;

    private static ParameterTree<double> Tree(double value)
    {
        (string Name, int[] Shape)[] leaves =
        [
            ("embedding", [1000, 3]), ("layer1", [2]), ("layer2", [2]), ("bias", [1]), ("output", [2, 2]),
            ("layer3", [2]), ("layer4", [2]), ("head", [2, 1]),
        ];
        TreeBuffer<double> buffer = TreeLayout.Of(leaves).Rent<double>();
        foreach (Leaf leaf in buffer.Layout.Leaves) buffer.AsSpan(leaf).Fill(value);
        return buffer.ToTree();
    }
}
