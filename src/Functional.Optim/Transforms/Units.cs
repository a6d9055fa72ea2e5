using System.Buffers;
using System.Numerics;

namespace Functional.Optim;

/// <summary>The units of a leaf: rows or columns of a weight, or the whole of a smaller leaf; numbers per unit, added in double in order.</summary>
internal readonly record struct Units(int Count, int Length, bool AreColumns)
{
    internal static Units Of(Leaf leaf, UnitDimension dimension)
    {
        if (leaf.Rank < 2) return new(1, leaf.Length, AreColumns: false);
        int count = dimension == UnitDimension.First ? leaf.Shape[0] : leaf.Shape[^1];
        return new(count, count == 0 ? 0 : leaf.Length / count, AreColumns: dimension == UnitDimension.Last);
    }

    /// <summary>The unit of an element.</summary>
    internal int this[int element] => AreColumns ? element % Count : element / Math.Max(Length, 1);

    /// <summary>Σ x, or Σ x², of every unit.</summary>
    internal void Sum<T>(ReadOnlySpan<T> values, Span<double> sums, bool squares)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        sums.Clear();
        for (int element = 0; element < values.Length; element++)
        {
            double value = double.CreateTruncating(values[element]);
            sums[this[element]] += squares ? value * value : value;
        }
    }

    /// <summary>Memory for a number per unit, to be given back to <see cref="ArrayPool{T}"/>.</summary>
    internal double[] Rent() => ArrayPool<double>.Shared.Rent(Count);
}
