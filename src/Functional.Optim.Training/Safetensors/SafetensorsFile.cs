using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using LanguageExt;
using Microsoft.Win32.SafeHandles;

namespace Functional.Optim.Training;

/// <summary>
/// A safetensors file, of this library or another: named tensors, and texts as metadata. Reading is strict: a file that
/// breaks a rule of the format is refused, and no file makes a reader allocate out of proportion to its length.
/// </summary>
/// <remarks>
/// The format: 8 bytes with the length of the header, the header as JSON, and the elements without gaps, little-endian.
/// Any number of threads may read an open file at the same time.
/// </remarks>
public sealed class SafetensorsFile : IDisposable
{
    private const int PieceBytes = 1 << 18;

    private readonly SafeFileHandle handle;
    private readonly SafetensorsHeader header;
    private readonly long headerBytes;
    private readonly Dictionary<string, TensorDescription> byName;

    private SafetensorsFile(SafeFileHandle handle, SafetensorsHeader header, long headerBytes)
    {
        (this.handle, this.header, this.headerBytes) = (handle, header, headerBytes);
        byName = header.Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>The tensors, in the order of their elements in the file.</summary>
    public ImmutableArray<TensorDescription> Tensors => header.Tensors;

    /// <summary>The texts that the file has beside its tensors, in its order.</summary>
    public IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    private long DataAt => SafetensorsHeader.PrefixBytes + headerBytes;

    /// <summary>Opens a file and reads its header.</summary>
    /// <param name="path">The path of the file.</param>
    /// <returns>The file, to be disposed of, or the error.</returns>
    public static Fin<SafetensorsFile> Open(string path) => FileErrors.Try("read", path, () => OpenOrThrow(path));

    /// <summary>Writes a file, or throws. If that fails, the existing file is unchanged.</summary>
    /// <param name="path">The path of the file; its directory must exist.</param>
    /// <param name="tensors">The tensors, in any order.</param>
    /// <param name="metadata">Texts, in the order of the file; none by default.</param>
    /// <param name="checksum">Whether to add the SHA-256 of the file, as the metadata <c>sha256</c>.</param>
    /// <exception cref="IOException">The file cannot be written; the message says why.</exception>
    public static void Save(
        string path, IEnumerable<TensorData> tensors, IEnumerable<KeyValuePair<string, string>>? metadata = null,
        bool checksum = false) =>
        TrySave(path, tensors, metadata, checksum).OrThrowIOException();

    /// <summary>Writes a file. If that fails, the existing file is unchanged, and the error says why.</summary>
    /// <inheritdoc cref="Save"/>
    /// <returns>Unit, or the error.</returns>
    public static Fin<Unit> TrySave(
        string path, IEnumerable<TensorData> tensors, IEnumerable<KeyValuePair<string, string>>? metadata = null,
        bool checksum = false)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        List<KeyValuePair<string, string>> texts = [.. metadata ?? []];
        if (checksum)
            texts.Add(new(SafetensorsHeader.ChecksumKey, new string('0', SafetensorsHeader.ChecksumDigits)));
        return FileErrors
            .Try("write", path, () =>
            {
                TensorData[] ordered = SafetensorsHeaderWriter.Ordered(tensors);
                return (Tensors: ordered, Header: SafetensorsHeaderWriter.Write(ordered, texts));
            })
            .Bind(made => AtomicFile.Write(path, file =>
            {
                // The checksum is made by another thread while this one writes.
                Task<byte[]>? hash = checksum ? Task.Run(() => HashOf(made.Header, made.Tensors)) : null;
                try
                {
                    file.Write(made.Header);
                    foreach (TensorData tensor in made.Tensors) tensor.WriteTo(file.Write);
                    // What the disk takes meanwhile it need not take after the checksum.
                    if (checksum) file.Flush(flushToDisk: true);
                }
                finally
                {
                    // A tree that was consumed is reported by the thread that writes, and both have ended.
                    if (hash is not null) ((IAsyncResult)hash).AsyncWaitHandle.WaitOne();
                }

                if (hash is null) return;
                file.Position = ChecksumAt(made.Header);
                file.Write(Encoding.ASCII.GetBytes(
                    Convert.ToHexStringLower(hash.GetAwaiter().GetResult())));
            }));
    }

