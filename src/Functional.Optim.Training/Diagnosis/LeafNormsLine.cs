using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Functional.Optim.Training;

/// <summary>A line of a <see cref="LeafNormsFile"/>: writes and reads it without reflection.</summary>
internal sealed class LeafNormsLine : IDisposable
{
    private const string Step = "step", Leaves = "leaves";

    private readonly ArrayBufferWriter<byte> bytes = new();
    private readonly Utf8JsonWriter json;

    internal LeafNormsLine() => json = new Utf8JsonWriter(bytes);

    public void Dispose() => json.Dispose();

    /// <summary>The line with its end, until the next one is made.</summary>
    internal ReadOnlySpan<byte> Of(LeafNorms norms)
    {
        bytes.ResetWrittenCount();
        json.Reset();
        json.WriteStartObject();
        json.WriteNumber(Step, norms.Step);
        json.WriteStartArray(Leaves);
        foreach (LeafNorm leaf in norms.Leaves)
        {
            json.WriteStartArray();
            json.WriteStringValue(leaf.Name);
            Write(leaf.Parameters);
            Write(leaf.Gradient);
            Write(leaf.Update);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        bytes.Write("\n"u8);
        return bytes.WrittenSpan;
    }

    /// <summary>Reads a line.</summary>
    /// <exception cref="InvalidDataException">It is not such a line; the message has its number.</exception>
    internal static LeafNorms Read(ReadOnlySpan<byte> line, long number)
    {
        try
        {
            Utf8JsonReader reader = new(line);
            Expect(ref reader, JsonTokenType.StartObject);
            Expect(ref reader, Step);
            Expect(ref reader, JsonTokenType.Number);
            long step = reader.GetInt64();
            Expect(ref reader, Leaves);
            Expect(ref reader, JsonTokenType.StartArray);
            ImmutableArray<LeafNorm>.Builder leaves = ImmutableArray.CreateBuilder<LeafNorm>();
            while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
            {
                Expect(ref reader, JsonTokenType.String);
                leaves.Add(new LeafNorm(
                    reader.GetString()!, NormOf(ref reader), NormOf(ref reader), NormOf(ref reader)));
                Expect(ref reader, JsonTokenType.EndArray);
            }

            Expect(ref reader, JsonTokenType.EndObject);
            return reader.Read() ? throw new FormatException() : new LeafNorms(step, leaves.DrainToImmutable());
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture, $"line {number} does not have the norms of leaves"));
        }
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token)
    {
        if (!reader.Read() || reader.TokenType != token) throw new FormatException();
    }

    private static void Expect(ref Utf8JsonReader reader, string property)
    {
        Expect(ref reader, JsonTokenType.PropertyName);
        if (!reader.ValueTextEquals(property)) throw new FormatException();
    }

    private static double NormOf(ref Utf8JsonReader reader)
    {
        if (!reader.Read()) throw new FormatException();
        return reader.TokenType == JsonTokenType.String
            ? double.Parse(reader.GetString()!, CultureInfo.InvariantCulture)
            : reader.GetDouble();
    }

    private void Write(double norm)
    {
        if (double.IsFinite(norm)) json.WriteNumberValue(norm);
        else json.WriteStringValue(norm.ToString(CultureInfo.InvariantCulture));
    }
}
