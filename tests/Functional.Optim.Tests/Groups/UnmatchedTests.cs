namespace Functional.Optim.Tests.Groups;

/// <summary>A report names the groups, rules and filters that no leaf goes to.</summary>
public class UnmatchedTests
{
    private static readonly TreeLayout Layout =
        TreeLayout.Of(("a.weight", [2, 3]), ("b.weight", [2, 2]), ("b.bias", [2]));

    [Fact]
    public void Groups_rules_and_filters_without_a_leaf_are_named()
    {
        Same(["group 'typo' (*.wieght)"], AdamW.Of(0.1).WithGroups(Group("typo", "*.wieght")));
        Same(
            ["group 'second' (b.*)"],
            AdamW.Of(0.1).WithGroups(Group("first", "*"), Group("second", "b.*")));
        Same(
            ["decay=*.kernel of weightDecayCoupled(weightDecay=0.01, decay=*.kernel)"],
            AdamW.Of(0.1, decay: LeafFilter.Named("*.kernel")));
        Same(
            ["decay=*.kernel of weightDecayCoupled(weightDecay=0.01, decay=*.kernel)"],
            Accumulate.Of(2, Clip.ByGlobalNorm(1).Then(AdamW.Of(0.1, decay: LeafFilter.Named("*.kernel")))));
        Same(
            ["rule 'c.*' (c.*)", "group 'bias' (*.bias)"],
            Partition.Of(
                (LeafFilter.Named("c.*"), Sgd.Of(0.1)),
                (LeafFilter.Matrices, Sgd.Of(0.1).WithGroups(Group("bias", "*.bias"))),
                (LeafFilter.All, Sgd.Of(0.1))));
        Same(["filter=x* of trustRatio(filter=x*)"], TrustRatio.Of(filter: LeafFilter.Named("x*")));
        Same(["frozen=x* of lbfgs(frozen=x*)"], Lbfgs.Of(frozen: LeafFilter.Named("x*")));
        Assert.Contains(
            "no leaf goes to group 'typo' (*.wieght)",
            AdamW.Of(0.1).WithGroups(Group("typo", "*.wieght")).Report(Layout).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_named_where_each_has_a_leaf_or_is_for_none()
    {
        Same([], AdamW.Of(0.1, decay: LeafFilter.None));
        Same([], AdamW.Of(0.1, decay: LeafFilter.Matrices).WithGroups(Group("bias", "*.bias")));
        Same([], Sgd.Of(0.1, decay: LeafFilter.Named("nothing*")));
        Same([], Partition.Of((LeafFilter.Matrices, Muon.Of(0.1)), (LeafFilter.All, AdamW.Of(0.1))));
        Assert.DoesNotContain("no leaf", AdamW.Of(0.1).Report(Layout).ToString(), StringComparison.Ordinal);
    }

    private static LeafGroup Group(string name, string pattern) => LeafGroup.Of(name, LeafFilter.Named(pattern), 0.5);

    private static void Same(string[] expected, Optimizer optimizer) =>
        Assert.Equal(expected, optimizer.Report(Layout).Unmatched.ToArray());
}
