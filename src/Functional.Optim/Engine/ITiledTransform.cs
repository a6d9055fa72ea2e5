using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// A transform of whole leaves that changes the update of a leaf tile by tile. The pass that follows does so while a
/// tile is in the cache, so that the changed update is never written to memory.
/// </summary>
/// <remarks>
/// A leaf consists of units, such as rows. The new update of an element depends on its unit alone, of which a number is
/// measured first: that of a unit that fits into a chunk just before the chunk is changed, others before the pass.
/// </remarks>
internal interface ITiledTransform
{
    /// <summary>
    /// The length of a unit whose elements lie side by side; 0 of a leaf that stays as it is, and the largest integer
    /// where they do not lie side by side.
    /// </summary>
    int UnitLength(Leaf leaf);

    /// <summary>The number of units of a leaf.</summary>
    int UnitCount(Leaf leaf);

    /// <summary>Measures consecutive units of a leaf; all where they do not lie side by side.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="leaf">The leaf, not empty.</param>
    /// <param name="update">The incoming update of the units.</param>
    /// <param name="parameters">Their parameters.</param>
    /// <param name="numbers">Where the numbers go, one for each unit.</param>
    /// <param name="scratch">
    /// For units that do not lie side by side, memory of any contents, as long as
    /// <see cref="Transform.ScratchLength"/> says.
    /// </param>
    void MeasureUnits<T>(
        Leaf leaf, ReadOnlySpan<T> update, ReadOnlySpan<T> parameters, Span<T> numbers, Span<double> scratch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Writes the new update of a tile.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="tile">The tile.</param>
    void ChangeTile<T>(in LeafTile<T> tile)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}
