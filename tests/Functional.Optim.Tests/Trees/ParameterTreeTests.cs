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
    public void Errors_name_the_leaf()
    {
        string twice = Assert.ThrowsAny<ArgumentException>(
            () => ParameterTree.Of(Leaf.Of("w", [1], [1f]), Leaf.Of("w", [1], [1f]))).Message;
        Assert.Contains("twice", twice, StringComparison.Ordinal);
        Assert.Contains(
            "empty name",
            Assert.ThrowsAny<ArgumentException>(() => ParameterTree.Of(Leaf.Of(" ", [1], [1f]))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "negative size -1",
            Assert.ThrowsAny<ArgumentException>(() => ParameterTree.Of(Leaf.Of("w", [-1], new float[1]))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "w[2] takes 2 elements; 1 were given",
            Assert.ThrowsAny<ArgumentException>(() => ParameterTree.Of(Leaf.Of("w", [2], [1f]))).Message,
            StringComparison.Ordinal);
        string unknown = Assert.ThrowsAny<ArgumentException>(
            () => ParameterTree.Of(Leaf.Of("w", [1], [1f])).AsSpan("x").Length).Message;
        Assert.Contains("No leaf is named 'x'", unknown, StringComparison.Ordinal);
        ParameterTree<float> one = ParameterTree.Of(Leaf.Of("w", [2], [1f, 2f]));
        ParameterTree<float> other = ParameterTree.Of(Leaf.Of("w", [1, 2], [1f, 2f]));
        string message = Assert.ThrowsAny<ArgumentException>(
            () => { Sgd.Of(0.1).Step(one, other, Sgd.Of(0.1).Init(one)); }).Message;
        Assert.Contains("w[1, 2] where the parameters have w[2]", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Leaves_are_tensors_and_tensors_are_leaves_whatever_their_strides()
    {
        Tensor<float> tensor = Tensor.Create([1f, 2, 3, 4, 5, 6], [3, 2]);
        ParameterTree<float> tree = ParameterTree.Of(
            Leaf.Of("transposed", Tensor.Transpose(tensor).AsReadOnlyTensorSpan()),
            Leaf.Of("scalar", [], [7f]),
            Leaf.Of("empty", [0, 3], Array.Empty<float>()));
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
    public void A_released_tree_names_its_consumer_even_after_its_memory_is_reused()
    {
        ParameterTree<float> tree = ParameterTree.Of(Leaf.Of("w", [2], [1f, 2f]));
        TreeLayout layout = tree.Layout;
        tree.Release("the test");
        ParameterTree<float> next = layout.Zeros<float>();
        AssertGone("This tree was consumed by the test.", tree);
        Assert.Equal(0, next.AsSpan("w")[1]);
        Assert.Equal("a tree that was consumed by the test", tree.ToString());
        next.Release("the next");
        AssertGone("This tree was consumed by the next.", next);
        AssertGone("This tree was consumed; later trees in its memory were consumed too, the last by the next.", tree);
    }

    [Fact]
    public void A_donated_tree_names_its_successor_and_a_buffer_that_became_a_tree_says_so()
    {
        // The clip after the rate can throw late, so the step does not write into its inputs.
        foreach (Optimizer optimizer in (Optimizer[])[Sgd.Of(0.1), Sgd.Of(0.1).Then(Clip.ByGlobalNorm(1))])
        {
            ParameterTree<float> parameters = ParameterTree.Of(Leaf.Of("w", [2], [1f, 2f]));
            ParameterTree<float> gradients = ParameterTree.Of(Leaf.Of("w", [2], [1f, 2f]));
            (ParameterTree<float> moved, _) = optimizer.StepDonating(parameters, gradients, optimizer.Init(parameters));
            TreeBuffer<float> buffer = moved.Layout.Rent<float>();
            buffer.ToTree();
            AssertGone("This tree was consumed by Optimizer.StepDonating; use the tree that it returned.", parameters);
            AssertGone("This tree was consumed by Optimizer.StepDonating.", gradients);
            Assert.StartsWith(
                "This buffer is already a tree (ToTree); rent another one to write to.",
                Assert.Throws<ObjectDisposedException>(() => buffer.AsSpan().Length).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_leaf_of_another_tree_is_rejected_unless_an_equal_one_has_its_index()
    {
        ParameterTree<float> tree = ParameterTree.Of(Leaf.Of("a", [1], [1f]), Leaf.Of("b", [2], [2f, 3f]));
        ParameterTree<float> wider = ParameterTree.Of(
            Leaf.Of("a", [17], new float[17]), Leaf.Of("b", [2], [4f, 5f]), Leaf.Of("c", [1], [6f]));
        Assert.Equal([2f, 3f], tree.AsSpan(wider.Layout["b"]));
        TreeBuffer<float> buffer = tree.Layout.Rent<float>();
        buffer.AsSpan(wider.Layout["b"])[1] = 7;
        Assert.Equal(7, buffer.AsSpan("b")[1]);
        const string another = "The leaf a[17] is not in this tree: at its index 0 this tree has a[1].";
        const string none = "The leaf c[1] is not in this tree: at its index 2 this tree has no leaf.";
        Assert.StartsWith(
            another,
            Assert.ThrowsAny<ArgumentException>(() => tree.AsSpan(wider.Layout["a"]).Length).Message,
            StringComparison.Ordinal);
        Assert.StartsWith(
            another,
            Assert.ThrowsAny<ArgumentException>(() => buffer.AsSpan(wider.Layout["a"]).Length).Message,
            StringComparison.Ordinal);
        Assert.StartsWith(
            none,
            Assert.ThrowsAny<ArgumentException>(() => tree.AsSpan(wider.Layout["c"]).Length).Message,
            StringComparison.Ordinal);
        Assert.StartsWith(
            none,
            Assert.ThrowsAny<ArgumentException>(() => buffer.AsSpan(wider.Layout["c"]).Length).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Values_written_to_the_padding_are_not_in_the_tree()
    {
        ParameterTree<float> tree = ParameterTree.Of(Leaf.Of("a", [1], [3f]), Leaf.Of("b", [2], [0f, 4f]));
        TreeBuffer<float> buffer = tree.Layout.Rent<float>();
        buffer.AsSpan().Fill(9);
        tree.AsSpan("a").CopyTo(buffer.AsSpan("a"));
        tree.AsSpan("b").CopyTo(buffer.AsSpan("b"));
        ParameterTree<float> written = buffer.ToTree();
        Assert.Equal(tree, written);
        Assert.Equal(5, written.GlobalNorm());
    }

    [Fact]
    public void Parameters_plus_deltas_are_what_a_step_makes_of_them()
    {
        Optimizer optimizer = AdamW.Of(0.1);
        ParameterTree<float> parameters = ParameterTree.Of(Leaf.Of("a", [1], [3f]), Leaf.Of("b", [2], [0f, 4f]));
        ParameterTree<float> before = parameters;
        ParameterTree<float> sum = parameters.Plus(
            ParameterTree.Of(Leaf.Of("a", [1], [0.5f]), Leaf.Of("b", [2], [-1f, 2f])));
        Assert.Equal(ParameterTree.Of(Leaf.Of("a", [1], [3.5f]), Leaf.Of("b", [2], [-1f, 6f])), sum);
        (ParameterTree<float> deltas, _) = optimizer.Update(parameters, sum, optimizer.Init(parameters));
        Assert.Equal(optimizer.Step(parameters, sum, optimizer.Init(parameters)).Parameters, parameters.Plus(deltas));
        Assert.Equal(before, parameters);
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(
            () => parameters.Plus(ParameterTree.Of(Leaf.Of("a", [1], [1f]))));
        Assert.StartsWith(
            "The deltas differ from the parameters in leaf 1: no leaf where the parameters have b[2].",
            error.Message,
            StringComparison.Ordinal);
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

    private static void AssertGone(string message, ParameterTree<float> tree) =>
        Assert.StartsWith(
            message,
            Assert.Throws<ObjectDisposedException>(() => tree.AsSpan().Length).Message,
            StringComparison.Ordinal);
}
