using Microsoft.Win32.SafeHandles;

namespace Functional.Optim.Training;

/// <summary>A range of an open file.</summary>
internal static class FileRange
{
    /// <summary>Reads a range of a file whole.</summary>
    /// <exception cref="EndOfStreamException">The file ends before.</exception>
    internal static void Read(SafeFileHandle handle, Span<byte> bytes, long at)
    {
        while (!bytes.IsEmpty)
        {
            int read = RandomAccess.Read(handle, bytes, at);
            if (read == 0) throw new EndOfStreamException("it was cut off while it was read");
            bytes = bytes[read..];
            at += read;
        }
    }
}
