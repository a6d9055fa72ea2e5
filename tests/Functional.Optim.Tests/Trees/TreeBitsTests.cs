using System.Runtime.InteropServices;

namespace Functional.Optim.Tests.Trees;

public unsafe class TreeBitsTests
{
    [Fact]
    public void Trees_are_equal_when_each_bit_is_and_equal_ones_have_one_hash()
    {
        ParameterTree<double> tree = Filled(1000);
        Assert.True(tree == Filled(1000));
        Assert.Equal(tree.GetHashCode(), Filled(1000).GetHashCode());
        Assert.Equal(Tree(double.NaN), Tree(double.NaN));
        Assert.NotEqual(Tree(0.0), Tree(-0.0));
        Assert.Equal(default(ParameterTree<double>), default);
        Assert.Equal(0, default(ParameterTree<double>).GetHashCode());
        for (int changed = 0; changed < 1000; changed++)
        {
            ParameterTree<double> other = Filled(1000, changed);
            Assert.True(tree != other, $"element {changed} is different");
        }

        static ParameterTree<double> Tree(double value) => ParameterTree.Of(Leaf.Of("w", [1], [value]));
    }

    [Fact]
    public void Trees_with_other_elements_in_the_first_or_most_places_have_other_hashes()
    {
        Assert.NotEqual(Filled(1000).GetHashCode(), Filled(1000, changed: 0).GetHashCode());
        Assert.NotEqual(Filled(1000).GetHashCode(), Filled(1000).Layout.Zeros<double>().GetHashCode());
        Assert.NotEqual(Filled(3).GetHashCode(), Filled(3, changed: 2).GetHashCode());
        Assert.NotEqual(Filled(64).GetHashCode(), Filled(64, changed: 63).GetHashCode());
    }

    [Fact]
    public void More_bytes_than_a_span_can_have_are_compared_and_hashed()
    {
        // Zeros that were never written use no memory. The spans are one element apart, so that they are read.
        const int length = (1 << 29) + 1;
        float* memory = (float*)NativeMemory.AllocZeroed(length + 1, sizeof(float));
        try
        {
            ReadOnlySpan<float> left = new(memory, length), right = new(memory + 1, length);
            Assert.Equal(TreeBits.Hash(left), TreeBits.Hash(right));
            memory[length] = 1;
            Assert.True(TreeBits.Same(left[..^1], right[..^1]));
            Assert.False(TreeBits.Same(left, right));
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    private static ParameterTree<double> Filled(int length, int changed = -1)
    {
        double[] data = [.. Enumerable.Range(0, length).Select(index => index + 0.5)];
        if (changed >= 0) data[changed] = -data[changed];
        return ParameterTree.Of(Leaf.Of("w", [length], data));
    }
}
