using System.Buffers;
using System.Numerics;

namespace Functional.Optim;

/// <summary>Adaptive gradient clipping (see <see cref="Clip.Adaptively"/>).</summary>
/// <param name="Ratio">λ.</param>
/// <param name="Epsilon">ε.</param>
/// <param name="Dimension">Along which dimension the units lie.</param>
internal sealed record AdaptiveClip(double Ratio, double Epsilon, UnitDimension Dimension) : Transform
{
    protected internal override bool Rewrites => true;

    protected internal override void Rewrite<T>(in Rewriting<T> update)
    {
        foreach (Leaf leaf in update.Leaves)
        {
            Units units = Units.Of(leaf, Dimension);
            double[] factors = units.Rent(), squares = units.Rent();
            ReadOnlySpan<T> before = update.Before(leaf);
            Span<T> after = update.After(leaf);
            units.Sum(before, factors, squares: true);
            units.Sum(update.Parameters(leaf), squares, squares: true);
            for (int unit = 0; unit < units.Count; unit++)
            {
                double norm = Math.Sqrt(factors[unit]), most = Ratio * Math.Max(Math.Sqrt(squares[unit]), Epsilon);
                factors[unit] = norm > most ? most / norm : 1;
            }

            for (int element = 0; element < before.Length; element++)
                after[element] = before[element] * T.CreateTruncating(factors[units[element]]);
            ArrayPool<double>.Shared.Return(factors);
            ArrayPool<double>.Shared.Return(squares);
        }
    }
}
