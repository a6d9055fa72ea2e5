using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Functional.Optim.Kernels;

namespace Functional.Optim.Training;

/// <summary>What a safetensors file is written from: its header, and its tensors in the order of the file.</summary>
internal sealed class SafetensorsContent
{
    private const long NoChecksum = -1;

    private readonly TensorData[] tensors;
    private readonly byte[] header;

    /// <summary>Where in the file the digits of its checksum stand.</summary>
    private readonly long checksumAt;

    private SafetensorsContent(TensorData[] tensors, byte[] header, bool hasChecksum)
    {
        (this.tensors, this.header) = (tensors, header);
        checksumAt = hasChecksum ? DigitsAt(header) : NoChecksum;
    }

    /// <summary>The content of some tensors and texts.</summary>
    /// <exception cref="ArgumentException">A name or a text cannot be in a file.</exception>
    /// <exception cref="InvalidDataException">The header is longer than readers allow.</exception>
    internal static SafetensorsContent Of(
        IEnumerable<TensorData> tensors, IEnumerable<KeyValuePair<string, string>> metadata, bool checksum)
    {
        List<KeyValuePair<string, string>> texts = [.. metadata];
        if (checksum)
            texts.Add(new(SafetensorsHeader.ChecksumKey, new string('0', SafetensorsHeader.ChecksumDigits)));
        TensorData[] ordered = SafetensorsHeaderWriter.Ordered(tensors);
        return new(ordered, SafetensorsHeaderWriter.Write(ordered, texts), checksum);
    }

    /// <summary>Writes a whole file.</summary>
    internal void WriteTo(FileStream file)
    {
        if (checksumAt == NoChecksum)
        {
            WriteAll(file);
            return;
        }

        // Disposed of before the tensors are free for others, whatever fails.
        using ComputedAhead<string> checksum = new(ComputeChecksum);
        WriteAll(file);
        // What the disk takes meanwhile it need not take after the checksum.
        file.Flush(flushToDisk: true);
        WriteChecksum(file, checksum.Value);
    }

    private void WriteAll(FileStream file)
    {
        WriteHeader(file);
        foreach (TensorData tensor in tensors) tensor.WriteTo(file.Write);
    }

    /// <summary>Writes the header, with zeros in the place of the checksum.</summary>
    internal void WriteHeader(FileStream file) => file.Write(header);

    /// <summary>Writes what this process has of the tensors, each at its place, behind the header that is there.</summary>
    internal void WriteOwn(FileStream file)
    {
        // Texts, and with them the length, may differ from those of the process that wrote it.
        Span<byte> prefix = stackalloc byte[SafetensorsHeader.PrefixBytes];
        FileRange.Read(file.SafeFileHandle, prefix, 0);
        long begin = prefix.Length + BinaryPrimitives.ReadInt64LittleEndian(prefix);
        foreach (TensorData tensor in tensors)
        {
            file.Position = begin + tensor.OwnStart;
            tensor.WriteTo(file.Write);
            begin += tensor.ByteCount;
        }
    }

    /// <summary>Writes the digits of the checksum of what the file has.</summary>
    internal void WriteChecksum(FileStream file) =>
        WriteChecksum(file, SafetensorsChecksum.Of(file.SafeFileHandle, checksumAt));

    private void WriteChecksum(FileStream file, string digits)
    {
        file.Position = checksumAt;
        file.Write(Encoding.ASCII.GetBytes(digits));
    }

    private string ComputeChecksum()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header);
        foreach (TensorData tensor in tensors) tensor.WriteTo(hash.AppendData);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Where the digits of the checksum stand. In a text the quotation marks would have a backslash.</summary>
    private static long DigitsAt(byte[] header)
    {
        byte[] key = Encoding.ASCII.GetBytes($"\"{SafetensorsHeader.ChecksumKey}\":\"");
        return header.AsSpan().IndexOf(key) + key.Length;
    }
}
