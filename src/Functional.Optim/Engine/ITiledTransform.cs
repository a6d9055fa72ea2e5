using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// A transform of whole leaves that changes the update of a leaf tile by tile. The pass that follows does so while a
/// tile is in the cache, so that the changed update is never written to memory.
/// </summary>
/// <remarks>
/// The new update of a tile depends on the tile alone, where the tile consists of whole units. Where a unit is longer
/// than a tile, each unit has a number that is measured before, and a tile is any part of the leaf.
/// </remarks>
internal interface ITiledTransform
{
    /// <summary>
    /// The length of a unit, which is changed at once; a unit begins at each multiple. The largest integer where the
    /// elements of a unit do not lie side by side, so that units are always measured before.
    /// </summary>
    int UnitLength(Leaf leaf);

    /// <summary>How many units are measured before; called only where a unit is longer than a tile.</summary>
    int UnitCount(Leaf leaf);

    /// <summary>Measures the units of a leaf.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="leaf">The leaf, not empty.</param>
    /// <param name="update">Its incoming update.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="numbers">Where the numbers go, one for each unit.</param>
    /// <param name="scratch">Memory of any contents, as long as <see cref="Transform.ScratchLength"/> says.</param>
    void MeasureUnits<T>(
        Leaf leaf, ReadOnlySpan<T> update, ReadOnlySpan<T> parameters, Span<T> numbers, Span<double> scratch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Writes the new update of a tile.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="tile">The tile.</param>
    void ChangeTile<T>(in LeafTile<T> tile)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}
