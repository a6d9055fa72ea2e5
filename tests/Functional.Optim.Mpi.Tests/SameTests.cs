using Functional.Optim.Mpi.Tests.Processes;

namespace Functional.Optim.Mpi.Tests;

/// <summary>What must be the same on every rank.</summary>
public class SameTests
{
    private const int Count = 3;

    [MpiFact]
    public void Every_rank_is_told_the_same_of_what_differs()
    {
        RankProgram.Outcome run = RankProgram.Run(Count, "same");
        Assert.Equal((0, ""), (run.Code, string.Join('\n', run.Error)));
        const string Expected = "The ranks of one run must be the same, and differ: "
            + "--seed is '7' (ranks 0, 2), '8' (rank 1); text is nothing (ranks 0, 2), 'a; b' (rank 1).";
        Assert.Equal(Enumerable.Repeat(Expected, Count), run.Output);
    }

    [Fact]
    public void One_rank_differs_from_none() =>
        Assert.True(Ranks.Alone.RequireSame(new Dictionary<string, string> { ["--seed"] = "7" }).IsSucc);

    [Fact]
    public void Of_many_ranks_some_are_named()
    {
        Dictionary<string, string>[] ranks =
            [.. Enumerable.Range(0, 13).Select(rank => new Dictionary<string, string> { ["size"] = $"{rank / 12}" })];
        Assert.Equal(
            "The ranks of one run must be the same, and differ: "
            + "size is '0' (ranks 0, 1, 2, 3, 4, 5, 6, 7 and 4 more), '1' (rank 12).",
            RankDifferences.In([.. ranks]).Match(Succ: _ => "", Fail: error => error.Message));
    }
}
