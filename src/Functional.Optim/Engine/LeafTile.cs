using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// A tile: consecutive elements of a leaf that fit into the first-level cache, while a transform changes their update
/// (<see cref="ITiledTransform"/>).
/// </summary>
internal readonly unsafe ref struct LeafTile<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The elements of a tile, unless a chunk ends before.</summary>
    internal const int Length = 2048;

    /// <summary>The leaf.</summary>
    internal required Leaf Leaf { get; init; }

    /// <summary>
    /// The incoming update and where the outgoing one goes. The index 0 is the first element of the leaf.
    /// </summary>
    internal required PassMemory<T> Memory { get; init; }

    /// <summary>The index of the first element.</summary>
    internal required long Start { get; init; }

    /// <summary>One more than the index of the last element.</summary>
    internal required long End { get; init; }

    /// <summary>Where the number of the first unit of the leaf is; those of the units of the tile are measured.</summary>
    internal required T* Numbers { get; init; }

    /// <summary>The width of the lanes.</summary>
    internal required LaneWidth Width { get; init; }
}