    /// <summary>The tensor of a name; <see langword="null"/> where there is none.</summary>
    /// <param name="name">The name.</param>
    public TensorDescription? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>Reads elements of a tensor.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <param name="bytes">Where to put them, little-endian; it is filled.</param>
    /// <param name="start">The first byte to read, from the first of the tensor.</param>
    /// <exception cref="ArgumentOutOfRangeException">The tensor has fewer bytes.</exception>
    /// <exception cref="IOException">The file cannot be read, or was cut off meanwhile.</exception>
    public void Read(TensorDescription tensor, Span<byte> bytes, long start = 0)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, tensor.ByteCount - start, nameof(bytes));
        ReadAt(handle, bytes, DataAt + tensor.Begin + start);
    }

    /// <summary>All elements of a tensor, little-endian.</summary>
    /// <param name="tensor">A tensor of this file, of fewer than 2³¹ bytes.</param>
    /// <exception cref="IOException">The file cannot be read, or was cut off meanwhile.</exception>
    public byte[] Read(TensorDescription tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        byte[] bytes = new byte[tensor.ByteCount];
        Read(tensor, bytes);
        return bytes;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => handle.Dispose();

    /// <summary>Opens a file and reads its header, or throws an exception of <see cref="FileErrors"/>.</summary>
    internal static SafetensorsFile OpenOrThrow(string path)
    {
        SafeFileHandle handle = File.OpenHandle(RegularFile.At(path), options: FileOptions.SequentialScan);
        try
        {
            long length = RandomAccess.GetLength(handle), available = length - SafetensorsHeader.PrefixBytes;
            if (available < 0)
                throw new InvalidDataException($"its {length} bytes are too few for a safetensors file");
            Span<byte> prefix = stackalloc byte[SafetensorsHeader.PrefixBytes];
            ReadAt(handle, prefix, 0);
            ulong headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
            if (headerBytes > (ulong)Math.Min(available, SafetensorsHeader.MaxBytes))
            {
                throw new InvalidDataException(
                    $"it is truncated or no safetensors file: a header of {headerBytes} bytes where {available} "
                    + $"follow, and allowed are {SafetensorsHeader.MaxBytes}");
            }

            byte[] bytes = new byte[headerBytes];
            ReadAt(handle, bytes, SafetensorsHeader.PrefixBytes);
            return new(
                handle, SafetensorsHeaderReader.Read(bytes, available - bytes.Length), bytes.Length);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Fails unless the file has the contents that it was written with.</summary>
    /// <param name="required">Whether it has to have a checksum.</param>
    /// <exception cref="InvalidDataException">It has other contents, or no checksum though it has to.</exception>
    internal void RequireChecksum(bool required)
    {
        if (!Metadata.TryGetValue(SafetensorsHeader.ChecksumKey, out string? expected))
        {
            if (required) throw new InvalidDataException("it has no checksum");
            return;
        }

        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] piece = new byte[PieceBytes];
        long length = DataAt + (Tensors.IsEmpty ? 0 : Tensors[^1].End);
        long digitsAt = SafetensorsHeader.PrefixBytes + header.ChecksumAt;
        for (long at = 0; at < length; at += piece.Length)
        {
            Span<byte> next = piece.AsSpan(0, (int)Math.Min(piece.Length, length - at));
            ReadAt(handle, next, at);
            // The digits count as zeros.
            long from = Math.Max(0, digitsAt - at);
            long to = Math.Min(next.Length, digitsAt + SafetensorsHeader.ChecksumDigits - at);
            if (from < to) next[(int)from..(int)to].Fill((byte)'0');
            hash.AppendData(next);
        }

        if (header.ChecksumAt < 0 || Convert.ToHexStringLower(hash.GetHashAndReset()) != expected)
            throw new InvalidDataException("it is damaged: its checksum differs");
    }

    private static byte[] HashOf(byte[] header, TensorData[] tensors)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header);
        foreach (TensorData tensor in tensors) tensor.WriteTo(hash.AppendData);
        return hash.GetHashAndReset();
    }

    /// <summary>Where the digits of the checksum stand. In a text the quotation marks would have a backslash.</summary>
    private static int ChecksumAt(byte[] header)
    {
        byte[] key = Encoding.ASCII.GetBytes($"\"{SafetensorsHeader.ChecksumKey}\":\"");
        return header.AsSpan().IndexOf(key) + key.Length;
    }

    private static void ReadAt(SafeFileHandle handle, Span<byte> bytes, long at)
    {
        while (!bytes.IsEmpty)
        {
            int read = RandomAccess.Read(handle, bytes, at);
            if (read == 0) throw new EndOfStreamException("it was cut off while it was read");
            bytes = bytes[read..];
            at += read;
        }
    }
}
