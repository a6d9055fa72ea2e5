namespace CommandLine;

/// <summary>An error as one line, whatever it quotes.</summary>
public static class ErrorLine
{
    /// <summary>Writes it.</summary>
    /// <param name="output">The error output.</param>
    /// <param name="message">What is wrong.</param>
    public static void WriteErrorLine(this TextWriter output, string message)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(message);
        output.WriteLine(message.ReplaceLineEndings(" "));
    }
}
