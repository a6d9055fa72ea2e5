namespace CommandLine;

/// <summary>Errors as one line, even where they quote several.</summary>
public static class ErrorLine
{
    /// <summary>Writes an error.</summary>
    /// <param name="output">The error output.</param>
    /// <param name="message">The error.</param>
    public static void WriteErrorLine(this TextWriter output, string message)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(message);
        output.WriteLine(message.ReplaceLineEndings(" "));
    }
}
