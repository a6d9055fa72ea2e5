using System.Numerics;
using FsCheck.Xunit;
using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;
using LanguageExt;

namespace Functional.Optim.Tests.Training;

public sealed class ParameterFileTests : IDisposable
{
    /// <summary>The bytes of a file that is read.</summary>
    private static readonly Lazy<byte[]> Good = new(() =>
    {
        using TemporaryFolder own = new();
        CheckpointFile.Save<float>(new(TrainState.Init(Adam.Of(0.1), Laws.Trees.Random<float>(1))), own.At("good"));
        return File.ReadAllBytes(own.At("good"));
    });

    private readonly TemporaryFolder folder = new();
    private readonly string path;

    public ParameterFileTests() => path = folder.At("parameters");

    public void Dispose() => folder.Dispose();

    [Property(MaxTest = 20)]
    public void Saved_parameters_are_loaded_with_the_same_bits_and_no_other_file_is_left(int seed)
    {
        RoundTrip(Laws.Trees.Random<float>(seed));
        RoundTrip(Laws.Trees.Random<double>(seed));
        float[] many = [.. Enumerable.Range(0, 40_000).Select(index => 1f / index)];
        RoundTrip(ParameterTree.Of(Leaf.Of("\"größe\"\n", [2, 1, 20_000], many), Leaf.Of("nan", [], [float.NaN])));
        Assert.Equal(path, Assert.Single(Directory.GetFileSystemEntries(folder.Root)));
    }

    [Fact]
    public void Parameters_in_bfloat16_take_2_bytes_and_lose_nothing_after_a_step_that_rounds_them()
    {
        float[] many = [.. Enumerable.Range(0, 600_000).Select(index => 1f / index)];
        ParameterTree<float> tree = ParameterTree.Of(
            Leaf.Of("many", [2, 300_000], many), Leaf.Of("one", [], [1.003f]), Leaf.Of<float>("none", [0], []));
        Optimizer optimizer = Sgd.Of(0.1).Then(BFloat16Parameters.Of());
        ParameterTree<float> rounded = optimizer.Step(tree, tree, optimizer.Init(tree)).Parameters;
        ParameterFile.SaveInBFloat16(rounded, path);
        Assert.Equal(rounded, ParameterFile.Load<float>(path).ThrowIfFail());
        Assert.InRange(new FileInfo(path).Length, 2 * 600_001, (2 * 600_001) + 1000);
        foreach (TensorDescription tensor in SafetensorsFile.Open(path).ThrowIfFail().Tensors)
            Assert.Equal(TensorType.BF16, tensor.Type);
        // Others are rounded to the nearest.
        ParameterFile.SaveInBFloat16(tree, path);
        Assert.Equal(1.0f, ParameterFile.Load<float>(path).ThrowIfFail().AsSpan("one")[0]);
        Assert.Equal(float.PositiveInfinity, ParameterFile.Load<float>(path).ThrowIfFail().AsSpan("many")[0]);
        Says("it is a directory", ErrorAt(folder.Root, ParameterFile.TrySaveInBFloat16(tree, folder.Root)));
    }

    [Property]
    public void Any_byte_that_is_changed_or_cut_off_is_detected(uint at, byte bits)
    {
        byte[] bytes = [.. Good.Value];
        int position = (int)(at % bytes.Length);
        File.WriteAllBytes(path, bytes[..position]);
        ErrorOf(CheckpointFile.Load<float>(path));
        ErrorOf(ParameterFile.Load<float>(path));
        // The beginning has the sizes, where a wrong number is worst: every other sample changes a byte there.
        position = at % 2 == 0 ? position : position % 200;
        bytes[position] ^= (byte)(bits | 1);
        File.WriteAllBytes(path, bytes);
        ErrorOf(CheckpointFile.Load<float>(path));
        ErrorOf(ParameterFile.Load<float>(path));
    }

