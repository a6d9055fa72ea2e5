using System.Globalization;
using System.Runtime.Versioning;
using System.Text.Json;
using CommandLine;
using Functional.Optim.Samples.Tests.LanguageModel.Text;
using Functional.Optim.Samples.Tests.Processes;
using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;
using MiniGpt;

namespace Functional.Optim.Samples.Tests.MiniGpt.CommandLine;

/// <summary>The program as its users start it.</summary>
public sealed class ProcessTests : IDisposable
{
    private const string SmallModel = "--layers 1 --heads 2 --width 16 --context 16 --batch 4";
    private static readonly SampleProgram Program = new("MiniGpt");
    private readonly TemporaryFolder folder = new();
    private readonly string text;

    public ProcessTests()
    {
        text = folder.At("text.txt");
        File.WriteAllText(text, Texts.Sentences(4000));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_run_trains_writes_its_files_and_ends_with_its_figures()
    {
        (int code, string output, string error) =
            Program.Run($"--text {text} {SmallModel} --steps 20 --eval-every 10 --out {folder.At("out")} --json");
        Assert.Equal(("", ExitCode.Success), (error, code));
        JsonElement figures = JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]).RootElement;
        Assert.Equal(20, figures.GetProperty("steps").GetInt32());
        Assert.Equal(1337, figures.GetProperty("seed").GetInt32());
        foreach (string name in (string[])["parameters", "trainLoss", "validationLoss", "millisecondsPerStep",
            "optimizerMillisecondsPerStep", "tokensPerSecond"])
            Assert.True(figures.GetProperty(name).GetDouble() > 0, name);
        Assert.Contains("validation", output, StringComparison.Ordinal);
        string[] metrics = File.ReadAllLines(folder.At("out/metrics.csv"));
        Assert.Equal(21, metrics.Length);
        Assert.Equal(2, metrics.Skip(1).Count(line => line.Split(',')[2].Length > 0));
        Assert.True(File.Exists(folder.At("out/loss.png")) && File.Exists(folder.At("out/parameters.safetensors")));
    }

    [Fact]
    public void Help_names_every_option()
    {
        (int code, string output, _) = Program.Run("--help");
        Assert.Equal(ExitCode.Success, code);
        using StringWriter nowhere = new();
        Assert.All(
            new RunCommand((_, _) => Task.FromResult(0), nowhere, nowhere).Options,
            option => Assert.Contains($"  {option.Name} ", output, StringComparison.Ordinal));
    }

    [Fact]
    public void A_text_that_cannot_be_read_is_one_line_and_2()
    {
        folder.Write("binary.txt", [.. Enumerable.Repeat((byte)0xFF, 5000)]);
        string path = folder.At("binary.txt");
        (int code, string output, string error) = Program.Run($"--text {path} --out {folder.At("out")}");
        Assert.Equal(
            (ExitCode.WrongUse, "",
                $"the text '{path}' is not UTF-8 text: the byte at offset 0, 0xFF, begins no character"),
            (code, output, error.TrimEnd()));
        Assert.False(Directory.Exists(folder.At("out")));
    }

    [Fact]
    public void A_text_that_is_too_short_is_one_line_and_2()
    {
        folder.Write("short.txt", "too short to train on"u8.ToArray());
        (int code, string output, string error) =
            Program.Run($"--text {folder.At("short.txt")} --out {folder.At("out")}");
        Assert.Equal((ExitCode.WrongUse, ""), (code, output));
        Assert.Equal(
            "the text 'short.txt' has 21 characters; with a context of 64 the tenth that is held out needs 65, so the "
            + "text at least 641", error.TrimEnd());
        Assert.False(Directory.Exists(folder.At("out")));
    }

    [Fact]
    public void Wrong_options_are_one_line_and_2()
    {
        (int code, string output, string error) = Program.Run($"--text {text} --steps 0 --out {folder.At("out")}");
        Assert.Equal(
            (ExitCode.WrongUse, "", "--steps is 0; allowed is an integer from 1 to 1000000000"),
            (code, output, error.TrimEnd()));
        Assert.False(Directory.Exists(folder.At("out")));
    }

    [Fact]
    public void Any_optimizer_and_schedule_of_the_catalogue_trains()
    {
        (int code, string output, string error) = Program.Run(
            $"--text {text} {SmallModel} --steps 4 --learning-rate 1e-4 --optimizer Lion(beta1=0.95,weightDecay=1) "
            + $"--schedule multiStepDecay(milestones=2,3) --out {folder.At("out")}");
        Assert.Equal(("", ExitCode.Success), (error, code));
        Assert.Contains("beta1=0.95, weightDecay=1, decay=matrices)", output, StringComparison.Ordinal);
        double[] rates =
        [
            .. File.ReadAllLines(folder.At("out/metrics.csv"))
                .Skip(1).Select(line => double.Parse(line.Split(',')[3], CultureInfo.InvariantCulture)),
        ];
        Assert.Equal([1e-4, 1e-5, 1e-6, 1e-6], rates.Select(rate => Math.Round(rate, 12)));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_one_line_and_2()
    {
        (int code, string output, string error) = Program.Run($"--text {text} --out {text}/below");
        Assert.Equal((ExitCode.WrongUse, ""), (code, output));
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [UnprivilegedFact]
    [UnsupportedOSPlatform("windows")]
    public void A_folder_without_permission_is_one_line_and_2()
    {
        string closed = Directory.CreateDirectory(
            folder.At("closed"), UnixFileMode.UserRead | UnixFileMode.UserExecute).FullName;
        (int code, string output, string error) = Program.Run($"--text {text} --out {closed}");
        Assert.Equal(
            (ExitCode.WrongUse, "", $"the output folder '{closed}' cannot be written: permission denied"),
            (code, output, error.TrimEnd()));
    }

    [ShellFact]
    public void A_plot_that_cannot_be_written_costs_neither_the_parameters_nor_the_metrics()
    {
        string plot = Directory.CreateDirectory(folder.At("out/loss.png")).FullName;
        (int code, string output, string error) = Program.RunInShell(
            $"$PROGRAM --text {text} {SmallModel} --steps 3 --out {folder.At("out")}", folder.Root);
        Assert.Equal((ExitCode.Failure, $"Cannot write '{plot}': it is a directory."), (code, error.TrimEnd()));
        Assert.Equal(
            ["loss.png"], Directory.GetFiles(Assert.Single(Directory.GetDirectories(folder.Root, "minigpt-*")))
                .Select(Path.GetFileName));
        Assert.Contains("after 3 steps", output, StringComparison.Ordinal);
        Assert.Equal(4, File.ReadAllLines(folder.At("out/metrics.csv")).Length);
        Assert.True(ParameterFile.Load<float>(folder.At("out/parameters.safetensors")).IsSucc);
        Assert.True(CheckpointFile.Load<float>(folder.At("out/checkpoint-0000000003.safetensors")).IsSucc);
    }

    [Fact]
    public void Whatever_else_stops_the_training_is_one_line_and_leaves_the_files()
    {
        // So many different characters that the logits of a batch are more than a tensor holds.
        File.WriteAllText(text, string.Concat(Enumerable.Range(0x3400, 40_000).Select(code => (char)code)));
        (int code, _, string error) = Program.Run(
            $"--text {text} --layers 1 --heads 1 --width 1 --context 1 --batch 65536 "
            + $"--steps 3 --out {folder.At("out")}");
        Assert.Equal(
            (ExitCode.Failure, "Training stopped after step 0: The shape [65536, 1, 40000] has more than 2147483647 "
                + "elements."), (code, error.TrimEnd()));
        Assert.Single(File.ReadAllLines(folder.At("out/metrics.csv")));
        Assert.True(ParameterFile.Load<float>(folder.At("out/parameters.safetensors")).IsSucc);
        Assert.True(File.Exists(folder.At("out/loss.png")));
    }

    [Fact]
    public void A_learning_rate_of_0_trains_and_says_that_nothing_will_be_learnt()
    {
        (int code, string output, string error) =
            Program.Run($"--text {text} {SmallModel} --steps 3 --learning-rate 0 --out {folder.At("out")}");
        Assert.Equal((ExitCode.Success, "the learning rate is 0 at every step: nothing will be learnt"),
            (code, error.TrimEnd()));
        Assert.Contains("after 3 steps", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_diverges_says_where_and_keeps_what_it_has()
    {
        (int code, string output, string error) =
            Program.Run($"--text {text} {SmallModel} --learning-rate 1e9 --steps 50 --out {folder.At("out")} --json");
        Assert.Equal(ExitCode.Failure, code);
        int steps = JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]).RootElement.GetProperty("steps").GetInt32();
        Assert.Matches($"^training diverged: The gradient of '[a-z0-9.]+' is not finite at step {steps + 1}; ",
            Assert.Single(error.TrimEnd().Split('\n')));
        Assert.Equal(steps + 1, File.ReadAllLines(folder.At("out/metrics.csv")).Length);
        Assert.True(File.Exists(folder.At("out/loss.png")));
    }

    [InterruptFact("TERM", "/dev/full")]
    public void A_second_request_a_second_later_ends_it_at_once_whatever_it_waits_for()
    {
        // It waits for a reader of its first line, who never reads: the pipe is full already.
        (string pipe, string output) = (folder.At("pipe"), folder.At("out"));
        (int code, _, _) = Program.RunInShell(
            $"mkfifo {pipe}; exec 3<>{pipe}; dd if=/dev/zero of={pipe} bs=1 count=1000000 oflag=nonblock 2>/dev/null; "
            + $"$PROGRAM --text {text} {SmallModel} --out {output} >{pipe} & "
            + $"{Until($"[ -d {output} ]")}; while kill -TERM $! 2>/dev/null; do sleep 0.3; done; wait $!");
        Assert.Equal(128 + 15, code);
        Assert.Equal([".lock"], Directory.GetFileSystemEntries(output).Select(Path.GetFileName));
    }

    [InterruptFact]
    public void It_listens_before_the_training_too_however_many_steps_have_a_rate_of_0()
    {
        (int code, _, string error) = Program.Interrupt(
            $"--text {text} {SmallModel} --steps 1000000000 --learning-rate 0 --out {folder.At("out")}", "training ");
        Assert.Equal(ExitCode.Interrupted, code);
        Assert.Contains(
            "the learning rate is 0 at each of the first 10000 steps: nothing will be learnt there",
            error.Split('\n'));
        Assert.True(File.Exists(folder.At("out/parameters.safetensors")));
    }

    [InterruptFact("TERM")]
    public void A_folder_that_becomes_a_file_in_the_run_is_told_with_the_one_that_was_taken_instead()
    {
        (string output, string log) = (folder.At("out"), folder.At("log"));
        Directory.CreateDirectory(folder.At("temporary"));
        (int code, _, string error) = Program.RunInShell(
            $"$PROGRAM --text {text} {SmallModel} --steps 1000000 --eval-every 1 --out {output} "
            + $">{log} & {UntilTraining(log)}; "
            // It is stopped meanwhile: it could make the folder again before the file is there.
            + $"kill -STOP $!; rm -r {output}; echo >{output}; kill -CONT $!; kill -TERM $!; wait $!",
            folder.At("temporary"));
        Assert.Equal(ExitCode.Failure, code);
        Assert.Equal(3, error.Split('\n')
            .Count(line => line == $"the output folder '{output}' is a file; allowed is a folder"));
        string elsewhere = Assert.Single(Directory.GetDirectories(folder.At("temporary"), "minigpt-*"));
        SmallRun.AssertWritten(elsewhere);
        foreach (string file in Directory.GetFiles(elsewhere))
            Assert.Contains($"written     {file}", File.ReadAllLines(log));
    }

    /// <summary>
    /// A shell that waits for the first step in the output of the program that it started, or for its end.
    /// </summary>
    private static string UntilTraining(string log) => Until($"grep -q '^step ' {log} 2>/dev/null");

    /// <summary>A shell that waits until a condition holds, or for the end of the program that it started.</summary>
    private static string Until(string condition) =>
        $"until {condition} || ! kill -0 $! 2>/dev/null; do sleep 0.1; done";
}
