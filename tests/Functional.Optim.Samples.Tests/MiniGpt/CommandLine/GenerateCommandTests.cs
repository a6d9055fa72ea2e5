using System.CommandLine;
using CommandLine;
using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;
using LanguageModel;
using MiniGpt;

namespace Functional.Optim.Samples.Tests.MiniGpt.CommandLine;

public sealed class GenerateCommandTests
{
    [Fact]
    public async Task The_newest_checkpoint_writes_what_follows_the_prompt()
    {
        using TrainedFolder trained = await TrainedFolder.Of();
        string expected = Writer.Write(
            trained.Model, trained.Result.EvaluationParameters, trained.Tokenizer, "the ", 40,
            Sampling.Of(0.5, 7).OrThrow(), seed: 3).Value();
        string[] options =
            ["--prompt", "the ", "--temperature", "0.5", "--top-k", "7", "--length", "40", "--seed", "3"];
        Assert.Equal(
            (ExitCode.Success, $"the {expected}\n", ""),
            await TrainedFolder.Invoke(["generate", trained.Root, .. options]));
        Assert.Equal(
            (ExitCode.Success, $"the {expected}\n", ""),
            await TrainedFolder.Invoke(["generate", .. options, trained.Newest]));
        Assert.Equal(
            (ExitCode.Success, "the \n", ""),
            await TrainedFolder.Invoke("generate", trained.Root, "--prompt", "the ", "--length", "0"));
    }

    [Theory]
    [InlineData("adamw", "ema(0.5)", true)]
    [InlineData("adamw", "swa(2)", true)]
    [InlineData("scheduleFree(base=adamW(learningRate=0.05))", AverageChoice.None, true)]
    [InlineData("muon", "ema(0.5)", true)]
    [InlineData("muon", AverageChoice.None, false)]
    [InlineData("lion", AverageChoice.None, false)]
    public async Task What_writes_are_the_evaluation_parameters(string optimizer, string average, bool differs)
    {
        using TrainedFolder trained =
            await TrainedFolder.Of(TrainedFolder.Tiny with { Optimizer = optimizer }, average);
        TrainedModel loaded = TrainedModel.Load(trained.Root, best: false).Value();
        Assert.Equal(trained.Result.EvaluationParameters, loaded.Parameters);
        Assert.Equal(differs, !trained.Result.State.Parameters.Equals(loaded.Parameters));
    }

    [Fact]
    public async Task The_best_one_is_taken_where_it_is_asked_for_or_alone()
    {
        using TrainedFolder trained = await TrainedFolder.Of();
        string second = trained.At("checkpoint-0000000002.safetensors");
        (_, string expected, _) = await TrainedFolder.Invoke("generate", second);
        (_, string newest, _) = await TrainedFolder.Invoke("generate", trained.Root);
        Assert.NotEqual(expected, newest);
        File.Move(second, trained.At("best.safetensors"));
        Assert.Equal(
            (ExitCode.Success, expected, ""), await TrainedFolder.Invoke("generate", trained.Root, "--best"));
        Assert.Equal((ExitCode.Success, newest, ""), await TrainedFolder.Invoke("generate", trained.Root));
        File.Delete(trained.Newest);
        Assert.Equal((ExitCode.Success, expected, ""), await TrainedFolder.Invoke("generate", trained.Root));
    }

