using System.Text.Json;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim.Training;

/// <summary>Errors of files: the message names the file and the reason.</summary>
internal static class FileErrors
{
    private const int MissingCode = 1;

    internal static bool IsOfFile(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException
            or InvalidDataException or JsonException;

    internal static Error Of(string verb, string path, Exception exception) => Error.New(
        exception is FileNotFoundException or DirectoryNotFoundException ? MissingCode : 0,
        MessageOf(verb, path, exception));

    /// <summary>Whether a file or a folder was not there, or not any more.</summary>
    internal static bool IsOfMissing<TResult>(Fin<TResult> result) =>
        result.Match(Succ: _ => false, Fail: error => error.Code == MissingCode);

    /// <summary>An error of one line, whatever the names in it.</summary>
    internal static Error Of(string message) => Error.New(OneLine(message));

    /// <summary>What failed, with which file and why.</summary>
    internal static string MessageOf(string verb, string path, Exception exception) =>
        OneLine($"Cannot {verb} '{path}': {Reason(path, exception)}.");

    /// <summary>The result of an action on a file, or its error.</summary>
    internal static Fin<TResult> Try<TResult>(string verb, string path, Func<TResult> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (IsOfFile(exception))
        {
            return Of(verb, path, exception);
        }
    }

    /// <summary>The value.</summary>
    /// <exception cref="IOException">There is an error; the message is that of the error.</exception>
    internal static TValue OrThrowIOException<TValue>(this Fin<TValue> result) =>
        result.IfFail(TValue (error) => throw new IOException(error.Message));

    private static string OneLine(string message) =>
        string.Concat(message.Select(character => char.IsControl(character) ? ' ' : character));

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

    /// <summary>
    /// Removes the name of our parameter, which the runtime appends to a message: it says nothing about the file.
    /// </summary>
    private static string WithoutParameter(string message)
    {
        int parameter = message.LastIndexOf(" (Parameter '", StringComparison.Ordinal);
        return (parameter < 0 ? message : message[..parameter]).TrimEnd('.');
    }
}
