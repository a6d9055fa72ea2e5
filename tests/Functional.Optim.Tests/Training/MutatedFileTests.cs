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
    private const int PrefixBytes = 8;

    private static readonly string[] Scraps =
    [
        "-1", "0", "1e9", "2147483647", "9223372036854775807", "18446744073709551615", "1e400", "null", "[]", "{}",
        "\"\"", "\"\\ud800\"", "[[", "]", "true", "NaN", "\0", "\"F64\"", "\"BF16\"", "\"U8\"", "[-1,-1,-1]",
        "[65536,65536]", "\"a\":{\"a\":", ",", "\\\"slots\\\":[]", "\\\"slots\\\":[null]", "\\\"leaves\\\":[\\\"w\\\"]",
        "\\\"version\\\":2", "\\\"key\\\":\\\"v\\\"", "null", "\\\"bFloat16\\\"", "\\\"starts\\\":[9]",
    ];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>100,000 files with <c>LONG=1</c>.</summary>
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
            Fin<Checkpoint<float>> floats = CheckpointFile.Load<float>(path);
            Fin<Checkpoint<double>> doubles = CheckpointFile.Load<double>(path);
            Fin<ParameterTree<float>> parameters = ParameterFile.Load<float>(path);
            Fin<CheckpointDescription> described = CheckpointFile.Describe(path);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(
                allocated < 2_000_000 + (300L * bytes.Length),
                $"seed {seed}: {allocated} bytes for a file of {bytes.Length}");
            foreach (Checkpoint<float> checkpoint in floats)
            {
                read++;
                Assert.True(parameters.IsSucc && described.IsSucc, $"seed {seed}");
                CheckpointFile.Save(checkpoint, path);
                Assert.Equal(checkpoint.State, CheckpointFile.Load<float>(path).ThrowIfFail().State);
            }
        }

        Assert.InRange(read, cases / 1000, cases / 2);
    }

    [Fact]
    public void A_header_with_large_sizes_costs_little()
    {
        string path = folder.At("sizes");
        string[] headers =
        [
            $"{{\"a\":{{\"dtype\":\"F32\",\"shape\":[{string.Join(',', Enumerable.Repeat("1", 3000))}],",
            """{"a":{"dtype":"F32","shape":[2147483647],"data_offsets":[0,8589934588]}}""",
            """{"a":{"dtype":"F32","shape":[2147483648,0],"data_offsets":[0,0]}}""",
            """{"__metadata__":{"functional_optim":"[[[["}}""",
        ];
        foreach (string header in headers)
        {
            byte[] bytes = SafetensorsTests.WithHeader(Encoding.UTF8.GetBytes(header), []);
            File.WriteAllBytes(path, bytes);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.True(ParameterFile.Load<float>(path).IsFail);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (50 * bytes.Length) + 300_000);
        }
    }

    /// <summary>A file of the right checksum, wherever its header has one.</summary>
    internal static byte[] Checked(byte[] file)
    {
        ReadOnlySpan<byte> key = "\"sha256\":\""u8;
        int at = file.AsSpan().IndexOf(key) + key.Length;
        if (at < key.Length || at + 64 > file.Length) return file;
        file.AsSpan(at, 64).Fill((byte)'0');
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(file))).CopyTo(file.AsSpan(at));
        return file;
    }

    private static IEnumerable<byte[]> Good()
    {
        using TemporaryFolder folder = new();
        string path = folder.At("good");
        ParameterTree<float> tree = ParameterTree.Of(
            Leaf.Of("w", [2, 3], [1f, 2, 3, 4, 5, 6]), Leaf.Of("größe", [], [1f]));
        OptimizerState<float> joined = new(3, ["m"], "lion(m)", [tree], [new("d", 0.5)], [[0, 3]]);
        foreach (TrainState<float> state in (TrainState<float>[])[
            TrainState.Init(Accumulate.Of(2, AdamW.Of(0.1)), tree),
            TrainState.Init(Sgd.Of(0.1), tree),
            TrainState.Init(AdamW.Of(0.1).WithState(StateFormat.BFloat16), tree),
            new TrainState<float>(tree, joined)])
        {
            CheckpointFile.Save<float>(new(state), path);
            yield return File.ReadAllBytes(path);
        }

        ParameterFile.Save(tree, path);
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
                return random.Next(2) == 0 ? bytes : Checked(bytes);
            case 1:
                return bytes[..random.Next(bytes.Length)];
            case 2:
                return [.. bytes, .. Bytes(random, random.Next(1, 200))];
            case 3:
                random.NextBytes(bytes.AsSpan(0, random.Next(1, PrefixBytes + 1)));
                return bytes;
            case 4:
                return Bytes(random, random.Next(300));
            default:
                int end = PrefixBytes + (int)BinaryPrimitives.ReadInt64LittleEndian(good);
                byte[] header = good[PrefixBytes..end];
                for (int changes = random.Next(1, 4); changes > 0; changes--) header = Changed(header, random);
                return Checked(SafetensorsTests.WithHeader(header, good.AsSpan(end)));
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

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
