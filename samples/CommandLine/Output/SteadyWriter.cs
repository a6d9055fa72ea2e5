using System.Text;

namespace CommandLine;

/// <summary>
/// A writer that does not throw where a text cannot be written, such as to a full disk or to a closed terminal: the
/// output of a program must not stop its work. It keeps the first failure.
/// </summary>
/// <param name="inner">The writer that gets the text.</param>
public sealed class SteadyWriter(TextWriter inner) : TextWriter
{
    /// <summary>Why a text could not be written; <see langword="null"/> if all were.</summary>
    public string? Failure { get; private set; }

    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <summary>
    /// Runs a program on the console with steady writers in place of its output and its error output.
    /// </summary>
    /// <param name="program">The program: takes the output and the error output, returns the exit code.</param>
    /// <returns>
    /// The exit code of the program; or <see cref="ExitCode.Failure"/>, with an error, if the program succeeded but not
    /// all of its output could be written.
    /// </returns>
    public static async Task<int> Run(Func<TextWriter, TextWriter, Task<int>> program)
    {
        ArgumentNullException.ThrowIfNull(program);
        using SteadyWriter output = new(StandardOutput.Open()), error = new(Console.Error);
        Console.SetOut(output);
        Console.SetError(error);
        int code = await program(output, error);
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
        catch (Exception exception) when (exception
            is IOException or UnauthorizedAccessException or NotSupportedException or ObjectDisposedException)
        {
            Failure ??= exception.Message;
        }
    }
}
