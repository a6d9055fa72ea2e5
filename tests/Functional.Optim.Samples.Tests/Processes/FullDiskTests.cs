using CommandLine;
using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;

namespace Functional.Optim.Samples.Tests.Processes;

/// <summary>Runs whose files do not fit.</summary>
public sealed class FullDiskTests(WholeRun shared) : IClassFixture<WholeRun>, IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly SmallRun whole = shared.Run;

    public void Dispose() => folder.Dispose();

    [ShellFact]
    public void A_checkpoint_that_does_not_fit_is_told_and_training_goes_on_and_nothing_is_lost()
    {
        SmallRun killed = shared.KilledIn(folder.At("run"));
        // Files of 64 blocks of 512 bytes hold the parameters, but no state. The runtime's own memory is a file too.
        (int code, string output, string error) = SmallRun.Program.RunInShell(
            "trap '' XFSZ; export DOTNET_EnableWriteXorExecute=0; ulimit -f 64; "
            + $"$PROGRAM {killed.Arguments}", folder.Root);
        Assert.Equal(ExitCode.Failure, code);
        string newest = killed.CheckpointAt(WholeRun.Steps);
        Assert.Contains(
            error.Split('\n'), line => line.StartsWith($"Cannot write '{newest}': ", StringComparison.Ordinal));
        Assert.Contains($"after {WholeRun.Steps} steps", output, StringComparison.Ordinal);
        Assert.Equal([40, 50], killed.Saved());
        Assert.Equal(whole.Reports(), killed.Reports());
        Assert.True(ParameterFile.Load<float>(killed.At(SmallRun.Parameters)).IsSucc);
        Assert.Empty(Directory.GetFiles(killed.Folder, "*.unfinished"));
        killed.ToEnd();
        whole.AssertSame(killed);
    }

    [MountFact]
    public void A_disk_that_fills_up_is_told_and_training_goes_on_and_nothing_is_lost()
    {
        // The disk holds two checkpoints, and not the third beside them.
        (string disk, string copy) = (folder.At("disk"), folder.At("copy"));
        Directory.CreateDirectory(disk);
        SmallRun run = whole with { Folder = disk };
        (int code, string output, string error) = SmallRun.Program.RunInShell(
            $"{MountFactAttribute.Shell} 'mount -t tmpfs -o size=140k tmpfs {disk}; $PROGRAM {run.Arguments}; code=$?; "
            + $"cp -r {disk} {copy}; exit $code'", folder.Root);
        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains(error.Split('\n'), line => line.StartsWith($"Cannot write '{disk}/", StringComparison.Ordinal));
        Assert.Contains($"after {WholeRun.Steps} steps", output, StringComparison.Ordinal);
        SmallRun copied = whole with { Folder = copy };
        Assert.NotEmpty(copied.Saved());
        Assert.Empty(Directory.GetFiles(copy, "*.unfinished"));
        copied.ToEnd();
        Assert.Equal(whole.Newest().State, copied.Newest().State);
        Assert.Equal(
            File.ReadAllBytes(whole.At(SmallRun.Parameters)), File.ReadAllBytes(copied.At(SmallRun.Parameters)));
    }

    [MountFact]
    public void A_disk_that_became_read_only_is_refused_in_one_line()
    {
        (string disk, string files) = (folder.At("disk"), shared.KilledIn(folder.At("files")).Folder);
        Directory.CreateDirectory(disk);
        (int code, _, string error) = SmallRun.Program.RunInShell(
            $"{MountFactAttribute.Shell} 'mount -t tmpfs tmpfs {disk}; cp {files}/* {disk}; touch {disk}/.lock; "
            + $"mount -o remount,ro {disk}; $PROGRAM {(whole with { Folder = disk }).Arguments}'");
        Assert.Equal(ExitCode.WrongUse, code);
        string line = Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Contains("read-only", line, StringComparison.OrdinalIgnoreCase);
    }
}
