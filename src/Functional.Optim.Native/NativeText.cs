using System.Runtime.InteropServices;
using System.Text;

namespace Functional.Optim.Native;

/// <summary>Texts in memory of the caller: UTF-8 that ends with a NUL.</summary>
internal static unsafe class NativeText
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The text at an address.</summary>
    /// <param name="text">The address.</param>
    /// <param name="what">What it is, as the beginning of a sentence.</param>
    /// <exception cref="NativeException">The address is null, or the text is not UTF-8.</exception>
    internal static string Read(byte* text, string what)
    {
        if (text == null) throw new NativeException(Status.Invalid, $"{what} is NULL.");
        try
        {
            return Strict.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));
        }
        catch (DecoderFallbackException)
        {
            throw new NativeException(Status.Invalid, $"{what} is not UTF-8.");
        }
    }

    /// <summary>Writes a text into a buffer, and how many bytes it has without the NUL.</summary>
    /// <exception cref="NativeException">The buffer is too short; its length is written.</exception>
    internal static void Write(string text, byte* buffer, long size, long* length)
    {
        byte[] bytes = Strict.GetBytes(text);
        *length = bytes.Length;
        if (buffer == null) return;
        if (size <= bytes.Length)
            throw new NativeException(
                Status.Invalid, $"The buffer has {size} bytes; the text needs {bytes.Length + 1} with its NUL.");
        Span<byte> target = new(buffer, bytes.Length + 1);
        bytes.CopyTo(target);
        target[^1] = 0;
    }
}
