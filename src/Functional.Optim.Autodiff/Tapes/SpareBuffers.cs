using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

/// <summary>Unused buffers by length. A binary search finds the shortest one that is long enough.</summary>
internal sealed class SpareBuffers<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The distinct lengths, ascending; <see cref="buffers"/> has the buffers of each.</summary>
    private readonly List<int> lengths = [];
    private readonly List<Stack<AlignedBuffer<T>>> buffers = [];

    internal void Add(AlignedBuffer<T> buffer)
    {
        int at = lengths.BinarySearch(buffer.Length);
        if (at < 0)
        {
            at = ~at;
            lengths.Insert(at, buffer.Length);
            buffers.Insert(at, []);
        }

        buffers[at].Push(buffer);
    }

    /// <summary>The shortest buffer of at least a length; null when there is none.</summary>
    internal AlignedBuffer<T>? TryTake(int length)
    {
        int at = lengths.BinarySearch(length);
        for (at = at < 0 ? ~at : at; at < lengths.Count; at++)
        {
            if (buffers[at].TryPop(out AlignedBuffer<T>? buffer)) return buffer;
        }

        return null;
    }
}
