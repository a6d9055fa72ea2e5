using System.Diagnostics;
using Functional.Optim.Mpi.Tests.Processes;

namespace Functional.Optim.Mpi.Tests;

/// <summary>One rank ends while the others wait for it: the job ends within the limit of the program's runs.</summary>
public class EndedRankTests
{
    private const int Count = 2;

    [MpiTheory]
    [InlineData("throw", 1, "unhandled exception: System.InvalidOperationException: a rank that throws")]
    [InlineData("throw-aside", 1, "unhandled exception: System.InvalidOperationException: a thread that throws")]
    [InlineData("return-0", 1, "its process ends before the work is complete.")]
    [InlineData("abort", 9, "a rank that aborts")]
    public void It_tells_why_and_ends_the_job(string how, int code, string message) =>
        AssertEnded(RankProgram.Run(Count, how), code, message);

    [MpiFact]
    public void One_that_returns_has_time_to_tell_why()
    {
        RankProgram.Outcome run = RankProgram.Run(Count, "return");
        AssertEnded(run, 7, "its process ends before the work is complete.");
        Assert.Equal("a rank that returns", run.Error[0]);
    }

    [MpiFact]
    public void One_that_is_sent_more_than_it_receives_ends_the_job() =>
        Assert.NotEqual(0, RankProgram.Run(Count, "send-more").Code);

    [MpiFact]
    public void One_that_is_killed_ends_the_others()
    {
        RankProgram.Outcome run = RankProgram.Run(Count, "kill");
        Assert.Equal(9, run.Code);
        Assert.Contains(run.Output, line => line.Contains("Killed (signal 9)", StringComparison.Ordinal));
        int[] processes =
        [
            .. run.Output.Where(line => line.StartsWith("process ", StringComparison.Ordinal))
                .Select(line => int.Parse(line.Split(' ')[1], null)),
        ];
        Assert.Equal(Count, processes.Length);
        Assert.DoesNotContain(Process.GetProcesses(), process => processes.Contains(process.Id));
    }

    private static void AssertEnded(RankProgram.Outcome run, int code, string message)
    {
        Assert.Equal(code, run.Code);
        Assert.Equal(
            [$"Rank 1 of {Count} ends the job: {message}"],
            run.Error.Where(line => line.StartsWith("Rank ", StringComparison.Ordinal)));
    }
}
