using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Functional.Optim.Training;

/// <summary>
/// Writes the header of a safetensors file: the metadata in the order given, then the tensors, those of wider types
/// first and then by name, without spaces but for those at the end, which make its length a multiple of 8.
/// </summary>
internal sealed class SafetensorsHeaderWriter
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ArrayBufferWriter<byte> bytes = new();

    private SafetensorsHeaderWriter()
    {
    }

    /// <summary>The tensors in the order of a file.</summary>
    /// <exception cref="ArgumentException">A name appears twice, or no tensor may have it.</exception>
    internal static TensorData[] Ordered(IEnumerable<TensorData> tensors)
    {
        (TensorData Tensor, byte[] Name)[] named =
            [.. tensors.Select(tensor => (tensor, BytesOf("the name of a tensor", tensor.Name)))];
        Array.Sort(named, (left, right) => left.Tensor.Type != right.Tensor.Type
            ? right.Tensor.Type.CompareTo(left.Tensor.Type)
            : left.Name.AsSpan().SequenceCompareTo(right.Name));
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach ((TensorData tensor, _) in named)
        {
            if (tensor.Name == SafetensorsHeader.MetadataName)
                throw new ArgumentException($"no tensor may have the name {SafetensorsHeader.MetadataName}");
            if (!names.Add(tensor.Name))
                throw new ArgumentException($"two tensors have the name '{Excerpt.Of(tensor.Name)}'");
        }

        return [.. named.Select(pair => pair.Tensor)];
    }

    /// <summary>The length of the header and the header.</summary>
    /// <param name="tensors">The tensors in the order of the file.</param>
    /// <param name="metadata">The texts of the file.</param>
    /// <exception cref="ArgumentException">A text is not valid UTF-16, or a key appears twice.</exception>
    /// <exception cref="InvalidDataException">The header is longer than readers allow.</exception>
    internal static byte[] Write(
        IReadOnlyList<TensorData> tensors, IReadOnlyCollection<KeyValuePair<string, string>> metadata)
    {
        SafetensorsHeaderWriter writer = new();
        writer.Put(stackalloc byte[SafetensorsHeader.PrefixBytes]);
        writer.Put("{"u8);
        if (metadata.Count > 0) writer.PutMetadata(metadata);
        long begin = 0;
        for (int index = 0; index < tensors.Count; index++)
        {
            if (index > 0 || metadata.Count > 0) writer.Put(","u8);
            begin = writer.PutTensor(tensors[index], begin);
        }

        writer.Put("}"u8);
        while (writer.bytes.WrittenCount % 8 != 0) writer.Put(" "u8);
        byte[] header = writer.bytes.WrittenSpan.ToArray();
        int length = header.Length - SafetensorsHeader.PrefixBytes;
        if (length > SafetensorsHeader.MaxBytes)
            throw new InvalidDataException(
                $"its header would have {length} bytes; allowed are {SafetensorsHeader.MaxBytes}");
        BinaryPrimitives.WriteInt64LittleEndian(header, length);
        return header;
    }

    private static byte[] BytesOf(string what, string text)
    {
        try
        {
            return Utf8.GetBytes(text);
        }
        catch (EncoderFallbackException exception)
        {
            throw new ArgumentException($"{what}, '{Excerpt.Of(text)}', has half of a surrogate pair", exception);
        }
    }

    private void PutMetadata(IReadOnlyCollection<KeyValuePair<string, string>> metadata)
    {
        PutText(SafetensorsHeader.MetadataName);
        HashSet<string> keys = new(StringComparer.Ordinal);
        foreach ((string key, string text) in metadata)
        {
            if (!keys.Add(key)) throw new ArgumentException($"the metadata has the key '{Excerpt.Of(key)}' twice");
            Put(keys.Count == 1 ? ":{"u8 : ","u8);
            PutText(key);
            Put(":"u8);
            PutText(text);
        }

        Put("}"u8);
    }

    private long PutTensor(TensorData tensor, long begin)
    {
        long end = checked(begin + tensor.ByteCount);
        PutText(tensor.Name);
        Put(Utf8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            :{"dtype":"{{tensor.Type.Name()}}","shape":[{{string.Join(',', tensor.Shape)}}],"data_offsets":[{{begin}},{{end}}]}
            """)));
        return end;
    }

    private void PutText(string text)
    {
        Put("\""u8);
        ReadOnlySpan<byte> rest = BytesOf("a text", text);
        while (!rest.IsEmpty)
        {
            int plain = IndexOfEscape(rest);
            Put(plain < 0 ? rest : rest[..plain]);
            if (plain < 0) break;
            Put(rest[plain] switch
            {
                (byte)'"' => "\\\""u8,
                (byte)'\\' => "\\\\"u8,
                (byte)'\b' => "\\b"u8,
                (byte)'\f' => "\\f"u8,
                (byte)'\n' => "\\n"u8,
                (byte)'\r' => "\\r"u8,
                (byte)'\t' => "\\t"u8,
                byte control => Utf8.GetBytes($"\\u{control:x4}"),
            });
            rest = rest[(plain + 1)..];
        }

        Put("\""u8);
    }

    private static int IndexOfEscape(ReadOnlySpan<byte> text)
    {
        for (int index = 0; index < text.Length; index++)
        {
            if (text[index] is < 0x20 or (byte)'"' or (byte)'\\') return index;
        }

        return -1;
    }

    private void Put(ReadOnlySpan<byte> piece) => bytes.Write(piece);
}
