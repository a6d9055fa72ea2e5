namespace MiniGpt;

/// <summary>A fault as one line, whatever it quotes.</summary>
public static class FaultLine
{
    /// <summary>Writes it.</summary>
    /// <param name="error">The error output.</param>
    /// <param name="fault">What is wrong.</param>
    public static void WriteFault(this TextWriter error, string fault)
    {
        ArgumentNullException.ThrowIfNull(error);
        ArgumentNullException.ThrowIfNull(fault);
        error.WriteLine(fault.ReplaceLineEndings(" "));
    }
}
