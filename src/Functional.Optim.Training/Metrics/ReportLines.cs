using System.Text;
using LanguageExt;
using Microsoft.Win32.SafeHandles;

namespace Functional.Optim.Training;

/// <summary>A file with a line for each report, in the order of the steps, that is open to append lines.</summary>
/// <remarks>Each line goes to the operating system at once: a process that is killed loses none but the last.</remarks>
internal sealed class ReportLines : IDisposable
{
    private const int BufferLength = 1 << 16;
    private readonly SafeFileHandle file;
    private readonly string path;
    private long length;

    private ReportLines(SafeFileHandle file, string path) =>
        (this.file, this.path, length) = (file, path, RandomAccess.GetLength(file));

    /// <summary>The step of a line, whose number counts from 1; 0 for a header.</summary>
    /// <exception cref="InvalidDataException">It is the line of another file.</exception>
    internal delegate long StepOfLine(ReadOnlySpan<byte> line, long number);

    /// <summary>Whether to read on after a line, whose number counts from 1.</summary>
    internal delegate bool LineReader(ReadOnlySpan<byte> line, long number);

    /// <summary>
    /// Opens the file. It keeps the lines up to a step, without a line that has no end; after step 0 it starts again.
    /// </summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="header">What a file begins with that has no line yet.</param>
    /// <param name="stepOf">Reads the step of a line.</param>
    /// <param name="afterStep">The last step to keep.</param>
    /// <param name="longest">The most bytes of a line.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    internal static Fin<ReportLines> Open(
        string path, byte[] header, StepOfLine stepOf, long afterStep, int longest = BufferLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterStep);
        try
        {
            string target = RegularFile.At(path);
            bool exists = afterStep > 0 && File.Exists(target);
            long all = exists ? new FileInfo(target).Length : 0,
                kept = exists ? LengthUpTo(target, stepOf, afterStep, longest) : 0;
            Fin<Unit> prepared = kept == 0 ? AtomicFile.Write(path, to => to.Write(header))
                : kept < all ? AtomicFile.Write(path, to => CopyStart(target, kept, to))
                : Unit.Default;
            return prepared.Map(_ => new ReportLines(
                File.OpenHandle(target, FileMode.Open, FileAccess.Write, FileShare.Read | FileShare.Delete), path));
        }
        catch (Exception exception) when (FileErrors.IsOfFile(exception))
        {
            return FileErrors.Of("open", path, exception);
        }
    }

    internal static FileStream OpenToRead(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    /// <summary>Reads the lines that have an end, until the reader stops.</summary>
    /// <param name="from">The file.</param>
    /// <param name="readOn">Gets each line, without its end.</param>
    /// <param name="longest">The most bytes of a line.</param>
    /// <returns>The bytes of the lines before the one at which the reader stopped.</returns>
    /// <exception cref="InvalidDataException">A line is longer than that.</exception>
    internal static long Read(Stream from, LineReader readOn, int longest = BufferLength)
    {
        byte[] buffer = new byte[BufferLength];
        int filled = 0;
        long passed = 0, number = 0;
        while (from.Read(buffer, filled, buffer.Length - filled) is > 0 and int read)
        {
            filled += read;
            int start = 0, line;
            while ((line = buffer.AsSpan(start, filled - start).IndexOf((byte)'\n')) >= 0)
            {
                if (!readOn(buffer.AsSpan(start, line), ++number)) return passed;
                start += line + 1;
                passed += line + 1;
            }

            if (filled - start == longest)
                throw new InvalidDataException($"line {number + 1} is longer than {longest} bytes");
            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
            if (filled == buffer.Length) Array.Resize(ref buffer, (int)Math.Min(2L * filled, longest));
        }

        return passed;
    }

    /// <summary>The start of a value of a file, fit for a message of one line.</summary>
    internal static string Show(ReadOnlySpan<byte> value)
    {
        const int shown = 40;
        string text = Encoding.UTF8.GetString(value[..Math.Min(value.Length, shown)]);
        return string.Concat(text.Select(letter => char.IsControl(letter) ? '?' : letter))
            + (value.Length > shown ? "…" : "");
    }

    /// <summary>Appends a line, which has its end.</summary>
    /// <exception cref="IOException">The disk is full, or something else is wrong with the file.</exception>
    internal void Append(ReadOnlySpan<byte> line)
    {
        RandomAccess.Write(file, line, length);
        length += line.Length;
    }

    /// <summary>Writes another first line where no other line is yet.</summary>
    /// <exception cref="IOException">The disk is full, or something else is wrong with the file.</exception>
    internal void Restart(ReadOnlySpan<byte> header)
    {
        RandomAccess.Write(file, header, fileOffset: 0);
        if (header.Length < length) RandomAccess.SetLength(file, header.Length);
        length = header.Length;
    }

    public void Dispose() => file.Dispose();

    public override string ToString() => path;

    private static long LengthUpTo(string path, StepOfLine stepOf, long lastStep, int longest)
    {
        using FileStream file = OpenToRead(path);
        return Read(file, (line, number) => stepOf(line, number) <= lastStep, longest);
    }

    private static void CopyStart(string path, long count, FileStream to)
    {
        using FileStream from = OpenToRead(path);
        byte[] buffer = new byte[BufferLength];
        while (count > 0)
        {
            int read = from.Read(buffer, 0, (int)Math.Min(count, buffer.Length));
            if (read == 0) throw new EndOfStreamException("another program made it shorter meanwhile");
            to.Write(buffer, 0, read);
            count -= read;
        }
    }
}
