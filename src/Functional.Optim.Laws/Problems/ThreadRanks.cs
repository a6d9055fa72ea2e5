using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Functional.Optim.Laws;

/// <summary>Threads in the place of processes. One that throws ends the others at their next exchange.</summary>
internal sealed class ThreadRanks : IRanks
{
    private readonly Meeting meeting;

    private ThreadRanks(int rank, Meeting meeting) => (Rank, this.meeting) = (rank, meeting);

    public int Rank { get; }

    public int Count => meeting.Barrier.ParticipantCount;

    /// <summary>Runs every rank on a thread of its own; throws the first exception of one.</summary>
    internal static void Run(int count, Action<IRanks> run)
    {
        using Meeting meeting = new(count);
        Exception? first = null;
        Thread[] threads = new Thread[count];
        for (int rank = 0; rank < count; rank++)
        {
            ThreadRanks ranks = new(rank, meeting);
            threads[rank] = new Thread(() =>
            {
                try
                {
                    run(ranks);
                }
                catch (Exception exception)
                {
                    if (exception is not OperationCanceledException)
                        Interlocked.CompareExchange(ref first, exception, null);
                    meeting.Broken.Cancel();
                }
            });
            threads[rank].Start();
        }

        foreach (Thread thread in threads) thread.Join();
        if (first is not null) ExceptionDispatchInfo.Throw(first);
    }

    public void AllGather<T>(Span<T> whole, ReadOnlySpan<int> starts)
        where T : unmanaged
    {
        (int start, int end) = (starts[Rank], starts[Rank + 1]);
        meeting.Parts[Rank] = MemoryMarshal.AsBytes(whole[start..end]).ToArray();
        meeting.Meet();
        for (int other = 0; other < Count; other++)
            MemoryMarshal.Cast<byte, T>(meeting.Parts[other]).CopyTo(whole[starts[other]..]);
        meeting.Meet();
    }

    public void AllToAll<T>(
        ReadOnlySpan<T> send, ReadOnlySpan<int> sendStarts, Span<T> receive, ReadOnlySpan<int> receiveStarts)
        where T : unmanaged
    {
        meeting.Parts[Rank] = MemoryMarshal.AsBytes(send).ToArray();
        meeting.Firsts[Rank] = [.. sendStarts];
        meeting.Meet();
        for (int other = 0; other < Count; other++)
        {
            MemoryMarshal.Cast<byte, T>(meeting.Parts[other])
                .Slice(meeting.Firsts[other][Rank], receiveStarts[other + 1] - receiveStarts[other])
                .CopyTo(receive[receiveStarts[other]..]);
        }

        meeting.Meet();
    }

    private sealed class Meeting(int count) : IDisposable
    {
        internal Barrier Barrier { get; } = new(count);

        internal CancellationTokenSource Broken { get; } = new();

        internal byte[][] Parts { get; } = new byte[count][];

        internal int[][] Firsts { get; } = new int[count][];

        internal void Meet() => Barrier.SignalAndWait(Broken.Token);

        public void Dispose()
        {
            Barrier.Dispose();
            Broken.Dispose();
        }
    }
}
