using CommandLine;
using Functional.Optim.Tests.Processes;
using Google.Protobuf;
using Onnx;
using static Onnx.TensorProto.Types;

namespace Functional.Optim.Samples.Tests.Pipelines;

public sealed class OnnxParametersTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("onnx-");

    private static byte[] Bytes => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "model.onnx"));

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_file_is_saved_beside_with_its_graph_and_is_itself_unchanged()
    {
        string file = Write(Bytes), saved = Path.Combine(folder.FullName, "given.tuned.onnx");
        (int code, string output, string error) = await PipelinesCommandTests.Run("onnx-parameters", file);
        Assert.Equal((ExitCode.Success, ""), (code, error));
        Assert.Contains("read back from given.tuned.onnx with the same bits", output, StringComparison.Ordinal);
        Assert.Equal(Bytes, File.ReadAllBytes(file));
        (ModelProto before, ModelProto after) =
            (ModelProto.Parser.ParseFrom(Bytes), ModelProto.Parser.ParseFrom(File.ReadAllBytes(saved)));
        Assert.Equal(
            before.Graph.Initializer.Select(tensor => (tensor.Name, $"{tensor.Dims}", tensor.RawData.Length)),
            after.Graph.Initializer.Select(tensor => (tensor.Name, $"{tensor.Dims}", tensor.RawData.Length)));
        Assert.NotEqual(before, after);
        before.Graph.Initializer.Clear();
        after.Graph.Initializer.Clear();
        Assert.Equal(before, after);
    }

    [Fact]
    public async Task Numbers_as_floats_and_other_initializers_are_taken_too()
    {
        (_, string expected, _) = await PipelinesCommandTests.Run("onnx-parameters", Write(Bytes));
        string file = Write(model =>
        {
            TensorProto head = Tensor(model, "head.weight");
            float[] numbers = new float[16];
            Buffer.BlockCopy(head.RawData.ToByteArray(), 0, numbers, 0, 64);
            head.FloatData.Add(numbers);
            head.RawData = ByteString.Empty;
            model.Graph.Initializer.Insert(0, new TensorProto { Name = "shape", DataType = (int)DataType.Int64 });
        });
        (int code, string output, string error) = await PipelinesCommandTests.Run("onnx-parameters", file);
        Assert.Equal((ExitCode.Success, expected, ""), (code, output, error));
    }

    [Fact]
    public async Task A_missing_an_empty_and_a_cut_file_are_refused()
    {
        string missing = Path.Combine(folder.FullName, "missing.onnx");
        await Refuses(missing, $"Could not find file '{missing}'.");
        await Refuses(folder.FullName, "It is a directory.");
        await Refuses(Write([]), "It is empty, or a pipe or device.");
        await Refuses(Write("no protobuf"u8.ToArray()), "Protocol message");
        await Refuses(Write(Bytes[..^100]), "");
    }

    [Fact]
    public async Task Every_file_that_is_cut_is_refused_or_lacks_a_parameter()
    {
        byte[] bytes = Bytes;
        for (int length = 1; length < 400; length += 37) await Refuses(Write(bytes[..length]), "");
    }

    [Theory]
    [InlineData(DataType.Float16, "head.weight is of type Float16; allowed is Float.")]
    [InlineData(DataType.Int64, "head.weight is of type Int64; allowed is Float.")]
    [InlineData((DataType)99, "head.weight is of type 99; allowed is Float.")]
    public async Task Another_type_is_named(DataType type, string error) =>
        await Refuses(Write(model => Tensor(model, "head.weight").DataType = (int)type), error);

    [Fact]
    public async Task What_differs_from_the_model_is_named()
    {
        await Refuses(
            Write(model => Tensor(model, "head.weight").Name = "tail.weight"),
            "It has no initializer head.weight[2, 8]; it has encoder.layer.0.weight, encoder.layer.0.bias, "
            + "tail.weight, head.bias.");
        await Refuses(
            Write(model => Tensor(model, "head.bias").Dims.Add(3)), "head.bias is [2, 3]; allowed is head.bias[2].");
        await Refuses(
            Write(model => Tensor(model, "head.bias").RawData = ByteString.CopyFrom(new byte[4])),
            "head.bias[2] has 1 numbers in it; allowed are 2.");
        await Refuses(
            Write(model => Tensor(model, "head.bias").RawData = ByteString.CopyFrom([0, 0, 0, 0, 0, 0, 0xC0, 0x7F])),
            "head.bias[2] has a NaN or an infinity; allowed are finite numbers.");
        await Refuses(
            Write(model => Tensor(model, "head.bias").Name = "head.weight"),
            "An item with the same key has already been added. Key: head.weight");
        await Refuses(
            Write(model => model.Graph = null), "It has no initializer encoder.layer.0.weight[8, 2]; it has none.");
    }

    [Fact]
    public async Task What_cannot_be_saved_is_an_error_before_the_training()
    {
        string file = Write(Bytes), saved = Path.Combine(folder.FullName, "given.tuned.onnx");
        Directory.CreateDirectory(saved);
        Assert.Equal(
            (ExitCode.WrongUse, "", $"Cannot write '{saved}': it is a directory.{Environment.NewLine}"),
            await PipelinesCommandTests.Run("onnx-parameters", file));
    }

    [ShellFact("/proc/self/exe")]
    public async Task A_folder_that_takes_no_file_is_an_error_before_the_training()
    {
        // A link to the file in a folder that takes no other files, from root either.
        using FileStream opened = File.OpenRead(Write(Bytes));
        (int code, string output, string error) = await PipelinesCommandTests.Run(
            "onnx-parameters", $"/proc/self/fd/{opened.SafeFileHandle.DangerousGetHandle()}");
        Assert.Equal((ExitCode.WrongUse, ""), (code, output));
        Assert.StartsWith("the output folder '/proc/self/fd' cannot be written", error, StringComparison.Ordinal);
    }

    private static TensorProto Tensor(ModelProto model, string name) =>
        model.Graph.Initializer.First(tensor => tensor.Name == name);

    private static async Task Refuses(string file, string reason)
    {
        (int code, string output, string error) = await PipelinesCommandTests.Run("onnx-parameters", file);
        Assert.Equal((ExitCode.WrongUse, ""), (code, output));
        Assert.StartsWith($"'{file}' cannot be read as an ONNX file: {reason}", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    private string Write(Action<ModelProto> change)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(Bytes);
        change(model);
        return Write(model.ToByteArray());
    }

    private string Write(byte[] bytes)
    {
        string file = Path.Combine(folder.FullName, "given.onnx");
        File.WriteAllBytes(file, bytes);
        return file;
    }
}
