using System.Numerics.Tensors;
using FsCheck.Xunit;

namespace Functional.Optim.Tests.Trees;

public class ParameterTreeTests
{
    [Fact]
    public void Building_copies_and_equality_is_by_bits()
    {
        float[] data = [1, 2, 3, 4, 5, 6];
        ParameterTree<float> first = ParameterTree.Of(Leaf.Of("w", [2, 3], data));
        ParameterTree<float> second = ParameterTree.Of(Leaf.Of("w", [2, 3], data));
        data[0] = 9;
        Assert.Equal(1, first.AsSpan("w")[0]);
        Assert.Equal(first, second);
        Assert.NotEqual(first, ParameterTree.Of(Leaf.Of("w", [3, 2], [1f, 2f, 3f, 4f, 5f, 6f])));
        Assert.NotEqual(ParameterTree.Of(Leaf.Of("w", [1], [0.0])), ParameterTree.Of(Leaf.Of("w", [1], [-0.0])));
    }

    [Fact]
    public void Faults_name_the_leaf()
    {
        Assert.Contains("twice", Assert.Throws<ArgumentException>(() => ParameterTree.Of(Leaf.Of("w", [1], [1f]), Leaf.Of("w", [1], [1f]))).Message, StringComparison.Ordinal);
        Assert.Contains("empty name", Assert.Throws<ArgumentException>(() => ParameterTree.Of(Leaf.Of(" ", [1], [1f]))).Message, StringComparison.Ordinal);
        Assert.Contains("negative size -1", Assert.Throws<ArgumentException>(() => ParameterTree.Of(Leaf.Of("w", [-1], new float[1]))).Message, StringComparison.Ordinal);
        Assert.Contains("w[2] takes 2 elements; 1 were given", Assert.Throws<ArgumentException>(() => ParameterTree.Of(Leaf.Of("w", [2], [1f]))).Message, StringComparison.Ordinal);
        Assert.Contains("No leaf is named 'x'", Assert.Throws<ArgumentException>(() => ParameterTree.Of(Leaf.Of("w", [1], [1f])).AsSpan("x").Length).Message, StringComparison.Ordinal);
        ParameterTree<float> one = ParameterTree.Of(Leaf.Of("w", [2], [1f, 2f]));
        ParameterTree<float> other = ParameterTree.Of(Leaf.Of("w", [1, 2], [1f, 2f]));
        string message = Assert.Throws<ArgumentException>(() => { Sgd.Of(0.1).Step(one, other, Sgd.Of(0.1).Init(one)); }).Message;
        Assert.Contains("w[1, 2] where the parameters have w[2]", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Leaves_are_tensors_and_tensors_are_leaves_whatever_their_strides()
    {
        Tensor<float> tensor = Tensor.Create([1f, 2, 3, 4, 5, 6], [3, 2]);
        ParameterTree<float> tree = ParameterTree.Of(
            Leaf.Of("transposed", Tensor.Transpose(tensor).AsReadOnlyTensorSpan()), Leaf.Of("scalar", [], [7f]), Leaf.Of("empty", [0, 3], Array.Empty<float>()));
        Assert.Equal("transposed[2, 3]", tree.Layout["transposed"].ToString());
        Assert.Equal((float[])[1, 3, 5, 2, 4, 6], tree.AsSpan("transposed"));
        Assert.Equal(4, tree.AsTensorSpan("transposed")[1, 1]);
        Assert.Equal(7, tree.AsTensorSpan("scalar")[0]);
        Assert.Equal(0, tree.AsTensorSpan("empty").FlattenedLength);

        TreeBuffer<float> buffer = tree.Layout.Rent<float>();
        Tensor.Multiply(tree.AsTensorSpan("transposed"), 2f, buffer.AsTensorSpan("transposed"));
        Assert.Equal((float[])[2, 6, 10, 4, 8, 12], buffer.ToTree().AsSpan("transposed"));
    }

    [Fact]
    public void A_released_tree_says_who_took_it_even_after_its_memory_lives_again()
    {
        ParameterTree<float> tree = ParameterTree.Of(Leaf.Of("w", [2], [1f, 2f]));
        TreeLayout layout = tree.Layout;
        tree.Release("the test");
        ParameterTree<float> next = layout.Zeros<float>();
        Assert.Throws<ObjectDisposedException>(() => tree.AsSpan().Length);
        Assert.Equal(0, next.AsSpan("w")[1]);
        Assert.Equal("a consumed tree", tree.ToString());
    }

    [Property]
    public void The_global_norm_is_the_root_of_the_sum_of_squares(int seed)
    {
        ParameterTree<double> tree = Laws.Trees.Random<double>(seed);
        double expected = 0;
        foreach (double value in tree.AsSpan()) expected += value * value;
        Assert.Equal(Math.Sqrt(expected), tree.GlobalNorm(), 1e-12);
        Assert.Equal(1e300 * Math.Sqrt(2), ParameterTree.Of(Leaf.Of("w", [2], [1e300, -1e300])).GlobalNorm(), 1e286);
    }
}
