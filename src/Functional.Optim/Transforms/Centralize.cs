using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Gradient centralization (Yong, Huang, Hua and Zhang, 2020, arXiv:2004.01461): subtracts the mean of each output unit
/// from leaves of rank 2 and more, u' = u − mean(u); smaller leaves stay as they are.
/// </summary>
public sealed record Centralize : Transform, ITiledTransform
{
    private Centralize()
    {
    }

    /// <summary>Along which dimension the units lie.</summary>
    public OutputAxis OutputAxis { get; init => field = Setting.Check(value); }

    /// <inheritdoc/>
    protected internal override bool TransformsLeaves => true;

    /// <summary>The transform.</summary>
    /// <param name="outputAxis">Along which dimension the units lie.</param>
    /// <exception cref="ArgumentException">There is no such dimension.</exception>
    public static Centralize By(OutputAxis outputAxis = OutputAxis.First) =>
        Setting.Make(() => new Centralize { OutputAxis = outputAxis });

    /// <summary>The mean of each column.</summary>
    protected internal override int ScratchLength(Leaf leaf) => OutputUnits.Of(leaf, OutputAxis).ScratchLength;

    int ITiledTransform.UnitLength(Leaf leaf) => leaf.Rank < 2 ? 0 : OutputUnits.Of(leaf, OutputAxis).UnitLength;

    int ITiledTransform.UnitCount(Leaf leaf) => OutputUnits.Of(leaf, OutputAxis).Count;

    void ITiledTransform.MeasureUnits<T>(
        Leaf leaf, ReadOnlySpan<T> update, ReadOnlySpan<T> parameters, Span<T> numbers, Span<double> scratch) =>
        OutputUnits.Of(leaf, OutputAxis).Measure(default(Change<T>), update, parameters, numbers, scratch);

    void ITiledTransform.ChangeTile<T>(in LeafTile<T> tile) =>
        OutputUnits.Of(tile.Leaf, OutputAxis).Change<T, Change<T>>(tile);

    /// <summary>Subtracts the mean of a unit.</summary>
    private readonly struct Change<T> : IUnitChange<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public double OfRow(ReadOnlySpan<T> update, ReadOnlySpan<T> parameters) =>
            BlockReduction.Sum(update) / update.Length;

        public void OfColumns(
            OutputUnits columns, ReadOnlySpan<T> update, ReadOnlySpan<T> parameters, Span<double> numbers,
            Span<double> scratch)
        {
            columns.Sum(update, numbers, scratch);
            TensorPrimitives.Divide(numbers, columns.Length, numbers);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLane Of<TLane>(TLane update, TLane number)
            where TLane : struct, ILane<TLane, T> => update - number;
    }
}
