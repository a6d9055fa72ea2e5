using CommandLine;
using Functional.Optim.Samples.Tests.Processes;
using Functional.Optim.Tests.Processes;

namespace Functional.Optim.Samples.Tests.MiniGpt.CommandLine;

/// <summary>The command as its users start it.</summary>
public sealed class GenerateProcessTests
{
    private const string Endless = "--prompt the --length 1000000000";
    private static readonly SampleProgram Program = new("MiniGpt");

    [ShellFact]
    public async Task A_reader_that_has_enough_ends_the_writing()
    {
        using TrainedFolder trained = await TrainedFolder.Of();
        (int code, string output, string error) =
            Program.RunInShell($"$PROGRAM generate {trained.Root} {Endless} | head -c 30");
        Assert.Equal((0, 30), (code, output.Length));
        Assert.StartsWith("not all of the output could be written: ", Assert.Single(error.TrimEnd().Split('\n')),
            StringComparison.Ordinal);
    }

    [InterruptFact]
    public async Task Ctrl_c_ends_the_writing_with_what_is_written()
    {
        using TrainedFolder trained = await TrainedFolder.Of();
        (int code, _, string error) = Program.Interrupt($"generate {trained.Root} {Endless}", line: "the");
        Assert.Equal((ExitCode.Interrupted, SampleProgram.Stopping), (code, error.TrimEnd()));
    }
}
