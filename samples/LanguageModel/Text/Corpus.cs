using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using LanguageExt;
using LanguageExt.Common;

namespace LanguageModel;

/// <summary>A text to train on, and its name.</summary>
/// <param name="Source">The name.</param>
/// <param name="Text">The whole text.</param>
public sealed record Corpus(string Source, string Text)
{
    private const long MaxFileLength = 256L << 20;

    /// <summary>
    /// The text of a UTF-8 file, without its byte order mark; or one line that says what is wrong with the file.
    /// </summary>
    public static Fin<Corpus> FromFile(string path)
    {
        try
        {
            if (Directory.Exists(path)) return ErrorOf(path, "is a folder, not a text file");
            FileInfo file = new(path);
            if (!file.Exists) return ErrorOf(path, "does not exist");
            if (file.Length == 0) return ErrorOf(path, "is empty, or not a regular file");
            if (file.Length > MaxFileLength)
                return ErrorOf(path, $"has {file.Length:N0} bytes; the maximum is {MaxFileLength:N0} "
                    + $"({MaxFileLength >> 20} MiB)");
            return Decode(path, File.ReadAllBytes(path));
        }
        catch (UnauthorizedAccessException)
        {
            return ErrorOf(path, "may not be read: permission denied");
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or NotSupportedException)
        {
            return ErrorOf(path, $"cannot be read: {exception.Message}");
        }
    }

    /// <summary>
    /// The SHA-256 of the text in UTF-8, as lower-case hexadecimal digits; a changed text has another.
    /// </summary>
    public string Hash()
    {
        const int Part = 1 << 16;
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Encoder encoder = Encoding.UTF8.GetEncoder();
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(Part)];
        for (int start = 0; start < Text.Length; start += Part)
        {
            ReadOnlySpan<char> part = Text.AsSpan(start, Math.Min(Part, Text.Length - start));
            hash.AppendData(bytes, 0, encoder.GetBytes(part, bytes, flush: start + Part >= Text.Length));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static Fin<Corpus> Decode(string path, byte[] bytes)
    {
        int start = bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        char[] characters = new char[bytes.Length - start];
        OperationStatus status = Utf8.ToUtf16(
            bytes.AsSpan(start), characters, out int read, out int length, replaceInvalidSequences: false);
        int end = start + read;
        return status != OperationStatus.Done
                ? ErrorOf(path, $"is not UTF-8 text: the byte at offset {end:N0}, "
                    + $"0x{bytes[end]:X2}, begins no character")
            : length == 0 ? ErrorOf(path, "has nothing but a byte order mark")
            : length == 1 ? ErrorOf(path, "has one character; a text to learn from has more")
            : new Corpus(Path.GetFileName(path), new string(characters, 0, length));
    }

    private static Error ErrorOf(string path, string error) => Error.New($"the text '{path}' {error}");
}