    [Fact]
    public async Task A_damaged_checkpoint_is_told_and_the_one_before_writes()
    {
        using TrainedFolder trained = await TrainedFolder.Of();
        (_, string expected, _) =
            await TrainedFolder.Invoke("generate", trained.At("checkpoint-0000000002.safetensors"));
        File.WriteAllBytes(trained.Newest, File.ReadAllBytes(trained.Newest)[..^1]);
        (int code, string output, string error) = await TrainedFolder.Invoke("generate", trained.Root);
        Assert.Equal((ExitCode.Success, expected), (code, output));
        Assert.StartsWith(
            $"Cannot read '{trained.Newest}': ", Assert.Single(error.Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_good_checkpoint_of_the_program_is_one_line_and_2()
    {
        using TrainedFolder trained = await TrainedFolder.Of();
        string empty = trained.At("empty"), foreign = trained.At("foreign"), nothing = trained.At("nothing");
        File.WriteAllBytes(empty, []);
        SafetensorsFile.Save(foreign, [TensorData.Of("w", [1], [1f])]);
        await Fails("Cannot read '{0}': there is no such file.", trained.At("missing"));
        await Fails("Cannot read '{0}': its 0 bytes are too few", empty);
        await Fails("Cannot read '{0}': it was not written by this library", foreign);
        await Fails("Cannot find a checkpoint in '{0}': there is none.", Directory.CreateDirectory(nothing).FullName);
        await Fails("'{0}' is no checkpoint of MiniGpt: it has no vocabulary", trained.Changed(
            checkpoint => new Checkpoint<float>(checkpoint.State)));
        await Fails("'{0}' has another configuration: layers is 0; allowed is an integer from 1 to 1024",
            trained.Changed(checkpoint => checkpoint with
            {
                Configuration = checkpoint.Configuration.SetItem("layers", "0"),
            }));
        await Fails("'{0}' is a checkpoint of another model: its leaves are not those of its configuration",
            trained.Changed(checkpoint => checkpoint with
            {
                Configuration = checkpoint.Configuration.SetItem("layers", "2"),
            }));
        await Fails("'{0}' does not fit its configuration: ",
            trained.Changed(checkpoint => checkpoint with { OptimizerText = "lion(learningRate=1)" }));
        await Fails("'{0}' cannot write a text: an element of its leaf 'block0.expand.weight' is not finite",
            trained.Changed(checkpoint => checkpoint with
            {
                State = checkpoint.State with { Parameters = WithNaN(checkpoint.State.Parameters) },
            }));

        static async Task Fails(string expected, string path) => Assert.StartsWith(
            string.Format(null, expected, path), Assert.Single(await TrainedFolder.Refused("generate", path)),
            StringComparison.Ordinal);
    }

    [ShellFact("/dev/zero")]
    public async Task A_pipe_or_a_device_is_refused_not_waited_for()
    {
        foreach (string[] command in (string[][])[["generate"], ["inspect"]])
        {
            Assert.Equal("Cannot read '/dev/zero': it is a pipe, a device or a socket, not a file.",
                Assert.Single(await TrainedFolder.Refused([.. command, "/dev/zero"])));
        }
    }

    [Theory]
    [InlineData("generate", "generate has no DIR|FILE; --help explains it")]
    [InlineData("generate DIR --best", "--best is of a folder; 'DIR' is none")]
    [InlineData("generate DIR --temperature -1", "--temperature is -1; allowed is a finite number from 0")]
    [InlineData("generate DIR --temperature NaN", "--temperature is NaN; allowed is a finite number from 0")]
    [InlineData("generate DIR --top-k -1", "--top-k is -1; allowed is an integer from 0")]
    [InlineData("generate DIR --length 1e10", "--length is 1e10; allowed is an integer from 0 to 1000000000")]
    [InlineData("generate DIR --seed x --length", "--length has no value; allowed is an integer from 0 to 1000000000",
        "--seed is x; allowed is an integer from 0 to 18446744073709551615")]
    [InlineData("generate DIR --prompt", "--prompt has no value; allowed is a text")]
    [InlineData("generate --promt x DIR", "--promt is no option; --help lists the options; did you mean --prompt?")]
    [InlineData("generate DIR --promt x", "--promt is no option; --help lists the options; did you mean --prompt?")]
    [InlineData("generate DIR more", "'more' is not understood; --help lists the options")]
    [InlineData("generate=", "'generate=' is not understood; --help lists the options; did you mean generate?")]
    [InlineData("genrate DIR", "'genrate DIR' is not understood; --help lists the options; did you mean generate?")]
    [InlineData("--steps 3 generate DIR", "--steps is no option of generate; --help lists the options")]
    public async Task Wrong_use_is_a_line_for_each_error_and_2(string line, params string[] errors) =>
        Assert.Equal(errors, await TrainedFolder.Refused(line.Split(' ')));

    [Fact]
    public async Task A_prompt_with_a_character_outside_the_vocabulary_is_one_line_and_2()
    {
        using TrainedFolder trained = await TrainedFolder.Of();
        Assert.Equal(
            $"the prompt: the character U+1F600 at index 4 is not among the {trained.Tokenizer.VocabularySize} of the "
            + "vocabulary",
            Assert.Single(await TrainedFolder.Refused("generate", trained.Root, "--prompt", "the \U0001F600")));
    }

    [Fact]
    public async Task An_output_that_fails_ends_the_writing()
    {
        using TrainedFolder trained = await TrainedFolder.Of();
        using SteadyWriter output = new(new ClosingWriter(characters: 20));
        using StringWriter error = new();
        RootCommand root = new("root") { GenerateCommand.Create() };
        int code = await new CheckedCommand(root, output, error, UnknownArguments.ErrorsOf)
            .InvokeAsync(["generate", trained.Root, "--length", "1000000000"]);
        Assert.Equal((ExitCode.Success, "", "nobody reads"), (code, error.ToString(), output.Failure));
    }

    [Fact]
    public async Task A_request_to_stop_ends_the_writing_with_what_is_written()
    {
        using TrainedFolder trained = await TrainedFolder.Of();
        using CancellationTokenSource stop = new();
        using StoppingWriter output = new(stop, characters: 20);
        int code = await GenerateCommand.Create()
            .Parse([trained.Root, "--prompt", "the ", "--length", "1000000000"])
            .InvokeAsync(new() { Output = output }, stop.Token);
        Assert.Equal(ExitCode.Interrupted, code);
        string text = output.ToString();
        Assert.StartsWith("the ", text, StringComparison.Ordinal);
        Assert.Equal(21, text.Length);
    }

    [Theory]
    [InlineData(
        "generate", "<DIR|FILE>", "--prompt <TEXT>", "--temperature <N>", "--top-k <N>", "--length <N>", "--seed <N>",
        "--best")]
    [InlineData("inspect", "<FILE|DIR>")]
    [InlineData("diagnose", "<DIR>")]
    public async Task Help_names_every_option_in_short_lines(string command, params string[] options)
    {
        (int code, string output, string error) = await TrainedFolder.Invoke(command, "--help");
        Assert.Equal((ExitCode.Success, ""), (code, error));
        Assert.All(options, option => Assert.Contains($"  {option}", output, StringComparison.Ordinal));
        Assert.DoesNotContain("--steps", output, StringComparison.Ordinal);
        Assert.All(output.Split('\n'), line => Assert.InRange(line.Length, 0, 100));
    }

    private static ParameterTree<float> WithNaN(ParameterTree<float> parameters)
    {
        TreeBuffer<float> buffer = parameters.Layout.Rent<float>();
        foreach (Leaf leaf in parameters.Layout.Leaves) parameters.AsSpan(leaf).CopyTo(buffer.AsSpan(leaf));
        buffer.AsSpan(parameters.Layout.Leaves.First(leaf => leaf.Name == "block0.expand.weight"))[1] = float.NaN;
        return buffer.ToTree();
    }

    /// <summary>An output that fails after some characters, as a pipe whose reader has ended.</summary>
    private sealed class ClosingWriter(int characters) : StringWriter
    {
        public override void Write(string? value)
        {
            base.Write(value);
            if (GetStringBuilder().Length > characters) throw new IOException("nobody reads");
        }
    }

    /// <summary>An output that asks to stop when it has some characters.</summary>
    private sealed class StoppingWriter(CancellationTokenSource stop, int characters) : StringWriter
    {
        public override void Write(string? value)
        {
            base.Write(value);
            if (GetStringBuilder().Length >= characters) stop.Cancel();
        }
    }
}
