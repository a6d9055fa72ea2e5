namespace Functional.Optim.Tests.Trees;

public class FirstNonFiniteTests
{
    private static readonly double[] NotFinite = [double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    [Fact]
    public void The_first_leaf_is_found_wherever_in_it_the_element_is()
    {
        TreeLayout layout = TreeLayout.Of(
            ("scalar", []), ("empty", [0, 3]), ("row", [37]), ("last", [5]), ("nothing", [0]));
        Assert.Null(layout.Zeros<float>().FirstNonFiniteLeaf());
        foreach (Leaf leaf in layout.Leaves)
        {
            for (int element = 0; element < leaf.Length; element++)
            {
                foreach (double value in NotFinite)
                {
                    TreeBuffer<float> buffer = layout.Rent<float>();
                    buffer.AsSpan(leaf)[element] = (float)value;
                    if (leaf.Name != "last") buffer.AsSpan("last")[0] = float.NaN;
                    ParameterTree<float> tree = buffer.ToTree();
                    Assert.Equal(leaf, tree.FirstNonFiniteLeaf());
                    tree.Release();
                }
            }
        }
    }

    [Fact]
    public void Excepted_leaves_do_not_count_and_many_of_them_cost_little()
    {
        const int count = 200_000;
        TreeLayout layout = TreeLayout.Of(
            [.. Enumerable.Range(0, count).Select(index => ($"{index}", Array.Empty<int>()))]);
        Leaf[] frozen = [.. layout.Leaves.Where(leaf => leaf.Index % 2 == 0)];
        float[] values = new float[layout.TotalLength];
        foreach (Leaf leaf in frozen) values[leaf.Offset] = float.NaN;
        Assert.Equal("every leaf together", NonFiniteGradientException.In<float>(layout, values, frozen, step: 7).Leaf);
        values[layout.Leaves[^1].Offset] = float.PositiveInfinity;
        NonFiniteGradientException found = NonFiniteGradientException.In<float>(layout, values, frozen, step: 7);
        Assert.Equal(("199999", 7), (found.Leaf, found.Step));
        Assert.Equal("0", NonFiniteGradientException.In<float>(layout, values, [], step: 7).Leaf);
    }
}
