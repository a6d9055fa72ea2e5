using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The units of a leaf: rows or columns of a weight, or the whole of a smaller leaf; numbers per unit, added in double
/// in order.
/// </summary>
internal readonly record struct OutputUnits(int Count, int Length, bool AreColumns)
{
    internal static OutputUnits Of(Leaf leaf, OutputAxis dimension)
    {
        if (leaf.Rank < 2) return new(1, leaf.Length, AreColumns: false);
        int count = dimension == OutputAxis.First ? leaf.Shape[0] : leaf.Shape[^1];
        return new(count, count == 0 ? 0 : leaf.Length / count, AreColumns: dimension == OutputAxis.Last);
    }

    /// <summary>The unit of an element.</summary>
    internal int this[int element] => AreColumns ? element % Count : element / Math.Max(Length, 1);

    /// <summary>Σ x of every unit.</summary>
    internal void Sum<T>(ReadOnlySpan<T> values, Span<double> sums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        sums.Clear();
        for (int element = 0; element < values.Length; element++)
            sums[this[element]] += double.CreateTruncating(values[element]);
    }

    /// <summary>
    /// √Σx² of every unit; where squares leave the range, those of x / max|x| are added, as in
    /// <see cref="BlockReduction.Norm"/>.
    /// </summary>
    internal void Norms<T>(ReadOnlySpan<T> values, Span<double> norms)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        norms.Clear();
        for (int element = 0; element < values.Length; element++)
        {
            double value = double.CreateTruncating(values[element]);
            norms[this[element]] += value * value;
        }

        for (int unit = 0; unit < Count; unit++)
            norms[unit] = double.IsFinite(norms[unit]) && norms[unit] > BlockReduction.SmallestSum
                ? Math.Sqrt(norms[unit])
                : ScaledNorm(values, unit);
    }

    private double ScaledNorm<T>(ReadOnlySpan<T> values, int unit)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int first = AreColumns ? unit : unit * Length, distance = AreColumns ? Count : 1;
        double largest = 0, squares = 0;
        for (int index = 0; index < Length; index++)
            largest = Math.Max(largest, Math.Abs(double.CreateTruncating(values[first + (index * distance)])));
        if (!double.IsFinite(largest) || largest == 0) return largest;
        for (int index = 0; index < Length; index++)
        {
            double ratio = double.CreateTruncating(values[first + (index * distance)]) / largest;
            squares += ratio * ratio;
        }

        return largest * Math.Sqrt(squares);
    }
}
