using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>The rules of a fused pass with the constants of every segment, and the addresses that they use.</summary>
internal abstract class BoundPass<T>(LeafClass leaves)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    protected LeafClass Leaves => leaves;

    internal PassMemory<T>[] Memories { get; } = new PassMemory<T>[leaves.Segments.Length];

    /// <summary>The rule and the addresses of each segment.</summary>
    internal SegmentIndices[] Indices { get; } = [.. leaves.Indices];

    internal abstract void Execute();
}

/// <summary>All rules of a pass as one rule, in a single loop.</summary>
internal sealed class FusedRules<T, TRule>(LeafClass leaves) : BoundPass<T>(leaves)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TRule : unmanaged, IUpdateRule<T>
{
    internal TRule[] Rules { get; } = new TRule[leaves.Segments.Length];

    internal override void Execute() =>
        Elementwise.RunSegments<T, TRule>(Rules, Memories, Indices, Leaves.Chunks, Leaves.Length);
}
