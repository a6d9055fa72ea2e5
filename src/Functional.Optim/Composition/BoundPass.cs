using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>A pass whose rules stand, with all their constants: what is left is the loop, which asks no part any more.</summary>
internal abstract unsafe class BoundPass<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal abstract void Run(Chunk[] chunks, int length, PassMemory<T> memory);
}

/// <summary>The same with the type of its rules, one for each range of leaves.</summary>
internal sealed unsafe class BoundPass<T, TRule>(int ranges) : BoundPass<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TRule : unmanaged, IUpdateRule<T>
{
    internal TRule[] Rules { get; } = new TRule[ranges];

    internal override void Run(Chunk[] chunks, int length, PassMemory<T> memory)
    {
        fixed (TRule* first = Rules)
        fixed (Chunk* each = chunks)
        {
            Elementwise.RunBlocks(first, each, chunks.Length, length, memory);
        }
    }
}
