using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Functional.Optim.Laws;
using Functional.Optim.Tests.Laws;
using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;
using LanguageExt;

namespace Functional.Optim.Tests.Training;

/// <summary>
/// Randomly changed files: each is read or rejected, without an exception, and without memory out of proportion to its
/// length. What was read is saved and read again with the same bits.
/// </summary>
public sealed class MutatedFileTests : IDisposable
{
    private const int PrefixBytes = 16, Magic = 8;

    private static readonly string[] Scraps =
    [
        "-1", "0", "1e9", "2147483647", "9223372036854775807", "1e400", "null", "[]", "{}", "\"\"", "\"\\ud800\"", "[[",
        "]", "true", "NaN", "\0",
        "\"slots\":8", "\"float64\"", "[-1,-1,-1]", "[65536,65536]", "\"a\":{\"a\":", ",", "\"identity\":null",
        "\"slotNames\":[null]",
    ];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_changed_file_is_rejected_or_read()
    {
        int cases = Effort.Times(2000), first = Seed.Number;
        byte[][] good = [.. Good()];
        string path = folder.At("mutated");
        int read = 0;
        for (int seed = first; seed - first < cases; seed++)
        {
            Random random = new(seed);
            byte[] bytes = Mutated(good[random.Next(good.Length)], random);
            File.WriteAllBytes(path, bytes);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Fin<TrainState<float>> floats = TrainStateFile.Load<float>(path);
            Fin<TrainState<double>> doubles = TrainStateFile.Load<double>(path);
            Fin<ParameterTree<float>> parameters = ParameterFile.Load<float>(path);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(
                allocated < 1_000_000 + (200L * bytes.Length),
                $"seed {seed}: {allocated} bytes for a file of {bytes.Length}");
            Assert.True(doubles.IsFail || floats.IsFail, $"seed {seed}: both element types");
            foreach (TrainState<float> state in floats)
            {
                read++;
                Assert.True(parameters.IsSucc, $"seed {seed}");
                Assert.True(TrainStateFile.Save(state, path).IsSucc, $"seed {seed}");
                Assert.Equal(state, TrainStateFile.Load<float>(path).ThrowIfFail());
            }
        }

        Assert.InRange(read, cases / 1000, cases / 2);
    }

    [Fact]
    public void A_header_with_large_sizes_costs_little_whether_its_checksum_is_right_or_not()
    {
        string path = folder.At("sizes");
        foreach (string leaves in (string[])[
            $$"""[{"name":"a","shape":[{{string.Join(',', Enumerable.Repeat("-1", 3000))}}]}]""",
            $"[{string.Join(',', Enumerable.Repeat("""{"name":"a","shape":[1]}""", 3000))}]",
            """[{"name":"a","shape":[2147483647]}]""", new string('[', 100_000)])
        {
            byte[] header = Encoding.UTF8.GetBytes($$"""{"element":"float32","leaves":{{leaves}},"state":null}""");
            foreach (bool right in (bool[])[true, false])
            {
                byte[] bytes = WithHeader(header, []);
                if (!right) bytes[^1] ^= 1;
                File.WriteAllBytes(path, bytes);
                long before = GC.GetAllocatedBytesForCurrentThread();
                Assert.True(ParameterFile.Load<float>(path).IsFail);
                long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                Assert.InRange(allocated, 0, (right ? 50 * bytes.Length : 0) + 300_000);
            }
        }
    }

    private static IEnumerable<byte[]> Good()
    {
        using TemporaryFolder folder = new();
        string path = folder.At("good");
        ParameterTree<float> tree = ParameterTree.Of(
            Leaf.Of("w", [2, 3], [1f, 2, 3, 4, 5, 6]), Leaf.Of("größe", [], [1f]));
        Optimizer optimizer = Accumulate.Of(2, AdamW.Of(0.1));
        Assert.True(TrainStateFile.Save(TrainState.Init(optimizer, tree), path).IsSucc);
        yield return File.ReadAllBytes(path);
        Assert.True(TrainStateFile.Save(TrainState.Init(Sgd.Of(0.1), tree), path).IsSucc);
        yield return File.ReadAllBytes(path);
        OptimizerState<float> joined = new(3, ["m"], "lion(m)", [tree], [new("d", 0.5)], [[0, 3]]);
        Assert.True(TrainStateFile.Save(new TrainState<float>(tree, joined), path).IsSucc);
        yield return File.ReadAllBytes(path);
        Assert.True(ParameterFile.Save(tree, path).IsSucc);
        yield return File.ReadAllBytes(path);
    }

    private static byte[] Mutated(byte[] good, Random random)
    {
        byte[] bytes = [.. good];
        switch (random.Next(6))
        {
            case 0:
                for (int flips = random.Next(1, 4); flips > 0; flips--)
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                return bytes[..random.Next(bytes.Length)];
            case 2:
                return [.. bytes, .. Bytes(random, random.Next(1, 200))];
            case 3:
                random.NextBytes(bytes.AsSpan(0, random.Next(1, PrefixBytes + 1)));
                return random.Next(2) == 0 ? bytes : [.. good[..Magic], .. bytes[Magic..]];
            case 4:
                return Bytes(random, random.Next(300));
            default:
                int length = BinaryPrimitives.ReadInt32LittleEndian(good.AsSpan(12));
                int end = PrefixBytes + length;
                byte[] header = good[PrefixBytes..end], data = good[end..^SHA256.HashSizeInBytes];
                for (int changes = random.Next(1, 4); changes > 0; changes--) header = Changed(header, random);
                return WithHeader(header, data);
        }
    }

    /// <summary>Replaces a piece of the text by a scrap, or a digit by another one, or removes a piece.</summary>
    private static byte[] Changed(byte[] header, Random random)
    {
        int start = random.Next(header.Length), end = Math.Min(header.Length, start + random.Next(8));
        switch (random.Next(3))
        {
            case 0:
                return
                [
                    .. header[..start], .. Encoding.UTF8.GetBytes(Scraps[random.Next(Scraps.Length)]), .. header[end..],
                ];
            case 1:
                int digit = Array.FindIndex(header, start, value => value is >= (byte)'0' and <= (byte)'9');
                if (digit >= 0) header[digit] = (byte)('0' + random.Next(10));
                return header;
            default:
                return header.Length > 8 ? [.. header[..start], .. header[end..]] : header;
        }
    }

    internal static byte[] WithHeader(ReadOnlySpan<byte> header, ReadOnlySpan<byte> data)
    {
        byte[] bytes = [.. "FnOptim\n"u8, 1, 0, 0, 0, .. BitConverter.GetBytes(header.Length), .. header, .. data];
        return [.. bytes, .. SHA256.HashData(bytes)];
    }

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
