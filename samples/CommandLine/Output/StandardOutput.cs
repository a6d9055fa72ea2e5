using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CommandLine;

/// <summary>The standard output of the program.</summary>
internal static class StandardOutput
{
    /// <summary>
    /// The output of the console; or where that is a pipe, a writer that fails when its reader has ended. That of the
    /// console goes on in silence, so that a program would write for nobody.
    /// </summary>
    internal static TextWriter Open()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected) return Console.Out;
        try
        {
            FileStream stream = new(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            // A file is left to the console: its end moves when the error output goes there too.
            if (stream.CanSeek) return Console.Out;
            StreamWriter writer = new(new PipeStream(stream), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            writer.AutoFlush = true;
            return TextWriter.Synchronized(writer);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Console.Out;
        }
    }
}
