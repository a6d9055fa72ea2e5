using System.Text.Json;
using LanguageExt.Common;

namespace Functional.Optim.Training;

/// <summary>What went wrong with a file, as an error that names the file and says why.</summary>
internal static class FileFault
{
    internal static bool Is(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException
            or InvalidDataException or JsonException;

    internal static Error Of(string verb, string path, Exception exception) =>
        Error.New($"Cannot {verb} '{path}': {Reason(path, exception)}.");

    private static string Reason(string path, Exception exception) => exception switch
    {
        _ when Directory.Exists(path) => "it is a directory",
        FileNotFoundException => "there is no such file",
        DirectoryNotFoundException => "there is no such directory",
        UnauthorizedAccessException => "access is denied",
        JsonException => "its header is corrupt",
        ArgumentException { ParamName: not null } argument => WithoutParameter(argument.Message),
        _ => exception.Message.TrimEnd('.'),
    };

    /// <summary>The name of a parameter of ours, which the runtime puts after a message, says nothing about a file.</summary>
    private static string WithoutParameter(string message)
    {
        int parameter = message.LastIndexOf(" (Parameter '", StringComparison.Ordinal);
        return (parameter < 0 ? message : message[..parameter]).TrimEnd('.');
    }
}
