using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Laws;

/// <summary>Trees of odd sizes with numbers that depend on a seed only.</summary>
internal static class Trees
{
    private static readonly int[] Sizes = [0, 1, 7, 15, 16, 17, 63, 64, 65];

    private static readonly TreeLayout OddSizes =
        TreeLayout.Of([.. Sizes.Select((size, index) => ($"leaf{index}", index % 2 == 0 ? (int[])[size] : [1, size]))]);

    internal static ParameterTree<T> Random<T>(int seed, double scale = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Random<T>(OddSizes, seed, scale);

    /// <summary>A tree of a layout; the layout of the tree is another instance.</summary>
    internal static ParameterTree<T> Random<T>(TreeLayout layout, int seed, double scale = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Philox random = new((ulong)seed);
        ulong counter = 0;
        return ParameterTree.Of([.. layout.Leaves.Select(leaf => Leaf.Of(
            leaf.Name, [.. leaf.Shape],
            Enumerable.Range(0, leaf.Length).Select(_ => T.CreateTruncating(random.Normal(counter++) * scale))
                .ToArray()))]);
    }

    /// <summary>Where an optimizer gets from a random start by random gradients.</summary>
    internal static (ParameterTree<float> Parameters, OptimizerState<float> State) After(Optimizer optimizer, int steps)
    {
        ParameterTree<float> parameters = Random<float>(0);
        OptimizerState<float> state = optimizer.Init(parameters);
        for (int step = 1; step <= steps; step++)
            (parameters, state) = optimizer.Step(parameters, Random<float>(step), state);
        return (parameters, state);
    }
}
