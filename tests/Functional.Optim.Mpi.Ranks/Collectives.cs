using System.Numerics;
using Functional.Optim;
using Functional.Optim.Mpi;
using Functional.Optim.Mpi.Examples;

/// <summary>Every collective against what it has to give; a rank that finds another result throws.</summary>
internal static class Collectives
{
    /// <returns>What this rank must have sent to others, in bytes.</returns>
    internal static long Check(Ranks ranks)
    {
        long sent = Of<float>(ranks) + Of<double>(ranks) + Of<byte>(ranks) + Of<ushort>(ranks) + Of<long>(ranks);
        sent += Texts(ranks) + Sums(ranks);
        AllocatesNothing(ranks, ref sent);
        ranks.Barrier();
        return sent;
    }

    /// <summary>How many one rank sends to another: some send nothing, some nothing to itself.</summary>
    private static int Length(int from, int to) => ((3 * from) + (5 * to)) % 4 * (from + 1);

    private static unsafe long Of<T>(Ranks ranks)
        where T : unmanaged, INumber<T>
    {
        (int own, int[] all) = (ranks.Rank, [.. Enumerable.Range(0, ranks.Count)]);
        // The ranges begin after the first element, and the others around them stay.
        int[] sendStarts = Bounds(all.Select(to => Length(own, to)), first: 1),
            receiveStarts = Bounds(all.Select(from => Length(from, own)), first: 2);
        T[] send = Filled(own, own, sendStarts[^1] + 1), receive = Filled(0, 0, receiveStarts[^1] + 1),
            expected = [.. receive];
        foreach (int other in all)
        {
            Filled(own, other, Length(own, other)).CopyTo(send, sendStarts[other]);
            Filled(other, own, Length(other, own)).CopyTo(expected, receiveStarts[other]);
        }

        ranks.AllToAll<T>(send, sendStarts, receive, receiveStarts);
        Same(expected, receive);

        int[] starts = Bounds(all.Select(rank => Length(rank, 1)), first: 1);
        T[] whole = Filled(0, 0, starts[^1] + 1), gathered = [.. whole];
        foreach (int rank in all) Filled(rank, 7, Length(rank, 1)).CopyTo(gathered, starts[rank]);
        gathered.AsSpan(starts[own]..starts[own + 1]).CopyTo(whole.AsSpan(starts[own]));
        ranks.AllGather<T>(whole, starts);
        Same(gathered, whole);

        int root = ranks.Count - 1;
        T[] told = own == root ? Filled(root, 3, 1000) : new T[1000];
        ranks.Broadcast<T>(told, root);
        Same(Filled(root, 3, 1000), told);
        ranks.Broadcast<T>([]);

        int sent = all.Where(to => to != own).Sum(to => Length(own, to)) + (Length(own, 1) * (ranks.Count - 1))
            + (own == root ? 1000 * (ranks.Count - 1) : 0);
        return (long)sent * sizeof(T);

        static T[] Filled(int from, int to, int length) =>
            [.. Enumerable.Range(0, length).Select(index => T.CreateTruncating((100 * from) + (10 * to) + index))];
    }

    private static long Texts(Ranks ranks)
    {
        string[] texts = [.. Enumerable.Range(0, ranks.Count).Select(Text)];
        Same(texts, [.. ranks.AllGather(texts[ranks.Rank])]);
        return (sizeof(int) + (sizeof(char) * texts[ranks.Rank].Length)) * (ranks.Count - 1);

        static string Text(int rank) => string.Concat(Enumerable.Repeat("rank é \n", rank));
    }

    private static long Sums(Ranks ranks)
    {
        float[] mine = [.. Enumerable.Range(0, 840).Select(index => index + (1000f * ranks.Rank))];
        int ofRanks = Enumerable.Range(0, ranks.Count).Sum();
        Same([.. Enumerable.Range(0, 840).Select(index => (ranks.Count * index) + (1000f * ofRanks))],
            RankSum.Of(ranks, mine));
        return 2 * sizeof(float) * (840 / ranks.Count) * (ranks.Count - 1);
    }

    /// <summary>
    /// Counts the bytes of several windows of calls, as the runtime allocates now and then: in one there are none.
    /// </summary>
    private static void AllocatesNothing(Ranks ranks, ref long sent)
    {
        const int Windows = 4, Calls = 3, Share = 1000;
        int[] starts = Bounds(Enumerable.Repeat(Share, ranks.Count), first: 0);
        double[] send = new double[starts[^1]], receive = new double[starts[^1]];
        long least = long.MaxValue;
        for (int window = 0; window < Windows; window++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int call = 0; call < Calls; call++)
            {
                ranks.AllToAll<double>(send, starts, receive, starts);
                ranks.AllGather<double>(send, starts);
                ranks.Broadcast<double>(send);
                ranks.Barrier();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            sent += Calls * sizeof(double) * Share * (ranks.Count - 1) * (ranks.Rank == 0 ? 2 + ranks.Count : 2);
        }

        Same([0], [least]);
    }

    private static int[] Bounds(IEnumerable<int> lengths, int first)
    {
        List<int> bounds = [first];
        foreach (int length in lengths) bounds.Add(bounds[^1] + length);
        return [.. bounds];
    }

    private static void Same<T>(T[] expected, T[] found)
    {
        if (!expected.AsSpan().SequenceEqual(found))
            throw new InvalidOperationException(
                $"expected {string.Join(' ', expected.Take(50))}, found {string.Join(' ', found.Take(50))}");
    }
}
