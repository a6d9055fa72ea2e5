using System.Text;

namespace CommandLine;

/// <summary>
/// A writer that goes on where what it writes cannot be written, such as on a full disk or to a terminal that is gone: what a program says
/// of its work must not stop the work. It remembers the first failure.
/// </summary>
/// <param name="inner">Where the text goes.</param>
public sealed class SteadyWriter(TextWriter inner) : TextWriter
{
    /// <summary>Why something could not be written; <see langword="null"/> where all could.</summary>
    public string? Failure { get; private set; }

    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <summary>Runs a program on the console with steady writers in place of its output and its error output.</summary>
    /// <param name="program">Takes the two and returns the exit code.</param>
    /// <returns>
    /// The exit code, or <see cref="ExitCode.Failure"/> where all went well but not all of the output could be written, which is said on
    /// the error output.
    /// </returns>
    public static async Task<int> Run(Func<TextWriter, TextWriter, Task<int>> program)
    {
        ArgumentNullException.ThrowIfNull(program);
        using SteadyWriter output = new(Console.Out), error = new(Console.Error);
        Console.SetOut(output);
        Console.SetError(error);
        int code = await program(Console.Out, Console.Error);
        if (output.Failure is not { } failure) return code;
        Console.Error.WriteErrorLine($"not all of the output could be written: {failure}");
        return code == ExitCode.Success ? ExitCode.Failure : code;
    }

    /// <inheritdoc/>
    public override void Write(char value) => Try(() => inner.Write(value));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(string? value) => Try(() => inner.Write(value));

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));

    /// <inheritdoc/>
    public override void Flush() => Try(inner.Flush);

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ObjectDisposedException)
        {
            Failure ??= exception.Message;
        }
    }
}
