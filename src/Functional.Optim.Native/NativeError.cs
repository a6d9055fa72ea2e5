using System.Runtime.InteropServices;
using System.Text;

namespace Functional.Optim.Native;

/// <summary>What went wrong, in memory of the caller: <c>fo_error</c> of the header.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeError
{
    internal const int TextBytes = 1020;

    internal Status Code;
    internal fixed byte Text[TextBytes];

    /// <summary>Notes success.</summary>
    internal static Status Ok(NativeError* error)
    {
        if (error != null) (error->Code, error->Text[0]) = (Status.Ok, 0);
        return Status.Ok;
    }

    /// <summary>Notes what an exception says.</summary>
    internal static Status Of(NativeError* error, Exception exception)
    {
        Status status = StatusOf(exception);
        if (error == null) return status;
        error->Code = status;
        byte[] message = Encoding.UTF8.GetBytes(TextOf(exception));
        Span<byte> text = new(error->Text, TextBytes);
        text[Fit(message, text[..^1])] = 0;
        return status;
    }

    /// <summary>
    /// Copies a text. Of one that is too long the middle is left out, between two characters: what is quoted may be of
    /// any length, and the reason stands before or after it.
    /// </summary>
    /// <returns>The number of bytes.</returns>
    private static int Fit(ReadOnlySpan<byte> message, Span<byte> text)
    {
        if (message.Length <= text.Length)
        {
            message.CopyTo(text);
            return message.Length;
        }

        ReadOnlySpan<byte> gap = " … "u8;
        int first = (text.Length - gap.Length) / 2, last = message.Length - first;
        while (IsInsideCharacter(message[first])) first--;
        while (IsInsideCharacter(message[last])) last++;
        message[..first].CopyTo(text);
        gap.CopyTo(text[first..]);
        message[last..].CopyTo(text[(first + gap.Length)..]);
        return first + gap.Length + message.Length - last;
    }

    private static bool IsInsideCharacter(byte unit) => (unit & 0xC0) == 0x80;

    private static Status StatusOf(Exception exception) => exception switch
    {
        NativeException known => known.Status,
        NonFiniteGradientException or ArithmeticException => Status.NotFinite,
        OutOfMemoryException => Status.OutOfMemory,
        ArgumentException or InvalidOperationException or NotSupportedException => Status.Invalid,
        _ => Status.Internal,
    };

    internal static string TextOf(Exception exception)
    {
        string message = exception.Message;
        // The runtime appends the name of a parameter, which the caller does not know.
        int parameter = exception is ArgumentException
            ? message.LastIndexOf(" (Parameter '", StringComparison.Ordinal)
            : -1;
        if (parameter >= 0) message = message[..parameter];
        return StatusOf(exception) == Status.Internal ? $"{exception.GetType()}: {message}" : message;
    }
}
