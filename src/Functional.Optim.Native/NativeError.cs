using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

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

    /// <summary>Notes what an exception says; a text that is too long is cut between two characters.</summary>
    internal static Status Of(NativeError* error, Exception exception)
    {
        Status status = StatusOf(exception);
        if (error == null) return status;
        error->Code = status;
        Span<byte> text = new(error->Text, TextBytes);
        Utf8.FromUtf16(TextOf(exception), text[..^1], out _, out int written);
        text[written] = 0;
        return status;
    }

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
