using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;
using LanguageExt;

namespace Functional.Optim.Tests.Training;

public sealed class CheckpointFolderTests : IDisposable
{
    private static readonly ParameterTree<float> Parameters = ParameterTree.Of(Leaf.Of("w", [2], [1f, 2f]));

    private static readonly Optimizer Adam = AdamW.Of(0.1);

    private readonly TemporaryFolder temporary = new();
    private readonly string path;

    public CheckpointFolderTests() => path = temporary.At("run");

    public void Dispose() => temporary.Dispose();

    [Fact]
    public void The_newest_by_step_are_kept_and_the_best_beside_them()
    {
        using CheckpointFolder folder = CheckpointFolder.Open(path).ThrowIfFail();
        foreach (long step in (long[])[5, 20, 100, 3])
        {
            folder.TrySave(At(step), keep: 2).ThrowIfFail();

            // The clock does not decide.
            foreach (string file in Directory.GetFiles(path, "*.safetensors"))
                File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddDays(1000 - step));
        }

        folder.TrySaveBest(At(20)).ThrowIfFail();
        Assert.Equal(
            [
                ".lock", "best.safetensors", "checkpoint-0000000003.safetensors", "checkpoint-0000000100.safetensors",
            ],
            Files());
        Assert.Equal(100, folder.Newest<float>(Adam).ThrowIfFail().Checkpoint.Step);
    }

    [Fact]
    public void A_damaged_checkpoint_is_skipped_and_said()
    {
        using CheckpointFolder folder = CheckpointFolder.Open(path).ThrowIfFail();
        string[] files = [.. ((long[])[1, 2, 3]).Select(step => folder.TrySave(At(step), keep: 9).ThrowIfFail())];
        Damage(files[2]);
        File.WriteAllBytes(files[1], File.ReadAllBytes(files[1])[..^3]);
        FoundCheckpoint<float> found = folder.Newest<float>(Adam).ThrowIfFail();
        Assert.Equal((files[0], 1), (found.Path, found.Checkpoint.Step));
        Assert.Equal(2, found.Refused.Length);
        Assert.Contains(
            $"'{files[2]}': it is damaged: its checksum differs", found.Refused[0], StringComparison.Ordinal);
        Assert.Equal(files[0], CheckpointFolder.Find(path).ThrowIfFail());
        Assert.Equal(files[2], CheckpointFolder.Find(files[2]).ThrowIfFail());
        Assert.EndsWith(
            $"its checksum differs. The newest good checkpoint beside it is '{files[0]}'.",
            ErrorOf(CheckpointFile.Load<float>(files[2])),
            StringComparison.Ordinal);
        Damage(files[0]);
        string all = ErrorOf(folder.Newest<float>());
        Assert.All(files, file => Assert.Contains(file, all, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', all);
        folder.TrySaveBest(At(2)).ThrowIfFail();
        Assert.EndsWith("best.safetensors", CheckpointFolder.Find(path).ThrowIfFail(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_of_another_optimizer_is_refused()
    {
        using CheckpointFolder folder = CheckpointFolder.Open(path).ThrowIfFail();
        Assert.Contains("there is none", ErrorOf(folder.Newest<float>()), StringComparison.Ordinal);
        folder.TrySave(At(1), keep: 1).ThrowIfFail();
        Assert.Contains(
            "The state was made by an optimizer that keeps",
            ErrorOf(folder.Newest<float>(Lion.Of(0.1))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_run_is_refused_until_the_first_has_ended()
    {
        CheckpointFolder first = CheckpointFolder.Open(path).ThrowIfFail();
        Assert.Equal(
            $"Cannot lock '{path}/.lock': another run has this folder open.", ErrorOf(CheckpointFolder.Open(path)));
        first.TrySave(At(1), keep: 1).ThrowIfFail();
        Assert.Equal(1, CheckpointFolder.NewestIn<float>(path).ThrowIfFail().Checkpoint.Step);
        first.Dispose();
        CheckpointFolder.Open(path).ThrowIfFail().Dispose();
    }

    [Fact]
    public void A_folder_that_was_removed_is_made_again_unless_another_run_has_it_now()
    {
        using CheckpointFolder folder = CheckpointFolder.Open(path).ThrowIfFail();
        folder.TrySave(At(1), keep: 1).ThrowIfFail();
        Directory.Delete(path, recursive: true);
        folder.TrySave(At(2), keep: 1).ThrowIfFail();
        Assert.Equal([".lock", "checkpoint-0000000002.safetensors"], Files());
        Assert.True(CheckpointFolder.Open(path).IsFail);
        Directory.Delete(path, recursive: true);
        using CheckpointFolder other = CheckpointFolder.Open(path).ThrowIfFail();
        Assert.Equal(
            $"Cannot write '{path}/checkpoint-0000000003.safetensors': another run has this folder open.",
            ErrorOf(folder.TrySave(At(3), keep: 1)));
        other.TrySave(At(4), keep: 1).ThrowIfFail();
    }

    [Fact]
    public void Temporary_files_of_killed_runs_are_removed_when_the_folder_is_opened()
    {
        Directory.CreateDirectory(path);
        File.WriteAllBytes(Path.Combine(path, ".0123456789abcdef.abc.unfinished"), [1]);
        using CheckpointFolder folder = CheckpointFolder.Open(path).ThrowIfFail();
        Assert.Equal([".lock"], Files());
    }

    [Fact]
    public void A_save_that_fails_removes_nothing()
    {
        using CheckpointFolder folder = CheckpointFolder.Open(path).ThrowIfFail();
        folder.TrySave(At(1), keep: 1).ThrowIfFail();
        Directory.CreateDirectory(Path.Combine(path, "checkpoint-0000000002.safetensors"));
        Assert.Contains("it is a directory", ErrorOf(folder.TrySave(At(2), keep: 1)), StringComparison.Ordinal);
        Assert.Equal(1, folder.Newest<float>().ThrowIfFail().Checkpoint.Step);
        Assert.Throws<ArgumentOutOfRangeException>(() => folder.TrySave(At(2), keep: 0));
    }

    private static Checkpoint<float> At(long step)
    {
        OptimizerState<float> start = Adam.Init(Parameters);
        return new(new(Parameters, new(
            step, start.SlotNames, start.Identity, [start[0], start[1]], default, default)));
    }

    private static void Damage(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
    }

    private static string ErrorOf<T>(Fin<T> result) =>
        result.Match(Succ: _ => "no error", Fail: error => error.Message);

    private string[] Files() =>
        [.. Directory.GetFiles(path).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
}
