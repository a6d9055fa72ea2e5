using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Unicode;

namespace Functional.Optim.Training;

/// <summary>
/// Reads the header of a safetensors file, and refuses every one that breaks a rule of the format. Its work and memory
/// are in proportion to the header's length, and it never calls itself.
/// </summary>
internal ref struct SafetensorsHeaderReader
{
    /// <summary>The header, a tensor, and its shape.</summary>
    private const int MaxDepth = 3;

    private readonly ReadOnlySpan<byte> header;
    private readonly List<TensorDescription> tensors = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private OrderedDictionary<string, string>? metadata;
    private Utf8JsonReader json;
    private int checksumAt = -1;

    private SafetensorsHeaderReader(ReadOnlySpan<byte> header)
    {
        this.header = header;
        json = new(header, new JsonReaderOptions { MaxDepth = MaxDepth });
    }

    /// <summary>Reads a header.</summary>
    /// <param name="header">The header, without its length.</param>
    /// <param name="dataBytes">The bytes of the file after the header.</param>
    /// <exception cref="InvalidDataException">The header breaks a rule of the format.</exception>
    internal static SafetensorsHeader Read(ReadOnlySpan<byte> header, long dataBytes)
    {
        Require(!header.IsEmpty && header[0] == (byte)'{', "its header does not begin with '{'");
        Require(Utf8.IsValid(header), "its header is not valid UTF-8");
        try
        {
            return new SafetensorsHeaderReader(header).Read(dataBytes);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException(
                $"its header is not valid JSON at byte {exception.BytePositionInLine}", exception);
        }
    }

    private SafetensorsHeader Read(long dataBytes)
    {
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string name = Text("a name");
            json.Read();
            if (name == SafetensorsHeader.MetadataName) ReadMetadata();
            else tensors.Add(ReadTensor(name));
        }

        // What follows the closing brace is spaces only, or an exception.
        json.Read();
        tensors.Sort((left, right) =>
            left.Begin != right.Begin ? left.Begin.CompareTo(right.Begin) : left.End.CompareTo(right.End));
        long end = 0;
        foreach (TensorDescription tensor in tensors)
        {
            Require(
                tensor.Begin == end,
                $"the elements of {tensor} begin at byte {tensor.Begin}, {(tensor.Begin < end ? "inside" : "after a "
                    + "hole behind")} those before, which end at {end}");
            end = tensor.End;
        }

        Require(end == dataBytes, $"it has {dataBytes} bytes of elements; its header describes {end}");
        return new([.. tensors], metadata ?? [], checksumAt);
    }

    private void ReadMetadata()
    {
        Require(metadata is null, $"it has {SafetensorsHeader.MetadataName} twice");
        Require(json.TokenType == JsonTokenType.StartObject, "its metadata is no object");
        metadata = new(StringComparer.Ordinal);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string key = Text("a key of its metadata");
            json.Read();
            Require(json.TokenType == JsonTokenType.String, $"the metadata '{Excerpt.Of(key)}' is no text");
            Require(
                metadata.TryAdd(key, Text("a text of its metadata")), $"it has the metadata '{Excerpt.Of(key)}' twice");
            if (key == SafetensorsHeader.ChecksumKey && json.ValueSpan.Length == SafetensorsHeader.ChecksumDigits)
                checksumAt = (int)json.TokenStartIndex + 1;
        }
    }

    private TensorDescription ReadTensor(string name)
    {
        string shown = Excerpt.Of(name);
        Require(names.Add(name), $"it has the tensor '{shown}' twice");
        Require(json.TokenType == JsonTokenType.StartObject, $"the tensor '{shown}' is no object");
        TensorType? type = null;
        ImmutableArray<long> shape = default, offsets = default;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string field = Text("a field");
            json.Read();
            switch (field)
            {
                case "dtype" when type is null && json.TokenType == JsonTokenType.String:
                    string text = Text("a type");
                    type = TensorTypes.Parse(text);
                    Require(type is not null, $"the tensor '{shown}' has the unknown type '{Excerpt.Of(text)}'");
                    break;
                case "shape" when shape.IsDefault && json.TokenType == JsonTokenType.StartArray:
                    shape = ReadNumbers(shown);
                    break;
                case "data_offsets" when offsets.IsDefault && json.TokenType == JsonTokenType.StartArray:
                    offsets = ReadNumbers(shown);
                    break;
                default:
                    throw new InvalidDataException($"the tensor '{shown}' has an unexpected '{Excerpt.Of(field)}'");
            }
        }

        Require(type is not null, $"the tensor '{shown}' has no type");
        Require(!shape.IsDefault, $"the tensor '{shown}' has no shape");
        Require(!offsets.IsDefault, $"the tensor '{shown}' has no offsets");
        Require(offsets.Length == 2, $"the tensor '{shown}' has {offsets.Length} offsets; a tensor has 2");
        Require(offsets[0] <= offsets[1], $"the tensor '{shown}' ends at {offsets[1]}, before its begin {offsets[0]}");
        TensorDescription tensor = new(name, type!.Value, shape, offsets[0], offsets[1]);
        Require(
            HasBytes(tensor.Type, shape.AsSpan(), tensor.ByteCount),
            $"the tensor {tensor} has {tensor.ByteCount} bytes, which are not those of its shape");
        return tensor;
    }

    private ImmutableArray<long> ReadNumbers(string name)
    {
        ImmutableArray<long>.Builder numbers = ImmutableArray.CreateBuilder<long>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            Require(
                json.TokenType == JsonTokenType.Number && json.ValueSpan[0] != (byte)'-'
                    && json.TryGetInt64(out long number) && Added(number),
                $"the tensor '{name}' has a size or an offset that is not a whole number from 0 to 2^63 - 1");
        }

        return numbers.DrainToImmutable();

        bool Added(long number)
        {
            numbers.Add(number);
            return true;
        }
    }

    private readonly string Text(string what)
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidDataException($"{what} has half of a surrogate pair", exception);
        }
    }

    private static bool HasBytes(TensorType type, ReadOnlySpan<long> shape, long bytes)
    {
        try
        {
            return TensorDescription.BytesOf(type, shape) == bytes;
        }
        catch (OverflowException)
        {
            return false;
        }
    }

    private static void Require(bool holds, string error)
    {
        if (!holds) throw new InvalidDataException(error);
    }
}
