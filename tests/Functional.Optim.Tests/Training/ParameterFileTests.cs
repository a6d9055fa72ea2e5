using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using FsCheck.Xunit;
using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;
using LanguageExt;

namespace Functional.Optim.Tests.Training;

public sealed class ParameterFileTests : IDisposable
{
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

    [Property]
    public void Any_byte_that_is_changed_or_cut_off_is_detected(uint at, byte bits)
    {
        Optimizer adam = Adam.Of(0.1);
        Assert.True(TrainStateFile.Save(TrainState.Init(adam, Laws.Trees.Random<float>(1)), path).IsSucc);
        byte[] bytes = File.ReadAllBytes(path);
        int position = (int)(at % bytes.Length);
        File.WriteAllBytes(path, bytes[..position]);
        ErrorOf(TrainStateFile.Load<float>(path));
        // The beginning has the sizes, where a wrong number is worst: every other sample changes a byte there.
        position = at % 2 == 0 ? position : position % 200;
        bytes[position] ^= (byte)(bits | 1);
        File.WriteAllBytes(path, bytes);
        ErrorOf(TrainStateFile.Load<float>(path));
    }

    [Fact]
    public void Each_error_names_the_file_and_the_reason()
    {
        ParameterTree<float> tree = Laws.Trees.Random<float>(1);
        Says("there is no such file", ErrorOf(ParameterFile.Load<float>(path)));
        Assert.True(ParameterFile.Save(tree, path).IsSucc);
        byte[] good = File.ReadAllBytes(path);
        Says("it holds float32 elements; float64 elements were requested", ErrorOf(ParameterFile.Load<double>(path)));
        Says("parameters only", ErrorOf(TrainStateFile.Load<float>(path)));
        Says("its 0 bytes are too few", ErrorOf([]));
        Says("not a parameter file", ErrorOf(new byte[100]));
        Says("its format has version 2; this library reads version 1", ErrorOf(With(good, 8, 2)));
        Says("truncated or corrupt: a header of", ErrorOf(With(good, 15, 127)));
        Says("truncated or corrupt: a header of -", ErrorOf(With(good, 15, 255)));
        Says("its checksum differs", ErrorOf(With(good, 16, (byte)'[')));
        Says("truncated or corrupt: its checksum differs", ErrorOf(good[..^1]));
        Says("its checksum differs", ErrorOf([.. good, 0]));
        Says(
            "truncated or corrupt: it has 0 bytes of elements, but its header describes 4",
            ErrorOf(WithLeaves("""[{"name":"a","shape":[1]}]""")));
        Says("its checksum differs", ErrorOf(With(good, good.Length - 40, (byte)(good[^40] ^ 1))));
        foreach (string leaves in
            (string[])["[null]", """[{"name":"a"}]""", """[{"name":null,"shape":[]}]""", "null", "[], []"])
            Says("its header is corrupt", ErrorOf(WithLeaves(leaves)));
        Says("its header is empty", ErrorOf(WithHeader("null")));
        Says("describes 8000000000", ErrorOf(WithLeaves("""[{"name":"a","shape":[2000000000]}]""")));
        Says("negative size -1", ErrorOf(WithLeaves("""[{"name":"a","shape":[-1]}]""")));
        Says(
            "the name 'a' appears twice.",
            ErrorOf(WithLeaves("""[{"name":"a","shape":[]},{"name":"a","shape":[]}]""")));
        Says("counters are out of range", ErrorOf(WithLeaves("[]", """{"updates":1,"skippedSteps":0,"slots":9000}""")));
        Says(
            "1 slots and names for 2",
            ErrorOf(WithLeaves("[]", """{"updates":1,"skippedSteps":0,"slots":1,"slotNames":["m","v"]}""")));
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
        Says("it is a directory", ErrorAt(folder.Root, ParameterFile.Save(tree, folder.Root)));
        string nowhere = Path.Combine(path, "deeper");
        Says("there is no such directory", ErrorAt(nowhere, ParameterFile.Load<float>(nowhere)));
        Says("there is no such directory", ErrorAt(nowhere, ParameterFile.Save(tree, nowhere)));
        Says("there is no such directory", ErrorAt(nowhere, MetricsFile.TryWrite([], nowhere)));
        using FileStream locked = new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        ErrorOf(ParameterFile.Load<float>(path));
    }

    [Fact]
    public void A_save_that_fails_leaves_the_existing_file()
    {
        ParameterTree<float> tree = Laws.Trees.Random<float>(1), consumed = Laws.Trees.Random<float>(2);
        Assert.True(ParameterFile.Save(tree, path).IsSucc);
        TrainState<float> half = new(Laws.Trees.Random<float>(3), new OptimizerState<float>(0, consumed));
        consumed.Release();
        Assert.Throws<ObjectDisposedException>(() => { TrainStateFile.Save(half, path); });
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

    private static byte[] WithLeaves(string leaves, string state = "null") =>
        WithHeader($$"""{"element":"float32","leaves":{{leaves}},"state":{{state}}}""");

    private static byte[] WithHeader(string header) => MutatedFileTests.WithHeader(Encoding.UTF8.GetBytes(header), []);

    private static string ErrorAt<T>(string path, Fin<T> result)
    {
        string message = result.Match(Succ: _ => "no error", Fail: error => error.Message);
        Assert.Contains($"'{path}': ", message, StringComparison.Ordinal);
        return message;
    }

    private void RoundTrip<T>(ParameterTree<T> tree)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Assert.True(ParameterFile.Save(tree, path).IsSucc);
        Assert.Equal(tree, ParameterFile.Load<T>(path).ThrowIfFail());
    }

    private string ErrorOf(byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        return ErrorOf(ParameterFile.Load<float>(path));
    }

    private string ErrorOf<T>(Fin<T> result) => ErrorAt(path, result);
}
