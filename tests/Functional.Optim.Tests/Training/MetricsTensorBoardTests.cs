using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Functional.Optim.Tests.Golden;
using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;

namespace Functional.Optim.Tests.Training;

/// <summary>Event files against bytes of TensorBoard's own writer.</summary>
public sealed class MetricsTensorBoardTests : IDisposable
{
    private static readonly string Folder = Path.Combine("TensorBoard", "events.json");
    private static readonly JsonElement Events = GoldenFile.Read(Folder).GetProperty("events");
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Ids =>
        [.. Events.EnumerateArray().Select(golden => golden.GetProperty("id").GetString()!)];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Checksums_are_the_published_ones()
    {
        foreach (JsonElement vector in GoldenFile.Read(Folder).GetProperty("crc32c").EnumerateArray())
        {
            byte[] bytes = Bytes(vector, "bytes_hex");
            Assert.Equal(Hex(vector, "crc"), TensorBoardRecord.Checksum(bytes));
            Assert.Equal(Hex(vector, "masked"), TensorBoardRecord.MaskedChecksum(bytes));
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void An_event_and_its_record_are_those_of_the_reference(string id)
    {
        JsonElement golden = Events.EnumerateArray().Single(golden => golden.GetProperty("id").GetString() == id);
        byte[] message = MessageOf(golden);
        Assert.Equal(golden.GetProperty("event_hex").GetString(), Convert.ToHexStringLower(message));
        Assert.Equal(golden.GetProperty("record_hex").GetString(), Convert.ToHexStringLower(RecordOf(message)));
    }

    [Fact]
    public void The_file_of_all_events_is_that_of_the_reference() => Assert.Equal(
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "TensorBoard", "events.tfevents")),
        Events.EnumerateArray().SelectMany(golden => RecordOf(MessageOf(golden))));

    [Fact]
    public void A_negative_step_takes_ten_bytes()
    {
        ArrayBufferWriter<byte> message = new();
        TensorBoardEvent.WriteScalars(message, 0, -1, []);
        Assert.Equal("09000000000000000010ffffffffffffffffff012a00", Convert.ToHexStringLower(message.WrittenSpan));
    }

    [Fact]
    public void A_resumed_run_writes_a_new_file_that_says_where_it_starts()
    {
        Clock clock = new(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        foreach ((long afterStep, int last) in ((long, int)[])[(0, 3), (2, 4)])
        {
            using TensorBoardMetrics metrics =
                TensorBoardMetrics.TryOpen(folder.At("events"), afterStep, clock).ThrowIfFail();
            foreach (StepReport report in MetricsReports.Steps((int)afterStep + 1, last)) metrics.Report(report);
            // The second run starts by a clock that was set back.
            clock.Now = DateTimeOffset.FromUnixTimeSeconds(1_600_000_000);
        }

        string[] files = [.. Directory.GetFiles(folder.At("events")).Order(StringComparer.Ordinal)];
        Assert.Equal(
            [$"events.out.tfevents.1700000000.{Environment.MachineName}",
             $"events.out.tfevents.1700000001.{Environment.MachineName}"],
            files.Select(Path.GetFileName));
        List<byte[]> first = Messages(files[0]), second = Messages(files[1]);
        Assert.Equal((5, 4), (first.Count, second.Count));
        byte[] version = Bytes(Events[0], "event_hex");
        Assert.Equal(version, first[0]);
        Assert.Equal(version[9..], second[0][9..]);
        Assert.Equal("10013a020801", Convert.ToHexStringLower(first[1].AsSpan(9)));
        Assert.Equal("10033a020801", Convert.ToHexStringLower(second[1].AsSpan(9)));
        Assert.Contains("val/loss", Encoding.Latin1.GetString(first[3]), StringComparison.Ordinal);
        Assert.DoesNotContain("val/loss", Encoding.Latin1.GetString(first[4]), StringComparison.Ordinal);
        Assert.All(
            (string[])["train/loss", "lr", "grad_norm", "tokens_per_second", "step_ms", "optimizer_ms",
                       "skipped_steps"],
            tag => Assert.Contains(tag, Encoding.Latin1.GetString(second[^1]), StringComparison.Ordinal));
    }

    private static byte[] MessageOf(JsonElement golden)
    {
        ArrayBufferWriter<byte> message = new();
        double time = golden.GetProperty("wall_time").GetDouble();
        long step = golden.GetProperty("step").GetInt64();
        if (golden.TryGetProperty("scalars", out JsonElement scalars))
        {
            TensorBoardEvent.WriteScalars(message, time, step,
            [
                .. scalars.EnumerateArray().Select(scalar => new TensorBoardScalar(
                    Encoding.UTF8.GetBytes(scalar[0].GetString()!), (float)scalar[1].Number())),
            ]);
        }
        else if (golden.TryGetProperty("file_version", out _))
        {
            TensorBoardEvent.WriteFileVersion(message, time);
        }
        else
        {
            // Scalars as tensors, which this library does not write: its record alone is compared.
            Assert.True(golden.TryGetProperty("tensor_scalars", out _));
            return Bytes(golden, "event_hex");
        }

        return message.WrittenSpan.ToArray();
    }

    private static byte[] RecordOf(byte[] message)
    {
        ArrayBufferWriter<byte> record = new();
        TensorBoardRecord.Write(record, message);
        return record.WrittenSpan.ToArray();
    }

    private static List<byte[]> Messages(string path)
    {
        List<byte[]> messages = [];
        ReadOnlySpan<byte> rest = File.ReadAllBytes(path);
        while (!rest.IsEmpty)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(rest);
            byte[] message = rest.Slice(12, length).ToArray();
            Assert.Equal(RecordOf(message), rest[..(length + 16)].ToArray());
            messages.Add(message);
            rest = rest[(length + 16)..];
        }

        return messages;
    }

    private static byte[] Bytes(JsonElement golden, string name) =>
        Convert.FromHexString(golden.GetProperty(name).GetString()!);

    private static uint Hex(JsonElement golden, string name) =>
        uint.Parse(golden.GetProperty(name).GetString()!, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        internal DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
