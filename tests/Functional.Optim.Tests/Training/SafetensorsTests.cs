using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;
using LanguageExt;

namespace Functional.Optim.Tests.Training;

/// <summary>The container: files of the reference writer, and files that break one rule each.</summary>
public sealed class SafetensorsTests : IDisposable
{
    private static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "Golden", "Safetensors");

    private static readonly JsonElement Index =
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Golden, "index.json"))).RootElement;

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Valid => NamesOf("valid");

    public static TheoryData<string> Invalid => NamesOf("invalid");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_reference_file_is_tested() => Assert.Equal(
        Directory.GetFiles(Golden, "*.safetensors").Select(Path.GetFileName).Order(StringComparer.Ordinal),
        Files("valid").Concat(Files("invalid")).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Valid))]
    public void A_valid_file_is_read_and_written_byte_for_byte(string name)
    {
        string path = Path.Combine(Golden, name), again = folder.At(name);
        JsonElement expected = Index.GetProperty("valid").EnumerateArray()
            .Single(file => file.GetProperty("file").GetString() == name);
        using SafetensorsFile file = SafetensorsFile.Open(path).ThrowIfFail();
        if (expected.GetProperty("metadata") is { ValueKind: JsonValueKind.Object } metadata)
        {
            Assert.Equal(
                metadata.EnumerateObject().Select(text => (text.Name, text.Value.GetString())),
                file.Metadata.Select(text => (text.Key, (string?)text.Value)));
        }
        else
        {
            Assert.Empty(file.Metadata);
        }

        JsonElement[] tensors = [.. expected.GetProperty("tensors").EnumerateArray()];
        Assert.Equal(tensors.Length, file.Tensors.Length);
        foreach ((JsonElement tensor, TensorDescription read) in tensors.Zip(file.Tensors))
        {
            Assert.Equal(tensor.GetProperty("name").GetString(), read.Name);
            Assert.Equal(
                tensor.GetProperty("dtype").GetString(),
                read.ToString()[(read.Name.Length + 1)..].Split('[')[0]);
            Assert.Equal(tensor.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()), read.Shape);
            Assert.Equal(
                tensor.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()),
                [read.Begin, read.End]);
            Assert.Equal(
                tensor.GetProperty("values").EnumerateArray().Select(Shown), ValuesOf(read.Type, file.Read(read)));
        }

        SafetensorsFile.Save(
            again,
            file.Tensors.Reverse().Select(tensor =>
                TensorData.Of(tensor.Name, tensor.Type, tensor.Shape.AsSpan(), file.Read(tensor))),
            file.Metadata);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(again));
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public void An_invalid_file_is_refused_with_one_line(string name)
    {
        string path = Path.Combine(Golden, name);
        OneLine(path, SafetensorsFile.Open(path));
        OneLine(path, ParameterFile.Load<float>(path));
        OneLine(path, CheckpointFile.Load<float>(path));
        OneLine(path, CheckpointFile.Describe(path));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775807],"data_offsets":[0,4]}}""", "not those of its")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,4]}}""", "a whole number")]
    [InlineData("""{"a":{"dtype":"U8","shape":[0,9223372036854775807,4],"data_offsets":[0,4]}}""", "not those of its")]
    [InlineData("""{"a":{"dtype":"U8","shape":[9223372036854775807,4,0],"data_offsets":[0,0]}}""", "not those of its")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-0,1],"data_offsets":[0,4]}}""", "a whole number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}""", "a whole number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}}""", "a whole number")]
    [InlineData("""{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}""", "a whole number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[[1]],"data_offsets":[0,4]}}""", "not valid JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"extra":1}}""", "unexpected 'extra'")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "unexpected 'dtype'")]
    [InlineData("""{"a":{"dtype":1,"shape":[1],"data_offsets":[0,4]}}""", "unexpected 'dtype'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}""", "not those of its shape")]
    [InlineData("""{"a":[]}""", "is no object")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "half of a surrogate pair")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", "the metadata 'a' twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", "__metadata__ twice")]
    [InlineData("""{"__metadata__":[]}""", "its metadata is no object")]
    [InlineData("""{"a\n":1}""", "'a ' is no object")]
    [InlineData("""{}""", "4 bytes of elements; its header describes 0")]
    [InlineData("""{} {}""", "not valid JSON")]
    [InlineData("""[]""", "does not begin with '{'")]
    public void A_header_that_breaks_a_rule_is_refused(string header, string reason)
    {
        string path = folder.Write("file", WithHeader(Encoding.UTF8.GetBytes(header), new byte[4]));
        Assert.Contains(reason, OneLine(path, SafetensorsFile.Open(path)), StringComparison.Ordinal);
    }

    [Fact]
    public void Elements_that_overlap_are_refused()
    {
        const string header = """
            {"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},
            "b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}
            """;
        string path = folder.Write("file", WithHeader(Encoding.UTF8.GetBytes(header), new byte[4]));
        Assert.Contains(
            "begin at byte 2, inside those before, which end at 3",
            OneLine(path, SafetensorsFile.Open(path)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_deep_or_long_header_costs_no_more_than_a_small_multiple_of_its_length()
    {
        const int times = 100_000;
        string[] headers =
        [
            $"{{\"a\":{new string('[', times)}", $"{{\"a\":{string.Concat(Enumerable.Repeat("{\"a\":", times))}",
            $"{{\"a\":{{\"dtype\":\"F32\",\"shape\":[{string.Join(',', Enumerable.Repeat("1", times))}],",
            $"{{\"{new string('a', times)}\":1}}",
        ];
        foreach (string header in headers)
        {
            byte[] bytes = WithHeader(Encoding.UTF8.GetBytes(header), []);
            string path = folder.Write("file", bytes);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Fin<SafetensorsFile> opened = SafetensorsFile.Open(path);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000 + (20L * bytes.Length));
            OneLine(path, opened);
        }
    }

    [Fact]
    public void What_cannot_be_in_a_file_is_refused_before_it_is_written()
    {
        string path = folder.At("file");
        TensorData one = TensorData.Of("a", [1], [1f]);
        foreach ((TensorData[] tensors, KeyValuePair<string, string>[] metadata, string reason) in
            new (TensorData[], KeyValuePair<string, string>[], string)[]
            {
                ([one, one], [], "two tensors have the name 'a'"),
                ([TensorData.Of("__metadata__", [1], [1f])], [], "no tensor may have the name __metadata__"),
                ([TensorData.Of("\ud800", [1], [1f])], [], "half of a surrogate pair"),
                ([], [new("a", "\udc00")], "half of a surrogate pair"),
                ([], [new("a", "1"), new("a", "2")], "the key 'a' twice"),
            })
        {
            string message = Assert.Throws<IOException>(() => SafetensorsFile.Save(path, tensors, metadata)).Message;
            Assert.Contains(reason, message, StringComparison.Ordinal);
            Assert.False(File.Exists(path));
        }

        Assert.Throws<ArgumentException>(() => TensorData.Of("a", [2], [1f]));
        Assert.Throws<ArgumentOutOfRangeException>(() => TensorData.Of("a", [-1, -1], [1f]));
    }

    internal static byte[] WithHeader(ReadOnlySpan<byte> header, ReadOnlySpan<byte> data)
    {
        byte[] prefix = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, header.Length);
        return [.. prefix, .. header, .. data];
    }

    internal static string OneLine<T>(string path, Fin<T> result)
    {
        string message = result.Match(Succ: _ => "no error", Fail: error => error.Message);
        Assert.StartsWith($"Cannot read '{path}': ", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        return message;
    }

    private static TheoryData<string> NamesOf(string kind) => [.. Files(kind)];

    private static IEnumerable<string> Files(string kind) =>
        Index.GetProperty(kind).EnumerateArray().Select(file => file.GetProperty("file").GetString()!);

    /// <summary>A number of the index as text; −0 is the text "-0" there, true is 1.</summary>
    private static string Shown(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.True => "1",
        JsonValueKind.False => "0",
        _ when value.TryGetInt64(out long integer) => Shown(integer),
        _ when value.TryGetUInt64(out ulong integer) => Shown(integer),
        _ => Shown(value.GetDouble()),
    };

    private static string Shown(IFormattable value) => value switch
    {
        double.NaN => "nan",
        double.PositiveInfinity => "inf",
        double.NegativeInfinity => "-inf",
        _ => value.ToString(null, CultureInfo.InvariantCulture),
    };

    private static string[] ValuesOf(TensorType type, byte[] bytes) => type switch
    {
        TensorType.F64 => Each<double>(bytes),
        TensorType.F32 => Each<float>(bytes, value => (double)value),
        TensorType.F16 => Each<Half>(bytes, value => (double)value),
        TensorType.BF16 => Each<ushort>(
            bytes, value => (double)BitConverter.UInt32BitsToSingle((uint)value << 16)),
        TensorType.I64 => Each<long>(bytes),
        TensorType.U64 => Each<ulong>(bytes),
        TensorType.I32 => Each<int>(bytes),
        TensorType.U32 => Each<uint>(bytes),
        TensorType.I16 => Each<short>(bytes),
        TensorType.U16 => Each<ushort>(bytes),
        TensorType.I8 => Each<sbyte>(bytes),
        _ => Each<byte>(bytes),
    };

    private static string[] Each<T>(byte[] bytes, Func<T, IFormattable>? numberOf = null)
        where T : struct, IFormattable =>
        [.. MemoryMarshal.Cast<byte, T>(bytes).ToArray().Select(value => Shown(numberOf?.Invoke(value) ?? value))];
}
