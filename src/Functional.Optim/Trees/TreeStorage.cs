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
    private string consumedBy = "nobody";

    internal TreeLayout Layout { get; } = layout;

    internal AlignedBuffer<T> Memory { get; } = new(layout.TotalLength);

    internal int Generation { get; private set; }

    /// <summary>Starts a generation; whoever holds an older handle has lost it to <paramref name="by"/>.</summary>
    internal int Claim(string by = "a buffer")
    {
        consumedBy = by;
        return ++Generation;
    }

    internal void RequireLive(int generation)
    {
        if (generation != Generation)
            throw new ObjectDisposedException("ParameterTree", $"This tree was consumed by {consumedBy}; use the tree that it returned.");
    }

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
