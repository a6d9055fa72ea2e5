using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// What a transform does to the units of a leaf: each unit has a number, which changes each element of its update.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal interface IUnitChange<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The number of a unit that lies in one piece.</summary>
    double OfRow(ReadOnlySpan<T> update, ReadOnlySpan<T> parameters);

    /// <summary>The numbers of all columns.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="update">The update.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="numbers">Where the numbers go, one for each column.</param>
    /// <param name="scratch">Memory of any contents (<see cref="OutputUnits.ScratchLength"/>).</param>
    void OfColumns(
        OutputUnits columns, ReadOnlySpan<T> update, ReadOnlySpan<T> parameters, Span<double> numbers,
        Span<double> scratch);

    /// <summary>An element of the update, changed by the number of its unit.</summary>
    static abstract TLane Of<TLane>(TLane update, TLane number)
        where TLane : struct, ILane<TLane, T>;
}
