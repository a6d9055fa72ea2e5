using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>Texts that processes exchange.</summary>
public static class RankTexts
{
    /// <summary>Each process gives a text, and gets those of all, in the order of ranks.</summary>
    /// <param name="ranks">The processes.</param>
    /// <param name="text">The text of this one.</param>
    /// <exception cref="OverflowException">The texts together have 2³¹ characters or more.</exception>
    public static ImmutableArray<string> AllGather(this IRanks ranks, string text)
    {
        ArgumentNullException.ThrowIfNull(ranks);
        ArgumentNullException.ThrowIfNull(text);
        Span<int> lengths = new int[ranks.Count], starts = new int[ranks.Count + 1];
        for (int rank = 0; rank <= ranks.Count; rank++) starts[rank] = rank;
        lengths[ranks.Rank] = text.Length;
        ranks.AllGather(lengths, starts);
        for (int rank = 0; rank < ranks.Count; rank++) starts[rank + 1] = checked(starts[rank] + lengths[rank]);
        Span<char> whole = new char[starts[ranks.Count]];
        text.CopyTo(whole[starts[ranks.Rank]..]);
        ranks.AllGather(whole, starts);
        ImmutableArray<string>.Builder texts = ImmutableArray.CreateBuilder<string>(ranks.Count);
        for (int rank = 0; rank < ranks.Count; rank++) texts.Add(whole[starts[rank]..starts[rank + 1]].ToString());
        return texts.MoveToImmutable();
    }
}
