using System.Diagnostics;
using CommandLine;
using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;

namespace Functional.Optim.Samples.Tests.Processes;

/// <summary>What other programs do to the folder of a run.</summary>
public sealed class RunFolderTests(WholeRun shared) : IClassFixture<WholeRun>, IDisposable
{
    private const int WaitingSteps = 800;

    private readonly TemporaryFolder folder = new();
    private readonly SmallRun whole = shared.Run;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_folder_that_cannot_be_made_is_one_line_and_2()
    {
        string file = folder.Write("file", 1);
        string[] places = [file, $"{file}/below", .. OperatingSystem.IsLinux() ? ["/proc/run"] : (string[])[]];
        foreach (string place in places)
        {
            (int code, string output, string error) = SmallRun.Program.Run((whole with { Folder = place }).Arguments);
            Assert.Equal((ExitCode.WrongUse, ""), (code, output));
            Assert.Contains($"'{place}'", Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        }
    }

    [ShellFact]
    public void A_folder_that_is_removed_in_the_run_is_made_again()
    {
        SmallRun run = Waiting("run");
        (int code, _, string error) = SmallRun.Program.Interrupt(run.Arguments, "step     20", $"rm -r {run.Folder}");
        Assert.Equal(ExitCode.Success, code);
        // It may have been removed while a file was written.
        Assert.All(
            error.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.StartsWith($"Cannot write '{run.Folder}", line, StringComparison.Ordinal));
        Assert.Equal(WaitingSteps, run.Newest().Step);
        Assert.Equal(Enumerable.Range(1, WaitingSteps), run.Reports().Select(report => (int)report.Step));
        Assert.True(ParameterFile.Load<float>(run.At(SmallRun.Parameters)).IsSucc);
        (run with { Options = "" }).ToEnd();
    }

    [ShellFact]
    public void A_second_run_in_the_folder_is_refused_and_harms_nothing()
    {
        SmallRun run = Waiting("run"), alone = Waiting("alone");
        alone.ToEnd();
        using Process first = Process.Start(SmallRun.Program.Redirected(run.Arguments))!;
        try
        {
            while (first.StandardOutput.ReadLine() is { } line && !line.StartsWith("step ", StringComparison.Ordinal))
            {
            }

            foreach (string arguments in (string[])[run.Arguments, run.Arguments.Replace(
                "--resume", "", StringComparison.Ordinal)])
            {
                (int code, _, string error) = SmallRun.Program.Run(arguments);
                Assert.Equal(ExitCode.WrongUse, code);
                Assert.Contains(
                    "another run", Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
            }

            Task<string> output = first.StandardOutput.ReadToEndAsync(), errors = first.StandardError.ReadToEndAsync();
            Assert.True(first.WaitForExit(TimeSpan.FromMinutes(5)), "the run goes on after five minutes");
            Assert.Equal(("", ExitCode.Success), (errors.Result, first.ExitCode));
        }
        finally
        {
            if (!first.HasExited) first.Kill();
        }

        alone.AssertSame(run);
    }

    [ShellFact("/dev/full")]
    public void An_output_that_is_full_stops_no_training()
    {
        SmallRun run = whole with { Folder = folder.At("run") };
        (int code, _, string error) = SmallRun.Program.RunInShell($"$PROGRAM {run.Arguments} >/dev/full");
        Assert.Equal(ExitCode.Failure, code);
        Assert.StartsWith("not all of the output could be written: ", Assert.Single(error.TrimEnd().Split('\n')),
            StringComparison.Ordinal);
        whole.AssertSame(run);
    }

    [Fact]
    public void Temporary_files_of_killed_runs_are_removed_by_the_next_even_if_the_clock_was_set_back()
    {
        SmallRun killed = shared.KilledIn(folder.At("run"));
        File.WriteAllBytes(killed.At(".lock"), []);
        File.WriteAllBytes(killed.At(".0123456789abcdef.a1b2c3d4.xyz.unfinished"), [1, 2, 3]);
        File.WriteAllBytes(killed.At(".fedcba9876543210.a1b2c3d4.xyz.unfinished"), [1, 2, 3]);
        DateTime future = DateTime.UtcNow.AddYears(3);
        foreach (string file in Directory.GetFiles(killed.Folder).Where(file => Path.GetFileName(file)[..2] != ".0"))
        {
            File.SetLastWriteTimeUtc(file, future);
            future = future.AddDays(-1);
        }

        killed.ToEnd();
        whole.AssertSame(killed);
    }

    /// <summary>A run that waits for a reader of its output, as that is longer than what a pipe holds.</summary>
    private SmallRun Waiting(string name) => whole with
    {
        Folder = folder.At(name),
        Options = $"--steps {WaitingSteps} --checkpoint-every 100 --eval-every 1",
    };
}
