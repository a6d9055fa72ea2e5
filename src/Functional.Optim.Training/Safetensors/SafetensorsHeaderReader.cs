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
        if (header.IsEmpty || header[0] != (byte)'{') throw Invalid("its header does not begin with '{'");
        if (!Utf8.IsValid(header)) throw Invalid("its header is not valid UTF-8");
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
            if (tensor.Begin != end)
            {
                string where = tensor.Begin < end ? "inside" : "after a hole behind";
                throw Invalid(
                    $"the elements of {tensor} begin at byte {tensor.Begin}, {where} those before, which end at {end}");
            }

            end = tensor.End;
        }

        if (end != dataBytes) throw Invalid($"it has {dataBytes} bytes of elements; its header describes {end}");
        return new([.. tensors], metadata ?? [], checksumAt);
    }

    private void ReadMetadata()
    {
        if (metadata is not null) throw Invalid($"it has {SafetensorsHeader.MetadataName} twice");
        if (json.TokenType != JsonTokenType.StartObject) throw Invalid("its metadata is no object");
        metadata = new(StringComparer.Ordinal);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string key = Text("a key of its metadata");
            json.Read();
            if (json.TokenType != JsonTokenType.String) throw Invalid($"the metadata '{Excerpt.Of(key)}' is no text");
            if (!metadata.TryAdd(key, Text("a text of its metadata")))
                throw Invalid($"it has the metadata '{Excerpt.Of(key)}' twice");
            if (key == SafetensorsHeader.ChecksumKey && json.ValueSpan.Length == SafetensorsHeader.ChecksumDigits)
                checksumAt = (int)json.TokenStartIndex + 1;
        }
    }

    private TensorDescription ReadTensor(string name)
    {
        string shown = Excerpt.Of(name);
        if (!names.Add(name)) throw Invalid($"it has the tensor '{shown}' twice");
        if (json.TokenType != JsonTokenType.StartObject) throw Invalid($"the tensor '{shown}' is no object");
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
                    type = TensorTypes.Parse(text)
                        ?? throw Invalid($"the tensor '{shown}' has the unknown type '{Excerpt.Of(text)}'");
                    break;
                case "shape" when shape.IsDefault && json.TokenType == JsonTokenType.StartArray:
                    shape = ReadNumbers(shown);
                    break;
                case "data_offsets" when offsets.IsDefault && json.TokenType == JsonTokenType.StartArray:
                    offsets = ReadNumbers(shown);
                    break;
                default:
                    throw Invalid($"the tensor '{shown}' has an unexpected '{Excerpt.Of(field)}'");
            }
        }

        if (type is null) throw Invalid($"the tensor '{shown}' has no type");
        if (shape.IsDefault) throw Invalid($"the tensor '{shown}' has no shape");
        if (offsets.IsDefault) throw Invalid($"the tensor '{shown}' has no offsets");
        if (offsets is not [long begin, long end])
            throw Invalid($"the tensor '{shown}' has {offsets.Length} offsets; a tensor has 2");
        if (begin > end) throw Invalid($"the tensor '{shown}' ends at {end}, before its begin {begin}");
        TensorDescription tensor = new(name, type.Value, shape, begin, end);
        return HasBytes(tensor.Type, shape.AsSpan(), tensor.ByteCount)
            ? tensor
            : throw Invalid($"the tensor {tensor} has {tensor.ByteCount} bytes, which are not those of its shape");
    }

    private ImmutableArray<long> ReadNumbers(string name)
    {
        ImmutableArray<long>.Builder numbers = ImmutableArray.CreateBuilder<long>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.Number || json.ValueSpan[0] == (byte)'-'
                || !json.TryGetInt64(out long number))
                throw Invalid(
                    $"the tensor '{name}' has a size or an offset that is not a whole number from 0 to 2^63 - 1");
            numbers.Add(number);
        }

        return numbers.DrainToImmutable();
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

    private static InvalidDataException Invalid(string error) => new(error);
}
