namespace Functional.Optim;

/// <summary>
/// The processes that train together, each with its rank. Every process calls the same members in the same order, and a
/// call returns when all have called.
/// </summary>
public interface IRanks
{
    /// <summary>The number of this process, from 0.</summary>
    int Rank { get; }

    /// <summary>The number of processes.</summary>
    int Count { get; }

    /// <summary>Gives every process the parts of all.</summary>
    /// <typeparam name="T">The type of an element.</typeparam>
    /// <param name="whole">The whole; each process has filled its own part.</param>
    /// <param name="starts">The first index of each part, and the length of the whole.</param>
    void AllGather<T>(Span<T> whole, ReadOnlySpan<int> starts)
        where T : unmanaged;

    /// <summary>Gives every process its part of what each has.</summary>
    /// <typeparam name="T">The type of an element.</typeparam>
    /// <param name="send">What this process has.</param>
    /// <param name="sendStarts">For each process the first index of its part, and the end of the last.</param>
    /// <param name="receive">What each process has for this one.</param>
    /// <param name="receiveStarts">For each process the first index of what it sends, and the end of the last.</param>
    void AllToAll<T>(
        ReadOnlySpan<T> send, ReadOnlySpan<int> sendStarts, Span<T> receive, ReadOnlySpan<int> receiveStarts)
        where T : unmanaged;
}
