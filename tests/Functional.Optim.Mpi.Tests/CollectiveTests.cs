using Functional.Optim.Mpi.Examples;
using Functional.Optim.Mpi.Tests.Processes;
using Functional.Optim.Training;

namespace Functional.Optim.Mpi.Tests;

/// <summary>What ranks do together.</summary>
public class CollectiveTests
{
    /// <summary>The ranks compare what they get, see <c>Collectives.cs</c> of the program.</summary>
    [MpiTheory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Each_gives_what_it_should_and_counts_what_it_sends(int count)
    {
        RankProgram.Outcome run = RankProgram.Run(count, "collectives");
        Assert.Equal((0, ""), (run.Code, string.Join('\n', run.Error)));
        Assert.Equal(count, run.Output.Length);
        Assert.All(Enumerable.Range(0, count), rank =>
        {
            string line = Assert.Single(
                run.Output, line => line.StartsWith($"rank {rank} of {count} sent ", StringComparison.Ordinal));
            string[] words = line.Split(' ');
            Assert.Equal(words[7], words[5]);
            Assert.NotEqual("0", words[5]);
        });
    }

    [Fact]
    public void The_sum_over_one_rank_is_its_own() => Assert.Equal([1, 2, 3], RankSum.Of(Ranks.Alone, [1, 2, 3]));

    [Fact]
    public async Task The_example_of_training_goes_to_where_the_gradient_is_0()
    {
        ParameterTree<float> start = ParameterTree.Of(Leaf.Of("w", [3], [1f, 2f, 3f]));
        TrainModel<float, int> model = new((parameters, batch, _) => (batch, parameters.Copy()));
        using TemporaryFolder folder = new();
        ParameterTree<float> trained = await TrainingOnRanks.Run(
            Ranks.Alone, Sgd.Of(0.5), model, static (_, index) => index, TrainerOptions.Of(steps: 4), start,
            folder.At("run"), CancellationToken.None);
        Assert.True(CheckpointFolder.HasAny(folder.At("run")));
        Assert.Equal([1 / 16f, 2 / 16f, 3 / 16f], trained.AsSpan("w").ToArray());
    }

    [MpiFact]
    public void The_runtime_still_makes_exceptions_of_signals()
    {
        RankProgram.Outcome run = RankProgram.Run(2, "exceptions");
        Assert.Equal((0, ""), (run.Code, string.Join('\n', run.Error)));
        Assert.Equal(
            Enumerable.Repeat($"{nameof(DivideByZeroException)} {nameof(NullReferenceException)}", 2), run.Output);
    }
}
