using System.Numerics;

namespace Functional.Optim;

/// <summary>What one step works with besides trees: a number per range of leaves that parts measure, and the rules of every pass.</summary>
internal sealed class Workspace<T>(int ranges, int passes)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal double[] Measured { get; } = new double[ranges];

    internal BoundPass<T>?[] Passes { get; } = new BoundPass<T>?[passes];
}
