using System.Diagnostics;
using CommandLine;
using Functional.Optim.Samples.Tests.LanguageModel.Text;
using Functional.Optim.Tests.Processes;

namespace Functional.Optim.Samples.Tests.Processes;

/// <summary>Runs of MiniGpt as several processes have the files of one process, whatever happens to them.</summary>
public sealed class RankedRunTests : IDisposable
{
    private const string Parts = "--micro-batches 2 --eval-every 20 --checkpoint-every 50";

    /// <summary>Longer than anyone waits; with this schedule no step depends on how many follow.</summary>
    private const string Endless = "--steps 1000000 --schedule constant --warmup 0";

    private static readonly SampleProgram Two = new("MiniGpt", Processes: 2), Alone = new("MiniGpt");

    private readonly TemporaryFolder folder = new();
    private readonly string text;

    public RankedRunTests()
    {
        text = folder.At("text.txt");
        File.WriteAllText(text, Texts.Sentences(800));
    }

    public void Dispose() => folder.Dispose();

    [MpiFact]
    public void Two_processes_write_the_files_of_one()
    {
        SmallRun run = In("two", $"--steps 130 {Parts}"), alone = run with { Folder = folder.At("alone") };
        alone.ToEnd();
        (int code, string output, string error) = Two.Run($"{run.Arguments} --json");
        Assert.Equal(("", ExitCode.Success), (error, code));
        Assert.Contains("2 micro-batches a step, 1 of each of 2 processes", output, StringComparison.Ordinal);
        Assert.Contains("\"ranks\":2}", output, StringComparison.Ordinal);
        Assert.Single(output.Split('\n'), line => line.StartsWith("step     20", StringComparison.Ordinal));
        alone.AssertSame(run);
    }

    /// <summary>mpiexec notices it, and ends the others.</summary>
    [MpiFact]
    public void A_process_that_is_killed_ends_all_and_the_run_goes_on_alone()
    {
        SmallRun run = In("killed", $"{Endless} {Parts}");
        using Process job = Process.Start(Two.Redirected(run.Arguments))!;
        try
        {
            Task<string> error = job.StandardError.ReadToEndAsync(), output = job.StandardOutput.ReadToEndAsync();
            WaitUntil(() => run.LastReport() > 100);
            ProcessesOf(run)[^1].Kill();
            Assert.True(job.WaitForExit(TimeSpan.FromSeconds(30)), "the others go on, 30 seconds later");
            Assert.NotEqual(ExitCode.Success, job.ExitCode);
            Assert.Contains("Killed (signal 9)", output.Result + error.Result, StringComparison.Ordinal);
            WaitUntil(() => ProcessesOf(run).Length == 0);
        }
        finally
        {
            if (!job.HasExited) job.Kill(entireProcessTree: true);
        }

        Assert.Equal(0, run.Newest().Step % 50);
        GoesOnAlone(run);
    }

    [MpiFact]
    public void Ctrl_c_stops_all_after_one_step_and_the_run_goes_on_alone()
    {
        SmallRun run = In("interrupted", $"{Endless} {Parts}");
        (int code, _, string error) = Two.Interrupt(run.Arguments, "step     20");
        Assert.Equal(ExitCode.Interrupted, code);
        Assert.Contains(SampleProgram.Stopping, error, StringComparison.Ordinal);
        Assert.InRange(run.Newest().Step, run.LastReport(), run.LastReport() + 1);
        GoesOnAlone(run);
    }

    [MpiTheory]
    [InlineData("--micro-batches 1", "the number of processes is 2; allowed is a power of two up to --micro-batches")]
    [InlineData("--micro-batches 4", "--micro-batches is 4; allowed is a power of two that divides --batch, which is")]
    [InlineData("--find-rate", "--find-rate is one of 2 processes; allowed is one process")]
    [InlineData("--out /dev/null", "the output folder '/dev/null' is a file; allowed is a folder")]
    [InlineData("--text /no/such", "'/no/such'")]
    public void What_several_processes_cannot_do_is_told_once(string options, string message)
    {
        string given = options.Contains("--out", StringComparison.Ordinal) ? "" : $"--out {folder.At("refused")}";
        (int code, string output, string error) = Two.Run($"--steps 10 --batch 2 {given} {options}");
        Assert.Contains(message, Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.Equal((ExitCode.WrongUse, ""), (code, output));
    }

    [MpiFact]
    public void Other_command_lines_and_other_texts_are_named()
    {
        string[] folders = [folder.At("a"), folder.At("b")];
        foreach (string each in folders)
        {
            Directory.CreateDirectory(each);
            File.WriteAllText(Path.Combine(each, "text.txt"), $"{Texts.Sentences(800)}{each[^1]}");
        }

        SmallRun run = In("run", "--steps 10") with { TextFile = "text.txt" };
        Assert.Contains("text is 'sha256:", Differ(folders[0], folders[1], run.Arguments, run.Arguments),
            StringComparison.Ordinal);
        Assert.Contains("the command line is '", Differ(
            folders[0], folders[0], run.Arguments, $"{run.Arguments} --seed 8"), StringComparison.Ordinal);

        string Differ(string first, string second, string arguments, string others)
        {
            (int code, string output, string error) = Alone.RunInShell(
                $"{MpiFactAttribute.Starter} -n 1 -wdir {first} $PROGRAM {arguments} "
                + $": -n 1 -wdir {second} $PROGRAM {others}");
            Assert.Equal((ExitCode.WrongUse, ""), (code, output));
            return Assert.Single(error.TrimEnd().Split('\n'));
        }
    }

    [ShellFact]
    public void Where_MPI_is_missing_one_line_says_how_to_install_it()
    {
        (int code, string output, string error) = Alone.RunInShell(
            "PMI_SIZE=2 FUNCTIONAL_OPTIM_MPI_LIBRARY=no-such-library $PROGRAM --steps 1");
        Assert.Equal((ExitCode.Failure, ""), (code, output));
        Assert.Contains("install", Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    private SmallRun In(string name, string options) => new(text, folder.At(name), options);

    /// <summary>One process makes some steps more, and has the state of one that made them all.</summary>
    private void GoesOnAlone(SmallRun run)
    {
        long steps = run.Newest().Step + 30;
        string options = run.Options.Replace("1000000", $"{steps}", StringComparison.Ordinal);
        SmallRun further = run with { Options = $"{options} --allow-change steps" },
            whole = In("whole", options);
        further.ToEnd();
        whole.ToEnd();
        Assert.Equal(steps, further.Newest().Step);
        Assert.Equal(whole.Newest().State, further.Newest().State);
        // A run of so many steps reports some of them only.
        Dictionary<long, double> losses = whole.Reports().ToDictionary(report => report.Step, report => report.Loss);
        Assert.All(further.Reports(), report => Assert.Equal(losses[report.Step], report.Loss));
    }

    private static void WaitUntil(Func<bool> isSo)
    {
        long began = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromMinutes(2), "it is not so after two minutes");
            Thread.Sleep(5);
        }
    }

    /// <summary>The processes that train a run, without the one that started them.</summary>
    private static Process[] ProcessesOf(SmallRun run) =>
    [
        .. Process.GetProcessesByName("dotnet").Where(process =>
        {
            string file = $"/proc/{process.Id}/cmdline";
            try
            {
                return File.ReadAllText(file).Contains(run.Folder, StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false;
            }
        }),
    ];
}
