using LanguageExt;

namespace Functional.Optim.Mpi.Examples;

/// <summary>The example of ranks in the README of the sources: the sum of an array of every rank.</summary>
internal static class RankSum
{
    internal static float[] Of(Ranks ranks, float[] mine)
    {
        #region samples/Guides/Training/README.md
        int share = mine.Length / ranks.Count;
        int[] starts = [.. Enumerable.Range(0, ranks.Count + 1).Select(rank => rank * share)];
        float[] received = new float[ranks.Count * share], sum = new float[mine.Length];

        ranks.AllToAll<float>(mine, starts, received, starts);       // this rank's range of the array of each
        Span<float> own = sum.AsSpan(starts[ranks.Rank], share);
        for (int rank = 0; rank < ranks.Count; rank++)               // in an order that does not depend on time
            for (int index = 0; index < share; index++) own[index] += received[starts[rank] + index];
        ranks.AllGather<float>(sum, starts);                         // the ranges of all
        #endregion
        return sum;
    }
}
