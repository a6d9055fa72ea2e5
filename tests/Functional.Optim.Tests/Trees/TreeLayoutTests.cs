using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Trees;

public class TreeLayoutTests
{
    public static TheoryData<string, int[]?, string> Wrong => new()
    {
        { "w", [2, -1, -3], "Not a parameter tree: 'w' has the negative size -1 in its shape [2, -1, -3]." },
        { "w", [0, -1], "Not a parameter tree: 'w' has the negative size -1 in its shape [0, -1]." },
        { "w", null, "Not a parameter tree: 'w' has no shape; the shape of a scalar is empty." },
        { "w", new int[1025], "Not a parameter tree: 'w' has 1025 dimensions; allowed are at most 1024." },
        { null!, [1], "Not a parameter tree: leaf 0 has an empty name." },
        { "\t", [-1], "Not a parameter tree: leaf 0 has an empty name." },
        {
            "w",
            [int.MaxValue - 40],
            "with w[2147483607] the tree is larger than one flat buffer of 2147483568 elements"
        },
        { "w", [int.MaxValue, int.MaxValue, int.MaxValue], "larger than one flat buffer" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_leaf_gives_one_error(string name, int[]? shape, string message) =>
        AssertRefused(message, () => TreeLayout.Of((name, shape!)));

    [Fact]
    public void A_name_is_text()
    {
        string[] names = ["\ud800", "a\ud800", "\ud800a", "\udfffa", "a\udfff", "\udfff\ud800", "\ud83d\ude00\ud83d"];
        const string refusal = "the name of leaf 0 is not valid UTF-16: it has half of a surrogate pair.";
        foreach (string name in names) AssertRefused(refusal, () => TreeLayout.Of((name, [1])));

        Assert.Equal("\ud83d\ude00é\0", TreeLayout.Of(("\ud83d\ude00é\0", [1])).Leaves[0].Name);
    }

    [Fact]
    public void A_layout_has_at_most_as_many_elements_as_an_array()
    {
        int most = AlignedBuffer<float>.MaxLength / TreeLayout.Alignment * TreeLayout.Alignment;
        TreeLayout layout = TreeLayout.Of(("half", [most / 2]), ("rest", [most - (most / 2) - TreeLayout.Alignment]));
        Assert.InRange(
            layout.TotalLength, most - TreeLayout.Alignment, Math.Min(most, AlignedBuffer<double>.MaxLength));
        Assert.ThrowsAny<ArgumentException>(() => TreeLayout.Of(("all", [most]), ("one more", [])));
        Assert.Equal(0, TreeLayout.Of(("none", [int.MaxValue, int.MaxValue, 0])).TotalLength);
        Assert.Equal(1, TreeLayout.Of(("ones", [.. Enumerable.Repeat(1, TreeLayout.MaxDimensions)])).ParameterCount);
    }

    [Fact]
    public void Errors_grow_neither_with_the_shape_nor_with_the_name_nor_with_the_number_of_leaves()
    {
        int[] negative = [.. Enumerable.Repeat(-1, 1000)];
        string name = new('n', 100_000);
        AssertSmall(() => TreeLayout.Of(("a", negative)));
        AssertSmall(() => TreeLayout.Of(("a", [.. Enumerable.Repeat(-1, 1_000_000)])));
        AssertSmall(() => TreeLayout.Of((name, [-1]), (name, negative)));
        AssertSmall(() => TreeLayout.Of((name, []), (name, [])));
        AssertSmall(() => TreeLayout.Of((name, []))[name + "x"]);
        (string, int[])[] leaves = [.. Enumerable.Range(0, 10_000).Select(index => (name, negative))];
        Assert.EndsWith(
            "; and 9992 more. (Parameter 'leaves')",
            AssertSmall(() => TreeLayout.Of(leaves)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_large_layout_prints_short()
    {
        TreeLayout layout = Large("leaf");
        Assert.StartsWith("leaf0[], leaf1[], ", layout.ToString(), StringComparison.Ordinal);
        Assert.EndsWith(", leaf11[], and 99988 more", layout.ToString(), StringComparison.Ordinal);
        Assert.True(layout.Zeros<float>().ToString().Length < 200);
        Assert.EndsWith(
            "leaf11, and 99988 more. (Parameter 'name')", AssertSmall(() => layout["x"]), StringComparison.Ordinal);
        Assert.Equal("scalar[], vector[3]", TreeLayout.Of(("scalar", []), ("vector", [3])).ToString());
    }

    [Fact]
    public void The_first_difference_of_layouts_is_described_in_few_words()
    {
        TreeLayout layout = Large("leaf");
        layout.RequireSame(Large("leaf"), "gradients");
        string message = AssertSmall(() => layout.RequireSame(Large("leaf", last: "other"), "gradients"));
        Assert.StartsWith(
            "The gradients differ from the parameters in leaf 99999: other[] where the parameters have leaf99999[].",
            message, StringComparison.Ordinal);

        int[] ones = [.. Enumerable.Repeat(1, 1000)], other = [.. ones[..500], 7, .. ones[501..]];
        string name = new('n', 1000);
        AssertDiffer("(dimension 500 is 7 and 1)", "w", other, "w", ones);
        AssertDiffer("(the names differ at character 999)", name, [], name[..999] + "x", []);
        AssertDiffer("w[1] where the parameters have w[2].", "w", [1], "w", [2]);

        static void AssertDiffer(string ending, string name, int[] shape, string otherName, int[] otherShape)
        {
            TreeLayout given = TreeLayout.Of((name, shape)), own = TreeLayout.Of((otherName, otherShape));
            Assert.Contains(ending, AssertSmall(() => own.RequireSame(given, "gradients")), StringComparison.Ordinal);
            if (ending.StartsWith('(')) AssertRefused(ending, () => own.Own(given.Leaves[0]));
        }
    }

    [Fact]
    public void Names_and_shapes_are_shortened_only_where_they_are_long()
    {
        Assert.Equal("weight[128, 512]", TreeLayout.Of(("weight", [128, 512])).Leaves[0].ToString());
        Assert.Equal("w[1, 2, 3, 4, 5, 6, 7, 8]", TreeLayout.Of(("w", [1, 2, 3, 4, 5, 6, 7, 8])).Leaves[0].ToString());
        Assert.Equal(
            "w[1, 2, 3, 4, 5, 6, 7, 8, … 9 dimensions]",
            TreeLayout.Of(("w", [1, 2, 3, 4, 5, 6, 7, 8, 9])).Leaves[0].ToString());
        string pairs = string.Concat(Enumerable.Repeat("\U0001F600", 200));
        Assert.Equal($"x{pairs[..126]}… (401 characters)[]", TreeLayout.Of(("x" + pairs, [])).Leaves[0].ToString());
    }

    [Fact]
    public void A_missing_argument_is_rejected_by_name()
    {
        ParameterTree<float> tree = ParameterTree.Of(Leaf.Of("w", [1], [1f]));
        AssertRefused("leaf 0 has an empty name", () => ParameterTree.Of(default(LeafData<float>)));
        AssertRefused("has no shape", () => ParameterTree.Of(new LeafData<float>("w", default, [1f])));
        AssertRefused("w[1] has no data", () => ParameterTree.Of(Leaf.Of<float>("w", [1], null!)));
        Assert.Throws<ArgumentNullException>(() => tree.AsSpan((Leaf)null!).Length);
        Assert.Throws<ArgumentNullException>(() => tree.AsSpan((string)null!).Length);
        Assert.Throws<ArgumentNullException>(() => tree.AsTensorSpan(null!).Rank);
        Assert.Throws<ArgumentNullException>(() => tree.Layout[null!]);
        Assert.Throws<ArgumentNullException>(() => tree.Release(null!));
        Assert.Equal(1, tree.AsSpan("w")[0]);
        Assert.Throws<InvalidOperationException>(() => default(ParameterTree<float>).Release());
        Assert.Throws<InvalidOperationException>(() => default(TreeBuffer<float>).ToTree());
    }

    private static TreeLayout Large(string name, string? last = null) =>
        TreeLayout.Of(
        [
            .. Enumerable.Range(0, 100_000)
                .Select(index => (index == 99_999 && last is not null ? last : $"{name}{index}", Array.Empty<int>())),
        ]);

    private static void AssertRefused(string message, Action refused) =>
        Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(refused).Message, StringComparison.Ordinal);

    /// <summary>The message of an exception, checked to be short and to need little memory.</summary>
    private static string AssertSmall(Func<object> refused)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        ArgumentException exception = Assert.ThrowsAny<ArgumentException>(refused);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(exception.Message.Length < 3000, $"a message of {exception.Message.Length} characters");
        Assert.True(allocated < 40_000_000, $"{allocated} bytes allocated for {exception.Message}");
        return exception.Message;
    }

    private static string AssertSmall(Action refused) => AssertSmall(() =>
    {
        refused();
        return "";
    });
}
