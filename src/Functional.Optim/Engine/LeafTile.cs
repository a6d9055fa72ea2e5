using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// A tile: consecutive elements of a leaf that fit into the cache nearest to a core, while a transform changes their
/// update (<see cref="ITiledTransform"/>).
/// </summary>
internal readonly unsafe ref struct LeafTile<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The leaf.</summary>
    internal required Leaf Leaf { get; init; }

    /// <summary>t, the number of this update.</summary>
    internal required long Step { get; init; }

    /// <summary>
    /// θ, the incoming update, and where the outgoing one goes. The index 0 is the first element of the leaf.
    /// </summary>
    internal required PassMemory<T> Memory { get; init; }

    /// <summary>The index of the first element.</summary>
    internal required long Start { get; init; }

    /// <summary>One more than the index of the last element.</summary>
    internal required long End { get; init; }

    /// <summary>The numbers of all units of the leaf; <see langword="null"/> where they were not measured.</summary>
    internal required T* Numbers { get; init; }

    /// <summary>The width of the lanes.</summary>
    internal required LaneWidth Width { get; init; }

    /// <summary>Copies the incoming update.</summary>
    internal void Keep() => new ReadOnlySpan<T>(Memory.Updates + Start, (int)(End - Start))
        .CopyTo(new Span<T>(Memory.Output + Start, (int)(End - Start)));
}
