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
        string one = TrainedModel.Train(Ranks.Alone, optimizer).Result;
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

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
