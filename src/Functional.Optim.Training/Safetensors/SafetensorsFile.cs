using System.Buffers.Binary;
using System.Collections.Immutable;
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
        return FileErrors
            .Try("write", path, () => SafetensorsContent.Of(tensors, metadata ?? [], checksum))
            .Bind(content => AtomicFile.Write(path, content.WriteTo));
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
        FileRange.Read(handle, bytes, DataAt + tensor.Begin + start);
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
            FileRange.Read(handle, prefix, 0);
            ulong headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
            if (headerBytes > (ulong)Math.Min(available, SafetensorsHeader.MaxBytes))
            {
                throw new InvalidDataException(
                    $"it is truncated or no safetensors file: a header of {headerBytes} bytes where {available} "
                    + $"follow, and allowed are {SafetensorsHeader.MaxBytes}");
            }

            byte[] bytes = new byte[headerBytes];
            FileRange.Read(handle, bytes, SafetensorsHeader.PrefixBytes);
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

        long digitsAt = SafetensorsHeader.PrefixBytes + header.ChecksumAt;
        if (header.ChecksumAt < 0 || SafetensorsChecksum.Of(handle, digitsAt) != expected)
            throw new InvalidDataException("it is damaged: its checksum differs");
    }
}
