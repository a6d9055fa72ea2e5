using System.Numerics;
using Functional.Optim.Laws;
using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;

namespace Functional.Optim.Tests.Training;

/// <summary>
/// Several processes, which are threads here, write the checkpoint of one, and any number of them reads it.
/// </summary>
public sealed class SharedCheckpointTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string shared, alone;

    public SharedCheckpointTests() => (shared, alone) = (folder.At("shared"), folder.At("alone"));

    public static TheoryData<string> OfGradients =>
        [.. Laws.Catalogue.All.Where(each => each.Optimizer is not FunctionOptimizer).Select(each => each.Name)];

    public void Dispose() => folder.Dispose();

    /// <summary>Parameters, slots of any shape and format, scalars, counters, names and texts.</summary>
    [Theory]
    [MemberData(nameof(OfGradients))]
    public void Three_processes_write_the_bytes_of_one_and_two_read_their_parts(string name)
    {
        Optimizer optimizer = Laws.Catalogue.Get(name);
        Check<float>(optimizer);
        Check<double>(optimizer);
    }

    [Fact]
    public void What_fails_on_one_process_fails_on_all_and_leaves_the_file()
    {
        Optimizer optimizer = AdamW.Of(0.1);
        CheckpointFile.Save(Of(Problem.Sample.After<float>(optimizer)), shared);
        byte[] before = File.ReadAllBytes(shared);
        string[] errors = new string[3];
        ThreadRanks.Run(3, ranks =>
        {
            Checkpoint<float> own = Of(At<float>(optimizer, ranks));
            if (ranks.Rank == 1) own = own with { OptimizerText = "half of a pair: \ud800" };
            errors[ranks.Rank] = CheckpointFile.TrySave(own, shared).Match(Succ: _ => "", Fail: error => error.Message);
        });
        Assert.All(errors, error => Assert.Equal(
            $"Cannot write '{shared}': the text of the optimizer has half of a surrogate pair at character 16.",
            error));
        Assert.Equal(before, File.ReadAllBytes(shared));
        Assert.Equal([shared], Directory.GetFiles(folder.Root));
    }

    [Theory]
    [InlineData("no such directory", "missing/file")]
    [InlineData("it is a directory", ".")]
    public void A_file_that_cannot_be_written_is_told_by_all(string reason, string name) =>
        ThreadRanks.Run(3, ranks => Assert.Contains(
            reason,
            CheckpointFile.TrySave(Of(At<float>(Sgd.Of(0.1), ranks)), folder.At(name))
                .Match(Succ: _ => "", Fail: error => error.Message),
            StringComparison.Ordinal));

    [Fact]
    public void A_shard_of_another_tree_or_optimizer_is_refused_by_all()
    {
        CheckpointFile.Save(Of(Problem.Sample.After<float>(AdamW.Of(0.1))), shared);
        ParameterTree<float> other = ParameterTree.Of(Leaf.Of("other", [2], [1f, 2]));
        ThreadRanks.Run(2, ranks =>
        {
            Assert.Contains("leaf 0", Load(AdamW.Of(0.1), other.Layout), StringComparison.Ordinal);
            Assert.Contains("rprop", Load(Rprop.Of(0.1), Layout<float>()), StringComparison.OrdinalIgnoreCase);
            Assert.Equal("", Load(AdamW.Of(0.2), Layout<float>()));

            string Load(Optimizer optimizer, TreeLayout layout) =>
                CheckpointFile.Load<float>(shared, optimizer, TreeShard.Of(optimizer, layout, ranks))
                    .Match(Succ: _ => "", Fail: error => error.Message);
        });
    }

    [Fact]
    public void A_folder_keeps_and_finds_the_checkpoints_of_the_whole()
    {
        Optimizer optimizer = Clip.ByGlobalNorm(1).Then(AdamW.Of(0.1));
        ThreadRanks.Run(4, ranks =>
        {
            TreeShard shard = TreeShard.Of(optimizer, Layout<float>(), ranks);
            using CheckpointFolder open = CheckpointFolder.Open(folder.Root, shard).ThrowIfFail();
            (ParameterTree<float> Parameters, OptimizerState<float> State) at = At<float>(optimizer, ranks);
            string newest = "";
            for (int step = 0; step < 3; step++)
            {
                newest = open.TrySave(Of(at), keep: 2).ThrowIfFail();
                at = optimizer.Step(at.Parameters, shard.Cut(Problem.Sample.Gradients<float>(1)), at.State);
            }

            if (ranks.Rank == 2) File.WriteAllText(newest, "damaged");
            FoundCheckpoint<float> found = open.Newest<float>(optimizer).ThrowIfFail();
            Assert.Equal(Problem.Updates + 1, found.Checkpoint.Step);
            Assert.Contains(newest, Assert.Single(found.Refused), StringComparison.Ordinal);
            // The first process removes them, which need not wait for the others.
            if (ranks.Rank == 0) Assert.Equal(2, Directory.GetFiles(folder.Root, "checkpoint-*").Length);
            Assert.Equal(folder.Root, open.TryRemoveAll().ThrowIfFail());
            Assert.False(CheckpointFolder.HasAny(folder.Root));
        });
        using CheckpointFolder own = CheckpointFolder.Open(folder.Root).ThrowIfFail();
        ThreadRanks.Run(2, ranks => Assert.Contains(
            "another run has this folder open",
            CheckpointFolder.Open(folder.Root, TreeShard.Of(optimizer, Layout<float>(), ranks))
                .Match(Succ: _ => "", Fail: error => error.Message),
            StringComparison.Ordinal));
    }

    private void Check<T>(Optimizer optimizer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Checkpoint<T> whole = Of(Problem.Sample.After<T>(optimizer));
        CheckpointFile.Save(whole, alone);
        // The state is that of the law of shards, so that the file has the bytes.
        ThreadRanks.Run(3, ranks =>
        {
            // Texts of other lengths than those of the first process, whose texts count, move nothing.
            string text = ranks.Rank == 0 ? "" : new('a', 100 * ranks.Rank);
            CheckpointFile.Save(Of(At<T>(optimizer, ranks)) with { OptimizerText = text }, shared);
        });
        Assert.Equal(File.ReadAllBytes(alone), File.ReadAllBytes(shared));
        ThreadRanks.Run(2, ranks =>
        {
            TreeShard shard = TreeShard.Of(optimizer, Layout<T>(), ranks);
            Checkpoint<T> own = CheckpointFile.Load<T>(shared, optimizer, shard).ThrowIfFail();
            Assert.Equal(Of(At<T>(optimizer, ranks)).State, own.State);
        });
    }

    private static TreeLayout Layout<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Problem.Sample.Parameters<T>().Layout;

    private static (ParameterTree<T> Parameters, OptimizerState<T> State) At<T>(Optimizer optimizer, IRanks ranks)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TreeShard shard = TreeShard.Of(optimizer, Layout<T>(), ranks);
        ParameterTree<T> parameters = shard.Cut(Problem.Sample.Parameters<T>());
        OptimizerState<T> state = optimizer.Init(parameters);
        for (int update = 1; update <= Problem.Updates; update++)
        {
            (parameters, state) = optimizer.Step(
                parameters, shard.Cut(Problem.Sample.Gradients<T>(update)), state);
        }

        return (parameters, state);
    }

    private static Checkpoint<T> Of<T>((ParameterTree<T> Parameters, OptimizerState<T> State) at)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new(new(at.Parameters, at.State));
}
