using System.Buffers;

namespace Functional.Optim;

/// <summary>
/// Numbers of each leaf, such as norms, that are put together in the order of the leaves: so the bits do not depend on
/// how the tree is cut into ranges, or into the shards of several processes.
/// </summary>
/// <param name="plan">The plan, for its leaves and its shard.</param>
/// <param name="columns">How many numbers a leaf has; 0 until they are set.</param>
internal readonly ref struct LeafParts(Plan plan, int columns = 1)
{
    private readonly double[] parts = Cleared(plan.Leaves.Length * columns);
    private readonly int count = plan.Leaves.Length;

    internal double this[Leaf leaf, int column = 0]
    {
        set => parts[(column * count) + leaf.Index] = value;
    }

    /// <summary>The numbers of the leaves of all shards.</summary>
    internal Span<double> Shared(int column = 0)
    {
        Span<double> own = parts.AsSpan(column * count, count);
        plan.Shard?.ShareByLeaf(own);
        return own;
    }

    /// <summary>Σ.</summary>
    internal static double Sum(ReadOnlySpan<double> parts)
    {
        double sum = 0;
        foreach (double part in parts) sum += part;
        return sum;
    }

    /// <summary>The largest; 0 where there is none.</summary>
    internal static double Max(ReadOnlySpan<double> parts)
    {
        double largest = 0;
        foreach (double part in parts) largest = Math.Max(largest, part);
        return largest;
    }

    /// <summary>√Σ².</summary>
    internal static double Norm(ReadOnlySpan<double> parts)
    {
        double norm = 0;
        foreach (double part in parts) norm = double.Hypot(norm, part);
        return norm;
    }

    public void Dispose() => ArrayPool<double>.Shared.Return(parts);

    private static double[] Cleared(int length)
    {
        double[] rented = ArrayPool<double>.Shared.Rent(length);
        rented.AsSpan(0, length).Clear();
        return rented;
    }
}
