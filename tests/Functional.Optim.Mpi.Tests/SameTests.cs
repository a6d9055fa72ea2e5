using Functional.Optim.Mpi.Tests.Processes;

namespace Functional.Optim.Mpi.Tests;

/// <summary>What must be the same on every rank.</summary>
public class SameTests
{
    [MpiTheory]
    [InlineData(1, "the same")]
    [InlineData(2, "--seed is '7' (rank 0), '8' (rank 1); text is nothing (rank 0), 'a; b' (rank 1).")]
    [InlineData(
        4, "--seed is '7' (ranks 0, 2, 3), '8' (rank 1); text is nothing (ranks 0, 2, 3), 'a; b' (rank 1).")]
    public void Every_rank_is_told_the_same_of_what_differs(int count, string differences)
    {
        RankProgram.Outcome run = RankProgram.Run(count, "same");
        Assert.Equal((0, ""), (run.Code, string.Join('\n', run.Error)));
        string expected = count == 1
            ? differences
            : $"The ranks of one run must be the same, and differ: {differences}";
        Assert.Equal(Enumerable.Repeat(expected, count), run.Output);
    }

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
