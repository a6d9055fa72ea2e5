using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>Adaptive gradient clipping (see <see cref="Clip.Adaptively"/>).</summary>
internal sealed record AdaptiveClip : Transform, ITiledTransform
{
    /// <summary>The largest part of the parameters' norm that an update's may be; finite and positive.</summary>
    public double Ratio { get; init => field = Setting.Check(value, Bounds.Positive); }

    /// <summary>The smallest norm of parameters that counts; finite and positive.</summary>
    public double Epsilon { get; init => field = Setting.Check(value, Bounds.Positive); }

    /// <summary>Along which axis of a leaf its units lie.</summary>
    public OutputAxis OutputAxis { get; init => field = Setting.Check(value); }

    protected internal override bool TransformsLeaves => true;

    protected internal override bool NeedsStatistics => true;

    protected internal override bool LeafByLeaf => true;

    /// <summary>
    /// Only to refuse a NaN or an infinity before anything is written; units are measured where they are clipped.
    /// </summary>
    protected internal override void Measure<T>(in UpdateStatistics<T> update, Span<double> measured)
    {
        for (int range = 0; range < update.Count; range++)
            measured[range] = update.UpdateNorm(range, NormKind.Infinity);
    }

    /// <summary>The norm of each column of the update, and of the parameters.</summary>
    protected internal override int ScratchLength(Leaf leaf) => OutputUnits.Of(leaf, OutputAxis).ScratchLength;

    int ITiledTransform.UnitLength(Leaf leaf) => OutputUnits.Of(leaf, OutputAxis).UnitLength;

    int ITiledTransform.UnitCount(Leaf leaf) => OutputUnits.Of(leaf, OutputAxis).Count;

    void ITiledTransform.MeasureUnits<T>(
        Leaf leaf, ReadOnlySpan<T> update, ReadOnlySpan<T> parameters, Span<T> numbers, Span<double> scratch) =>
        OutputUnits.Of(leaf, OutputAxis).Measure(
            new Change<T>(Ratio, Epsilon), update, parameters, numbers, scratch);

    void ITiledTransform.ChangeTile<T>(in LeafTile<T> tile) =>
        OutputUnits.Of(tile.Leaf, OutputAxis).Change<T, Change<T>>(tile);

    /// <summary>Multiplies a unit that is too large by a factor below 1, and others by 1.</summary>
    private readonly struct Change<T>(double ratio, double epsilon) : IUnitChange<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public double OfRow(ReadOnlySpan<T> update, ReadOnlySpan<T> parameters) =>
            Factor(BlockReduction.Norm(update), BlockReduction.Norm(parameters));

        public void OfColumns(
            OutputUnits columns, ReadOnlySpan<T> update, ReadOnlySpan<T> parameters, Span<double> numbers,
            Span<double> scratch)
        {
            Span<double> sizes = scratch[..columns.Count];
            columns.Norms(update, numbers, scratch[columns.Count..]);
            columns.Norms(parameters, sizes, scratch[columns.Count..]);
            for (int column = 0; column < columns.Count; column++)
                numbers[column] = Factor(numbers[column], sizes[column]);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLane Of<TLane>(TLane update, TLane number)
            where TLane : struct, ILane<TLane, T> => update * number;

        private double Factor(double norm, double size)
        {
            double largest = ratio * Math.Max(size, epsilon);
            return norm > largest ? largest / norm : 1;
        }
    }
}
