namespace Functional.Optim.Tests.Groups;

public class LeafFilterTests
{
    private static readonly TreeLayout Layout = TreeLayout.Of(
        ("token_embedding.weight", [10, 4]),
        ("h.0.attention.weight", [4, 4]),
        ("h.0.attention.bias", [4]),
        ("h.0.heads.weight", [4, 4]),
        ("lm_head.weight", [4, 10]), ("kernel", [2, 2, 2]), ("scale", []));

    [Theory]
    [InlineData("all", "0 1 2 3 4 5 6")]
    [InlineData("none", "")]
    [InlineData("matrices", "0 1 3 4 5")]
    [InlineData("hiddenMatrices", "1 3 5")]
    [InlineData("*.weight", "0 1 3 4")]
    [InlineData("h.?.attention.*", "1 2")]
    [InlineData("*.WEIGHT", "")]
    public void A_text_is_read_printed_and_selects_leaves(string text, string leaves)
    {
        Assert.True(LeafFilter.TryParse(text, out LeafFilter filter));
        Assert.Equal(leaves, string.Join(' ', Layout.Leaves.Where(filter.Contains).Select(leaf => leaf.Index)));
        Assert.Equal(text, $"{filter}");
        Assert.True(LeafFilter.TryParse($"{filter}", out LeafFilter again));
        Assert.Equal((filter, filter.GetHashCode()), (again, again.GetHashCode()));
        Assert.Same(filter, LeafFilter.Of(filter));
    }

    [Theory]
    [InlineData("matrix")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("weight")]
    public void An_unknown_keyword_is_rejected(string? text) => Assert.False(LeafFilter.TryParse(text, out _));

    [Fact]
    public void A_predicate_has_a_name_and_is_equal_by_both()
    {
        Func<Leaf, bool> small = static leaf => leaf.Length < 5;
        LeafFilter filter = LeafFilter.Custom("small", small);
        Assert.Equal("small", $"{filter}");
        Assert.Equal(LeafFilter.Custom("small", small), filter);
        Assert.NotEqual(LeafFilter.Custom("little", small), filter);
        Assert.NotEqual(LeafFilter.Custom("small", static leaf => leaf.Length < 6), filter);
        Assert.Equal(LeafFilter.Of(small), LeafFilter.Of(small));
        Assert.Equal("custom", $"{LeafFilter.Of(small)}");
        Assert.Equal(LeafFilter.All, LeafFilter.Of(null));
        Assert.ThrowsAny<ArgumentException>(() => LeafFilter.Custom("", small));
        Assert.ThrowsAny<ArgumentException>(() => LeafFilter.Custom("small", null!));
        Assert.ThrowsAny<ArgumentException>(() => LeafFilter.Named(""));
    }

    [Fact]
    public void Optimizers_groups_and_partitions_print_and_compare_what_they_were_given()
    {
        AdamW made = AdamW.Of(0.1, decay: LeafFilter.Matrices);
        Assert.Equal(made, Catalogue.Optimizers.Build("adamW(learningRate=0.1, decay=matrices)").OrThrow());
        Assert.NotEqual(made, AdamW.Of(0.1));
        Assert.Contains("decay=matrices", $"{made}", StringComparison.Ordinal);
        Assert.Contains(
            "filter=*.weight", $"{Lars.Of(0.1, filter: LeafFilter.Named("*.weight"))}", StringComparison.Ordinal);
        Assert.Equal("lbfgs(frozen=*.bias)", $"{Lbfgs.Of(frozen: LeafFilter.Named("*.bias"))}");
        Assert.Contains(
            "Matches = hiddenMatrices",
            $"{LeafGroup.Of("hidden", LeafFilter.HiddenMatrices)}",
            StringComparison.Ordinal);
        Assert.Equal(LeafGroup.Frozen("a", LeafFilter.Named("a*")), LeafGroup.Frozen("a", LeafFilter.Named("a*")));
        Partition partition = Partition.Of(
            (LeafFilter.HiddenMatrices, Muon.Of(0.02)), (LeafFilter.All, AdamW.Of(3e-4)));
        Assert.Equal(["hiddenMatrices", "all"], partition.Rules.Select(rule => rule.Name));
        Assert.Equal(
            [1, 0, 1, 0, 1, 0, 1], Layout.Leaves.Select(leaf => partition.Rules[0].Matches.Contains(leaf) ? 0 : 1));
    }
}
