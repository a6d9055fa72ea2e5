using System.CommandLine;
using System.Text.RegularExpressions;
using CommandLine;
using Functional.Optim.Samples.Tests.Snapshots;
using Functional.Optim.Training;
using LanguageModel;
using MiniGpt;

namespace Functional.Optim.Samples.Tests.MiniGpt.CommandLine;

public sealed class InspectCommandTests
{
    [Fact]
    public async Task A_checkpoint_is_shown_with_leaves_slots_optimizer_settings_and_memory()
    {
        using TrainedFolder trained = await TrainedFolder.Of(average: "ema(0.5)");
        (int code, string output, string error) = await TrainedFolder.Invoke("inspect", trained.Root);
        Assert.Equal((ExitCode.Success, ""), (code, error));
        string text = Regex.Replace(
            output.Replace(trained.Root, "FOLDER", StringComparison.Ordinal), @"Functional\.Optim [\d.]+",
            "Functional.Optim VERSION");
        SnapshotFile.Match(text, "inspect");
        Assert.Equal(output, (await TrainedFolder.Invoke("inspect", trained.Newest)).Output);
    }

    [Fact]
    public async Task A_terminal_gets_tables_with_borders_and_the_same_cells()
    {
        using TrainedFolder trained = await TrainedFolder.Of();
        using StringWriter output = new();
        int code = await InspectCommand.Create(isTerminal: true).Parse([trained.Newest])
            .InvokeAsync(new() { Output = output });
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("╭", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("block0.expand.weight", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TensorType.Bool, new byte[] { 1, 0, 1, 1, 1 }, "2")]
    [InlineData(TensorType.U8, new byte[] { 3, 4 }, "5")]
    [InlineData(TensorType.I8, new byte[] { 0xFD, 4 }, "5")]
    [InlineData(TensorType.F8E5M2, new byte[] { 0x3C, 0xC0 }, "2.23607")]
    [InlineData(TensorType.F8E4M3, new byte[] { 0x38, 0xC0, 0x01 }, "2.23607")]
    [InlineData(TensorType.F8E4M3, new byte[] { 0x7F }, "NaN")]
    [InlineData(TensorType.F8E4M3, new byte[] { 0x7E }, "448")]
    [InlineData(TensorType.F8E8M0, new byte[] { 129 }, "4")]
    [InlineData(TensorType.I16, new byte[] { 0xFD, 0xFF, 4, 0 }, "5")]
    [InlineData(TensorType.U16, new byte[] { 0, 1 }, "256")]
    [InlineData(TensorType.F16, new byte[] { 0x00, 0x42, 0x00, 0x44 }, "5")]
    [InlineData(TensorType.BF16, new byte[] { 0x40, 0x40, 0x80, 0x40 }, "5")]
    [InlineData(TensorType.I32, new byte[] { 0xFD, 0xFF, 0xFF, 0xFF }, "3")]
    [InlineData(TensorType.U32, new byte[] { 0, 0, 1, 0 }, "65536")]
    [InlineData(TensorType.F32, new byte[] { 0, 0, 0xC0, 0x7F }, "NaN")]
    [InlineData(TensorType.C64, new byte[] { 0, 0, 0x40, 0x40, 0, 0, 0x80, 0x40 }, "5")]
    [InlineData(TensorType.F64, new byte[] { 0, 0, 0, 0, 0, 0, 0xF0, 0x7F }, "Infinity")]
    [InlineData(TensorType.I64, new byte[] { 0xFD, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }, "3")]
    [InlineData(TensorType.U64, new byte[] { 0, 0, 0, 0, 1, 0, 0, 0 }, "4.29497E+09")]
    public async Task A_file_of_another_program_is_shown_with_the_norm_of_every_type(
        TensorType type, byte[] bytes, string norm)
    {
        using TrainedFolder trained = await TrainedFolder.Of();
        string path = trained.At("other.safetensors");
        int width = BytesOf(type);
        SafetensorsFile.Save(
            path, [TensorData.Of("w\e[31m", type, [bytes.Length / width], bytes)],
            [KeyValuePair.Create("format", "pt"), KeyValuePair.Create("long", new string('x', 1000))]);
        (int code, string output, string error) = await TrainedFolder.Invoke("inspect", path);
        Assert.Equal((ExitCode.Success, ""), (code, error));
        string[] lines = output.Split('\n');
        Assert.Contains("written by  another program", lines);
        Assert.StartsWith($"w·[31m  {$"{type}".ToUpperInvariant()}", lines[5], StringComparison.Ordinal);
        Assert.EndsWith($"  {norm}", lines[5], StringComparison.Ordinal);
        Assert.Contains("format    pt", lines);
        Assert.Contains($"long      {new string('x', 200)}… (1,000 characters)", lines);
    }

    [Fact]
    public async Task The_norm_of_a_tensor_of_many_pieces_is_that_of_all()
    {
        using TrainedFolder trained = await TrainedFolder.Of();
        string path = trained.At("large.safetensors");
        SafetensorsFile.Save(path, [TensorData.Of("w", [250_000], Enumerable.Repeat(2f, 250_000).ToArray())]);
        (_, string output, _) = await TrainedFolder.Invoke("inspect", path);
        Assert.Contains("w     F32   250000   250,000  1000", output.Split('\n'));
    }

    [Fact]
    public async Task What_is_no_safetensors_file_is_one_line_and_2()
    {
        using TrainedFolder trained = await TrainedFolder.Of();
        string text = trained.At("text"), damaged = trained.At("damaged");
        File.WriteAllText(text, "this is a text, not a safetensors file");
        byte[] bytes = File.ReadAllBytes(trained.Newest);
        bytes[^1] ^= 1;
        File.WriteAllBytes(damaged, bytes);
        foreach ((string path, string expected) in ((string, string)[])
            [
                (trained.At("missing"), "there is no such file."),
                (text, "it is truncated or no safetensors file"),
                (damaged, "it is damaged: its checksum differs"),
            ])
        {
            Assert.StartsWith($"Cannot read '{path}': {expected}",
                Assert.Single(await TrainedFolder.Refused("inspect", path)), StringComparison.Ordinal);
        }

        Assert.Equal("inspect has no FILE|DIR; --help explains it",
            Assert.Single(await TrainedFolder.Refused("inspect")));
    }

    private static int BytesOf(TensorType type) => type switch
    {
        <= TensorType.F8E8M0 => 1,
        <= TensorType.BF16 => 2,
        <= TensorType.F32 => 4,
        _ => 8,
    };
}
