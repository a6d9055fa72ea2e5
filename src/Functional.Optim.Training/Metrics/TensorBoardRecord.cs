using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>
/// A record of an event file: the length of the data (8 bytes), the masked CRC-32C of these bytes, the data, and the
/// masked CRC-32C of the data (4 bytes each); little-endian.
/// </summary>
internal static class TensorBoardRecord
{
    internal static void Write(IBufferWriter<byte> to, ReadOnlySpan<byte> data)
    {
        const int head = sizeof(ulong) + sizeof(uint);
        int length = head + data.Length + sizeof(uint);
        Span<byte> record = to.GetSpan(length);
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record[sizeof(ulong)..], MaskedChecksum(record[..sizeof(ulong)]));
        data.CopyTo(record[head..]);
        BinaryPrimitives.WriteUInt32LittleEndian(record[(head + data.Length)..], MaskedChecksum(data));
        to.Advance(length);
    }

    /// <summary>
    /// The CRC-32C rotated right by 15 bits, plus a constant: data that holds checksums then has no special one.
    /// </summary>
    internal static uint MaskedChecksum(ReadOnlySpan<byte> data) =>
        unchecked(BitOperations.RotateRight(Checksum(data), 15) + 0xa282ead8u);

    /// <summary>CRC-32C (Castagnoli).</summary>
    internal static uint Checksum(ReadOnlySpan<byte> data)
    {
        uint checksum = uint.MaxValue;
        for (; data.Length >= sizeof(ulong); data = data[sizeof(ulong)..])
            checksum = BitOperations.Crc32C(checksum, BinaryPrimitives.ReadUInt64LittleEndian(data));
        foreach (byte value in data) checksum = BitOperations.Crc32C(checksum, value);
        return ~checksum;
    }
}
