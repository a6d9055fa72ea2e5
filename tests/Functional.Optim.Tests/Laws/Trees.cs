using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Laws;

/// <summary>Trees of odd sizes with numbers that depend on a seed only.</summary>
internal static class Trees
{
    private static readonly int[] Sizes = [0, 1, 7, 15, 16, 17, 63, 64, 65];

    internal static ParameterTree<T> Random<T>(int seed, double scale = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Philox random = new((ulong)seed);
        ulong counter = 0;
        return ParameterTree.Of([.. Sizes.Select((size, index) => Leaf.Of(
            $"leaf{index}",
            index % 2 == 0 ? [size] : [1, size],
            Enumerable.Range(0, size).Select(_ => T.CreateTruncating(random.Normal(counter++) * scale)).ToArray()))]);
    }
}
