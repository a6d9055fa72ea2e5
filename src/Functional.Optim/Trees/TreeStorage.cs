using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The memory behind a tree. Handles carry the generation they were made in; giving the memory to somebody else starts a
/// new generation, so a handle that was consumed is found out when it is touched, without an object per step.
/// </summary>
internal sealed class TreeStorage<T>(TreeLayout layout)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private double norm = double.NaN;
    private int normGeneration = -1;
    private int consumed = -1;
    private string consumedBy = "nobody";

    internal TreeLayout Layout { get; } = layout;

    internal AlignedBuffer<T> Memory { get; } = new(layout.TotalLength);

    internal int Generation { get; private set; }

    /// <summary>Starts a generation, for memory that no tree lives in.</summary>
    internal int Claim() => ++Generation;

    /// <summary>Starts a generation; whoever holds the tree of the one before has lost it to <paramref name="by"/>.</summary>
    internal int Consume(string by)
    {
        consumed = Generation;
        consumedBy = by;
        return Claim();
    }

    /// <summary>Who consumed the tree of a generation; once others were in its memory, only the last is known.</summary>
    internal string EndOf(int generation) => generation == consumed
        ? $"consumed by {consumedBy}"
        : $"consumed, and so were others in its memory since, the last by {consumedBy}";

    internal double GlobalNorm(int generation)
    {
        // Trees are shared between threads: whoever sees the generation has to see the norm too.
        if (Volatile.Read(ref normGeneration) == generation) return norm;
        norm = BlockReduction.Norm<T>(Memory.Span);
        Volatile.Write(ref normGeneration, generation);
        return norm;
    }

    internal void ClearPadding()
    {
        Span<T> all = Memory.Span;
        for (int index = 0; index < Layout.Leaves.Length; index++)
        {
            int end = Layout.Leaves[index].Offset + Layout.Leaves[index].Length;
            int next = index + 1 < Layout.Leaves.Length ? Layout.Leaves[index + 1].Offset : all.Length;
            all[end..next].Clear();
        }
    }
}
