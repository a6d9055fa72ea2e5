using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Autodiff;

/// <summary>
/// The sizes with which a differentiable function is tested. Their seed also determines all other random choices.
/// </summary>
internal readonly record struct Sizes(int Rows, int Columns, int Inner, int Seed)
{
    /// <summary>
    /// From 1 to a little more than two of the widest lanes: with full lanes, with remainders, and without either.
    /// </summary>
    internal static Sizes Small(int seed)
    {
        Random random = new(seed);
        return new(random.Next(1, 9), random.Next(1, 40), random.Next(1, 40), seed);
    }

    /// <summary>Enough elements, rows and multiply-adds for several threads.</summary>
    internal static Sizes Large(int seed) => new(101, 133, 67, seed);

    /// <summary>Integers below a limit.</summary>
    internal int[] Integers(int count, int limit)
    {
        Philox random = new((ulong)Seed);
        return [.. Enumerable.Range(0, count).Select(index => (int)random.Below((ulong)index, limit))];
    }

    /// <summary>Numbers of both signs, away from 0, where relu has no derivative and division no value.</summary>
    internal double[] Numbers(int stream, int count)
    {
        Philox random = new((ulong)Seed);
        return [.. Enumerable.Range(0, count).Select(index => random.Normal((ulong)index + ((ulong)(stream + 1) << 32)))
            .Select(value => (double)(float)(value + (0.3 * Math.Sign(value))))];
    }
}
