using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Tests.Ranks;

/// <summary>
/// One of several processes without the others: it counts what it would send. Where it receives numbers of all, theirs
/// are its own first one; of an exchange of each with each it receives its own part.
/// </summary>
internal sealed class CountedRanks(int rank, int count) : IRanks
{
    public int Rank => rank;

    public int Count => count;

    /// <summary>The bytes that this process sends.</summary>
    internal long BytesSent { get; private set; }

    /// <summary>
    /// How many times it waits for a message: ⌈log₂ N⌉ in a gather, whose parts are passed on, N − 1 in an exchange of each
    /// with each.
    /// </summary>
    internal long Rounds { get; private set; }

    public void AllGather<T>(Span<T> whole, ReadOnlySpan<int> starts)
        where T : unmanaged
    {
        BytesSent += (long)(starts[rank + 1] - starts[rank]) * Unsafe.SizeOf<T>() * (count - 1);
        ReadOnlySpan<T> own = whole[starts[rank]..starts[rank + 1]];
        if (!own.IsEmpty)
        {
            whole[starts[0]..starts[rank]].Fill(own[0]);
            whole[starts[rank + 1]..starts[^1]].Fill(own[0]);
        }

        Rounds += BitOperations.Log2(((uint)count * 2) - 1);
    }

    public void AllToAll<T>(
        ReadOnlySpan<T> send, ReadOnlySpan<int> sendStarts, Span<T> receive, ReadOnlySpan<int> receiveStarts)
        where T : unmanaged
    {
        ReadOnlySpan<T> own = send[sendStarts[rank]..sendStarts[rank + 1]];
        own.CopyTo(receive[receiveStarts[rank]..]);
        BytesSent += (long)(sendStarts[^1] - sendStarts[0] - own.Length) * Unsafe.SizeOf<T>();
        Rounds += count - 1;
    }
}
