using System.Buffers;
using System.Buffers.Binary;

namespace Functional.Optim.Training;

/// <summary>
/// The messages of an event file, as Protocol Buffers: <c>Event { wall_time = 1; step = 2; file_version = 3;
/// summary = 5 { value = 1 { tag = 1; simple_value = 2 } }; session_log = 7 { status = 1 } }</c>.
/// </summary>
internal static class TensorBoardEvent
{
    /// <summary>What a file starts with.</summary>
    internal static void WriteFileVersion(IBufferWriter<byte> to, double wallTime)
    {
        WriteTime(to, wallTime, step: 0);
        WriteBytes(to, field: 3, "brain.Event:2"u8);
    }

    /// <summary>A run (re)starts: TensorBoard forgets what earlier files say of this step and later ones.</summary>
    internal static void WriteStart(IBufferWriter<byte> to, double wallTime, long step)
    {
        WriteTime(to, wallTime, step);
        const byte status = (1 << 3) | Varint, start = 1;
        WriteBytes(to, field: 7, [status, start]);
    }

    internal static void WriteScalars(
        IBufferWriter<byte> to, double wallTime, long step, ReadOnlySpan<TensorBoardScalar> scalars)
    {
        WriteTime(to, wallTime, step);
        int length = 0;
        foreach (TensorBoardScalar scalar in scalars)
        {
            int value = LengthOf(scalar);
            length += 1 + LengthOf((ulong)value) + value;
        }

        WriteHead(to, field: 5, length);
        foreach (TensorBoardScalar scalar in scalars)
        {
            WriteHead(to, field: 1, LengthOf(scalar));
            WriteBytes(to, field: 1, scalar.Tag);
            Span<byte> value = to.GetSpan(1 + sizeof(float));
            value[0] = (2 << 3) | Fixed32;
            // The NaN of this platform has its sign set; that of other writers has not.
            BinaryPrimitives.WriteUInt32LittleEndian(
                value[1..],
                float.IsNaN(scalar.Value) ? 0x7fc00000u : BitConverter.SingleToUInt32Bits(scalar.Value));
            to.Advance(1 + sizeof(float));
        }
    }

    private const byte Varint = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5;

    private static void WriteTime(IBufferWriter<byte> to, double wallTime, long step)
    {
        Span<byte> time = to.GetSpan(1 + sizeof(double));
        time[0] = (1 << 3) | Fixed64;
        BinaryPrimitives.WriteDoubleLittleEndian(time[1..], wallTime);
        to.Advance(1 + sizeof(double));
        if (step == 0) return;
        to.Write<byte>([(2 << 3) | Varint]);
        WriteVarint(to, (ulong)step);
    }

    private static void WriteBytes(IBufferWriter<byte> to, int field, ReadOnlySpan<byte> bytes)
    {
        WriteHead(to, field, bytes.Length);
        to.Write(bytes);
    }

    private static void WriteHead(IBufferWriter<byte> to, int field, int length)
    {
        to.Write<byte>([(byte)((field << 3) | Delimited)]);
        WriteVarint(to, (ulong)length);
    }

    /// <summary>Seven bits a byte, the lowest first; the high bit says that another byte follows.</summary>
    private static void WriteVarint(IBufferWriter<byte> to, ulong value)
    {
        for (; value > 0x7f; value >>= 7) to.Write<byte>([(byte)(value | 0x80)]);
        to.Write<byte>([(byte)value]);
    }

    private static int LengthOf(TensorBoardScalar scalar) =>
        1 + LengthOf((ulong)scalar.Tag.Length) + scalar.Tag.Length + 1 + sizeof(float);

    private static int LengthOf(ulong varint)
    {
        int length = 1;
        for (; varint > 0x7f; varint >>= 7) length++;
        return length;
    }
}
