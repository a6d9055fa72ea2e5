using System.Numerics;
using System.Text;
using FsCheck.Xunit;
using Functional.Optim.Training;
using LanguageExt;

namespace Functional.Optim.Tests.Training;

public sealed class ParameterFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory();
    private readonly string path;

    public ParameterFileTests() => path = Path.Combine(folder.FullName, "parameters");

    public void Dispose() => folder.Delete(recursive: true);

    [Property(MaxTest = 20)]
    public void What_is_saved_is_loaded_bit_for_bit_and_nothing_else_stays_in_the_folder(int seed)
    {
        RoundTrip(Laws.Trees.Random<float>(seed));
        RoundTrip(Laws.Trees.Random<double>(seed));
        RoundTrip(ParameterTree.Of(Leaf.Of("\"größe\"\n", [2, 1, 20_000], Enumerable.Range(0, 40_000).Select(index => 1f / index).ToArray()), Leaf.Of("nan", [], [float.NaN])));
        Assert.Equal(path, Assert.Single(folder.GetFileSystemInfos()).FullName);
    }

    [Property]
    public void Any_byte_that_is_changed_or_cut_off_is_found_out(uint at, byte bits)
    {
        Optimizer adam = Adam.Of(0.1);
        Assert.True(TrainStateFile.Save(TrainState.Init(adam, Laws.Trees.Random<float>(1)), path).IsSucc);
        byte[] bytes = File.ReadAllBytes(path);
        int position = (int)(at % bytes.Length);
        File.WriteAllBytes(path, bytes[..position]);
        Fault(TrainStateFile.Load<float>(path));
        // The beginning holds the sizes, where a wrong one is worst: every other sample goes there.
        position = at % 2 == 0 ? position : position % 200;
        bytes[position] ^= (byte)(bits | 1);
        File.WriteAllBytes(path, bytes);
        Fault(TrainStateFile.Load<float>(path));
    }

    [Fact]
    public void Each_fault_names_the_file_and_says_what_it_is()
    {
        ParameterTree<float> tree = Laws.Trees.Random<float>(1);
        Assert.Contains("there is no such file", Fault(ParameterFile.Load<float>(path)), StringComparison.Ordinal);
        Assert.True(ParameterFile.Save(tree, path).IsSucc);
        byte[] good = File.ReadAllBytes(path);
        Assert.Contains("it holds float32 elements; float64 elements were asked for", Fault(ParameterFile.Load<double>(path)), StringComparison.Ordinal);
        Assert.Contains("parameters only", Fault(TrainStateFile.Load<float>(path)), StringComparison.Ordinal);
        Assert.Contains("its 0 bytes are too few", FaultOf([]), StringComparison.Ordinal);
        Assert.Contains("not a parameter file", FaultOf(new byte[100]), StringComparison.Ordinal);
        Assert.Contains("its format has version 2; this library reads version 1", FaultOf(With(good, 8, 2)), StringComparison.Ordinal);
        Assert.Contains("truncated or corrupt: a header of", FaultOf(With(good, 15, 127)), StringComparison.Ordinal);
        Assert.Contains("truncated or corrupt: a header of -", FaultOf(With(good, 15, 255)), StringComparison.Ordinal);
        Assert.Contains("its header is corrupt", FaultOf(With(good, 16, (byte)'[')), StringComparison.Ordinal);
        Assert.Contains("truncated or corrupt: 991 bytes of elements where the header asks for 992", FaultOf(good[..^1]), StringComparison.Ordinal);
        Assert.Contains("where the header asks for 992", FaultOf([.. good, 0]), StringComparison.Ordinal);
        Assert.Contains("its checksum differs", FaultOf(With(good, good.Length - 40, (byte)(good[^40] ^ 1))), StringComparison.Ordinal);
        foreach (string header in (string[])
        [
            """{"element":"float32","leaves":[null],"state":null}""",
            """{"element":"float32","leaves":[{"name":"a"}],"state":null}""",
            """{"element":"float32","leaves":null,"state":null}""",
            "null",
        ])
        {
            Assert.Contains("its header is", FaultOf(WithHeader(header)), StringComparison.Ordinal);
        }

        Assert.Contains("asks for 8000000000", FaultOf(WithHeader("""{"element":"float32","leaves":[{"name":"a","shape":[2000000000]}],"state":null}""")), StringComparison.Ordinal);
        Assert.Contains("negative size -1", FaultOf(WithHeader("""{"element":"float32","leaves":[{"name":"a","shape":[-1]}],"state":null}""")), StringComparison.Ordinal);
        Assert.Contains("counters are out of range", FaultOf(WithHeader("""{"element":"float32","leaves":[],"state":{"updates":1,"skippedSteps":0,"slots":9}}""")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_place_that_cannot_be_read_or_written_is_a_fault()
    {
        ParameterTree<float> tree = Laws.Trees.Random<float>(1);
        Assert.Contains("it is a directory", FaultAt(folder.FullName, ParameterFile.Load<float>(folder.FullName)), StringComparison.Ordinal);
        Assert.Contains("it is a directory", FaultAt(folder.FullName, ParameterFile.Save(tree, folder.FullName)), StringComparison.Ordinal);
        string nowhere = Path.Combine(path, "deeper");
        Assert.Contains("there is no such directory", FaultAt(nowhere, ParameterFile.Load<float>(nowhere)), StringComparison.Ordinal);
        Assert.Contains("there is no such directory", FaultAt(nowhere, ParameterFile.Save(tree, nowhere)), StringComparison.Ordinal);
        Assert.Contains("there is no such directory", FaultAt(nowhere, MetricsFile.Write([], nowhere)), StringComparison.Ordinal);
        using FileStream locked = new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        Fault(ParameterFile.Load<float>(path));
    }

    [Fact]
    public void A_save_that_fails_leaves_the_file_that_was_there()
    {
        ParameterTree<float> tree = Laws.Trees.Random<float>(1), consumed = Laws.Trees.Random<float>(2);
        Assert.True(ParameterFile.Save(tree, path).IsSucc);
        TrainState<float> half = new(Laws.Trees.Random<float>(3), new OptimizerState<float>(0, consumed));
        consumed.Release();
        Assert.Throws<ObjectDisposedException>(() => { TrainStateFile.Save(half, path); });
        Assert.Equal(tree, ParameterFile.Load<float>(path).ThrowIfFail());
        Assert.Single(folder.GetFileSystemInfos());
    }

    private static byte[] With(byte[] bytes, int at, byte value)
    {
        byte[] changed = [.. bytes];
        changed[at] = value;
        return changed;
    }

    private static byte[] WithHeader(string header) =>
        [.. "FnOptim\n"u8, 1, 0, 0, 0, .. BitConverter.GetBytes(header.Length), .. Encoding.UTF8.GetBytes(header), .. new byte[32]];

    private static string FaultAt<T>(string path, Fin<T> result)
    {
        string message = result.Match(Succ: _ => "no fault", Fail: error => error.Message);
        Assert.Contains($"'{path}': ", message, StringComparison.Ordinal);
        return message;
    }

    private void RoundTrip<T>(ParameterTree<T> tree)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Assert.True(ParameterFile.Save(tree, path).IsSucc);
        Assert.Equal(tree, ParameterFile.Load<T>(path).ThrowIfFail());
    }

    private string FaultOf(byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        return Fault(ParameterFile.Load<float>(path));
    }

    private string Fault<T>(Fin<T> result) => FaultAt(path, result);
}
