using System.Globalization;
using Functional.Optim.Mpi.Tests.Processes;

namespace Functional.Optim.Mpi.Tests;

/// <summary>Training on ranks: the same bits on any number of them, the bytes that it sends, the state that it keeps.</summary>
public class TrainingTests
{
    [MpiTheory]
    [InlineData("clipByGlobalNorm(maximum=1) then adamW(learningRate=0.01)", 0.02, 2, 8)]
    [InlineData("clipByGlobalNorm(maximum=1) then partition(hiddenMatrices=muon(learningRate=0.02), "
        + "all=adamW(learningRate=0.01).withState(bFloat16))", null, 4)]
    [InlineData("prodigy", null, 2)]
    public void Any_number_of_ranks_has_the_bits_of_one(string optimizer, double? balance, params int[] counts)
    {
        string one = TrainedModel.Train(Ranks.Alone, () => 0, optimizer).Result;
        foreach (int count in counts)
        {
            RankProgram.Outcome run = RankProgram.Run(count, $"train:{optimizer}");
            Assert.Equal((0, ""), (run.Code, string.Join('\n', run.Error)));
            Assert.Equal(count, run.Output.Length);
            foreach (string line in run.Output)
            {
                string[] parts = line.Split(" | ");
                Assert.Equal(one, parts[0]);
                double sent = Number(parts[1]), bound = Number(parts[2]), share = Number(parts[3]);
                if (balance is not { } allowed) continue;
                // The bound of an all-reduce, and equal shares but for where leaves may be cut.
                Assert.InRange(sent, 0.99 * bound, 1.01 * bound);
                Assert.InRange(share, (1 - allowed) / count, (1 + allowed) / count);
            }
        }
    }

    /// <summary>What the simulation of scaling counts.</summary>
    [MpiFact]
    public void What_a_process_counts_by_itself_is_what_it_sends_to_others()
    {
        RankProgram.Outcome run = RankProgram.Run(
            4, "count:clipByGlobalNorm(maximum=1) then adamW(learningRate=0.01)");
        Assert.Equal((0, ""), (run.Code, string.Join('\n', run.Error)));
        Assert.Equal(4, run.Output.Length);
        Assert.All(run.Output, line =>
        {
            string[] parts = line.Split(" | ");
            Assert.Equal(parts[0], parts[1]);
            Assert.True(Number(parts[0]) > 0);
        });
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
