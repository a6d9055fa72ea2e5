using System.Globalization;
using System.Text.Json;
using Functional.Optim.Tests.Processes;
using MiniGpt;

namespace Functional.Optim.Tests.MiniGpt.CommandLine;

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
        (int code, string output, string error) = Program.Run($"--text {text} {SmallModel} --steps 20 --eval-every 10 --out {folder.At("out")} --json");
        Assert.Equal(("", RunCommand.Success), (error, code));
        JsonElement figures = JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]).RootElement;
        Assert.Equal(20, figures.GetProperty("steps").GetInt32());
        Assert.Equal(1337, figures.GetProperty("seed").GetInt32());
        foreach (string name in (string[])["parameters", "trainLoss", "validationLoss", "millisecondsPerStep", "optimizerMillisecondsPerStep", "tokensPerSecond"])
            Assert.True(figures.GetProperty(name).GetDouble() > 0, name);
        Assert.Contains("validation", output, StringComparison.Ordinal);
        string[] metrics = File.ReadAllLines(folder.At("out/metrics.csv"));
        Assert.Equal(21, metrics.Length);
        Assert.Equal(2, metrics.Skip(1).Count(line => line.Split(',')[2].Length > 0));
        Assert.True(File.Exists(folder.At("out/loss.png")) && File.Exists(folder.At("out/parameters.bin")));
    }

    [Fact]
    public void Help_names_every_option()
    {
        (int code, string output, _) = Program.Run("--help");
        Assert.Equal(RunCommand.Success, code);
        foreach (string option in (string[])["--text", "--preset", "--steps", "--seed", "--optimizer", "--learning-rate", "--schedule", "--out", "--threads", "--json"])
            Assert.Contains(option, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing.txt", "missing.txt")]
    [InlineData("", "folder")]
    [InlineData("empty.txt", "empty")]
    [InlineData("one.txt", "one")]
    [InlineData("short.txt", "context")]
    [InlineData("binary.txt", "UTF-8")]
    public void A_text_that_cannot_be_trained_on_is_one_line_and_2(string name, string expected)
    {
        folder.Write("empty.txt");
        folder.Write("one.txt", (byte)'a');
        folder.Write("short.txt", "too short to train on"u8.ToArray());
        folder.Write("binary.txt", [.. Enumerable.Repeat((byte)0xFF, 5000)]);
        (int code, string output, string error) = Program.Run($"--text {folder.At(name)} --out {folder.At("out")}");
        Assert.Equal((RunCommand.WrongUse, ""), (code, output));
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.At("out")));
    }

    [Theory]
    [InlineData("--steps 0")]
    [InlineData("--steps -1")]
    [InlineData("--learning-rate -1")]
    [InlineData("--learning-rate NaN")]
    [InlineData("--preset gigantic")]
    [InlineData("--optimizer sofia")]
    [InlineData("--schedule stairs")]
    public void Wrong_options_are_one_line_and_2(string options)
    {
        (int code, string output, string error) = Program.Run($"--text {text} {options}");
        Assert.Equal((RunCommand.WrongUse, ""), (code, output));
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Contains(options.Split(' ')[1], error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--optimizer lion(beta1=2)", "--optimizer lion: beta1 is 2; allowed is a number, in [0, 1)")]
    [InlineData("--optimizer lion(beta=0.9)", "--optimizer lion: beta is no option of lion; allowed is learningRate, beta1, beta2, weightDecay, decay, maximize")]
    [InlineData("--schedule stepDecay(every=0)", "--schedule stepDecay: every is 0; allowed is a whole number, 1 or more")]
    public void Wrong_options_of_an_optimizer_or_a_schedule_are_one_line_and_2(string options, string expected)
    {
        (int code, string output, string error) = Program.Run($"--text {text} {options}");
        Assert.Equal((RunCommand.WrongUse, "", expected), (code, output, error.TrimEnd()));
    }

    [Fact]
    public void Any_optimizer_and_schedule_of_the_catalogue_trains()
    {
        (int code, string output, string error) = Program.Run(
            $"--text {text} {SmallModel} --steps 4 --learning-rate 1e-4 --optimizer Lion(beta1=0.95,weightDecay=1) --schedule multiStepDecay(milestones=2,3) "
            + $"--out {folder.At("out")}");
        Assert.Equal(("", RunCommand.Success), (error, code));
        Assert.Contains("LionScaling { Beta1 = 0.95, Beta2 = 0.99 } then WeightDecay { Lambda = 1 }", output, StringComparison.Ordinal);
        double[] rates = [.. File.ReadAllLines(folder.At("out/metrics.csv")).Skip(1).Select(line => double.Parse(line.Split(',')[3], CultureInfo.InvariantCulture))];
        Assert.Equal([1e-4, 1e-5, 1e-6, 1e-6], rates.Select(rate => Math.Round(rate, 12)));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_one_line_and_2()
    {
        (int code, string output, string error) = Program.Run($"--text {text} --out {text}/below");
        Assert.Equal((RunCommand.WrongUse, ""), (code, output));
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void A_run_that_diverges_says_where_and_keeps_what_it_has()
    {
        (int code, string output, string error) =
            Program.Run($"--text {text} {SmallModel} --learning-rate 1e9 --steps 50 --out {folder.At("out")} --json");
        Assert.Equal(RunCommand.Failure, code);
        Assert.StartsWith("training diverged: ", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        int steps = JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]).RootElement.GetProperty("steps").GetInt32();
        Assert.Equal(steps + 1, File.ReadAllLines(folder.At("out/metrics.csv")).Length);
        Assert.True(File.Exists(folder.At("out/loss.png")));
    }

    [InterruptFact]
    public void Ctrl_c_stops_after_the_step_writes_the_files_and_ends_with_130()
    {
        (int code, _) = Program.Interrupt($"--text {text} {SmallModel} --steps 1000000 --eval-every 1 --out {folder.At("out")}", "step ");
        Assert.Equal(RunCommand.Interrupted, code);
        Assert.True(File.ReadAllLines(folder.At("out/metrics.csv")).Length > 1);
        Assert.True(File.Exists(folder.At("out/loss.png")) && File.Exists(folder.At("out/parameters.bin")));
    }
}