    [Fact]
    public void Each_error_names_the_file_and_the_reason()
    {
        ParameterTree<float> tree = Laws.Trees.Random<float>(1);
        Says("there is no such file", ErrorOf(ParameterFile.Load<float>(path)));
        ParameterFile.Save(tree, path);
        byte[] good = File.ReadAllBytes(path);
        Says("F32 elements; F64 elements were requested", ErrorOf(ParameterFile.Load<double>(path)));
        Says("parameters only", ErrorOf(CheckpointFile.Load<float>(path)));
        Says("its 0 bytes are too few", ErrorOf([]));
        Says("does not begin with '{'", ErrorOf(new byte[100]));
        Says("truncated or no safetensors file: a header of", ErrorOf(With(good, 7, 127)));
        Says("its header does not begin with '{'", ErrorOf(With(good, 8, (byte)'[')));
        Says("bytes of elements; its header describes", ErrorOf(good[..^1]));
        Says("bytes of elements; its header describes", ErrorOf([.. good, 0]));
        Says("its checksum differs", ErrorOf(With(good, good.Length - 1, (byte)(good[^1] ^ 1))));
        foreach (string json in (string[])[
            "{", """{"version":1}""", """{"version":1,"library":"","leaves":null}""",
            """{"version":1,"library":"","leaves":[null]}"""])
            Says("its metadata does not describe its tensors", ErrorOf(json));
        Says("its format has version 0", ErrorOf("null"));
        Says("the tensor 'b' is missing", ErrorOf("""{"version":1,"library":"","leaves":["b"]}"""));
        Says("the name 'a' appears twice.", ErrorOf("""{"version":1,"library":"","leaves":["a","a"]}"""));
    }

    [Fact]
    public void A_name_of_any_characters_is_kept()
    {
        RoundTrip(ParameterTree.Of(Leaf.Of("\ud83d\ude00 \ufffd", [1], [1f])));
    }

    [Fact]
    public void A_path_that_cannot_be_read_or_written_is_an_error()
    {
        ParameterTree<float> tree = Laws.Trees.Random<float>(1);
        Says("it is a directory", ErrorAt(folder.Root, ParameterFile.Load<float>(folder.Root)));
        Says("it is a directory", ErrorAt(folder.Root, ParameterFile.TrySave(tree, folder.Root)));
        string nowhere = Path.Combine(path, "deeper");
        Says("there is no such directory", ErrorAt(nowhere, ParameterFile.Load<float>(nowhere)));
        Says("there is no such directory", ErrorAt(nowhere, ParameterFile.TrySave(tree, nowhere)));
        Says("there is no such directory", ErrorAt(nowhere, MetricsFile.TryWrite([], nowhere)));
        using FileStream locked = new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        ErrorOf(ParameterFile.Load<float>(path));
    }

    [Fact]
    public void A_save_that_fails_leaves_the_existing_file()
    {
        ParameterTree<float> tree = Laws.Trees.Random<float>(1), consumed = Laws.Trees.Random<float>(2);
        ParameterFile.Save(tree, path);
        TrainState<float> half = new(Laws.Trees.Random<float>(3), new OptimizerState<float>(0, consumed));
        consumed.Release();
        Assert.Throws<ObjectDisposedException>(() => CheckpointFile.Save<float>(new(half), path));
        Assert.Equal(tree, ParameterFile.Load<float>(path).ThrowIfFail());
        Assert.Single(Directory.GetFileSystemEntries(folder.Root));
    }

    [Fact]
    public void A_save_does_not_change_other_files_in_the_folder()
    {
        string other = folder.Write("parameters.tmp", 1, 2, 3);
        RoundTrip(Laws.Trees.Random<float>(1));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(other));
        Assert.Equal([path, other], Directory.GetFileSystemEntries(folder.Root).Order(StringComparer.Ordinal));
    }

    private static void Says(string reason, string message) =>
        Assert.Contains(reason, message, StringComparison.Ordinal);

    private static byte[] With(byte[] bytes, int at, byte value)
    {
        byte[] changed = [.. bytes];
        changed[at] = value;
        return changed;
    }

    private static string ErrorAt<T>(string path, Fin<T> result)
    {
        string message = result.Match(Succ: _ => "no error", Fail: error => error.Message);
        Assert.Contains($"'{path}': ", message, StringComparison.Ordinal);
        return message;
    }

    private void RoundTrip<T>(ParameterTree<T> tree)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ParameterFile.Save(tree, path);
        Assert.Equal(tree, ParameterFile.Load<T>(path).ThrowIfFail());
    }

    /// <summary>The error of a file with this description of its tensor.</summary>
    private string ErrorOf(string json)
    {
        SafetensorsFile.Save(path, [TensorData.Of("a", [1], [1f])], [new("functional_optim", json)], checksum: true);
        return ErrorOf(ParameterFile.Load<float>(path));
    }

    private string ErrorOf(byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        return ErrorOf(ParameterFile.Load<float>(path));
    }

    private string ErrorOf<T>(Fin<T> result) => ErrorAt(path, result);
}
