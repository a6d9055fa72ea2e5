using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Functional.Optim.Training;

/// <summary>A tensor to write to a safetensors file.</summary>
public sealed class TensorData
{
    private readonly Piece pieceAt;

    /// <summary>A tensor whose elements are read where they lie, piece by piece.</summary>
    /// <param name="name">The name.</param>
    /// <param name="type">The element type.</param>
    /// <param name="shape">The size of each dimension.</param>
    /// <param name="pieceAt">The elements from a byte on, so many bytes of them.</param>
    /// <param name="own">The range of bytes that this process has of them; all by default.</param>
    internal TensorData(
        string name, TensorType type, ImmutableArray<long> shape, Piece pieceAt, (long Start, long Count)? own = null)
    {
        (Name, Type, Shape, this.pieceAt) = (name, type, shape, pieceAt);
        ByteCount = TensorDescription.BytesOf(type, shape.AsSpan());
        (OwnStart, OwnBytes) = own ?? (0, ByteCount);
    }

    internal delegate ReadOnlySpan<byte> Piece(long start, int count);

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The element type.</summary>
    public TensorType Type { get; }

    /// <summary>The size of each dimension, outermost first; empty for a scalar.</summary>
    public ImmutableArray<long> Shape { get; }

    /// <summary>The bytes of its elements.</summary>
    public long ByteCount { get; }

    /// <summary>The first byte that this process has, where several have the tensor together.</summary>
    internal long OwnStart { get; }

    /// <summary>The bytes that this process has.</summary>
    internal long OwnBytes { get; }

    /// <summary>A tensor of little-endian elements, which are not copied.</summary>
    /// <param name="name">The name: not <c>__metadata__</c>, and valid UTF-16.</param>
    /// <param name="type">The element type.</param>
    /// <param name="shape">The size of each dimension, outermost first, none negative; empty for a scalar.</param>
    /// <param name="bytes">The elements in row-major order.</param>
    /// <exception cref="ArgumentException">A size is negative, or the bytes are not those of the shape.</exception>
    public static TensorData Of(string name, TensorType type, ReadOnlySpan<long> shape, ReadOnlyMemory<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!Enum.IsDefined(type))
            throw new ArgumentOutOfRangeException(nameof(type), type, "Allowed is a value of TensorType.");
        foreach (long size in shape) ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(shape));
        TensorData tensor = new(
            name, type, [.. shape], (start, count) => bytes.Span.Slice((int)start, count));
        return tensor.ByteCount == bytes.Length
            ? tensor
            : throw new ArgumentException(
                $"'{Excerpt.Of(name)}' of {type.Name()}[{string.Join(", ", tensor.Shape)}] takes {tensor.ByteCount} "
                + $"bytes; {bytes.Length} were given.",
                nameof(bytes));
    }

    /// <summary>A tensor of floats, which are copied.</summary>
    /// <param name="name">The name: not <c>__metadata__</c>, and valid UTF-16.</param>
    /// <param name="shape">The size of each dimension, outermost first; empty for a scalar.</param>
    /// <param name="elements">The elements in row-major order.</param>
    /// <exception cref="ArgumentException">A size is negative, or the elements are not those of the shape.</exception>
    public static TensorData Of(string name, ReadOnlySpan<long> shape, ReadOnlySpan<float> elements) =>
        Of(name, TensorType.F32, shape, MemoryMarshal.AsBytes(elements).ToArray());

    /// <summary>A tensor of doubles, which are copied.</summary>
    /// <inheritdoc cref="Of(string, ReadOnlySpan{long}, ReadOnlySpan{float})"/>
    public static TensorData Of(string name, ReadOnlySpan<long> shape, ReadOnlySpan<double> elements) =>
        Of(name, TensorType.F64, shape, MemoryMarshal.AsBytes(elements).ToArray());

    /// <summary>Hands over the elements that this process has, piece by piece.</summary>
    /// <param name="write">Takes the next bytes.</param>
    internal void WriteTo(Action<ReadOnlySpan<byte>> write)
    {
        const int pieceBytes = 1 << 20;
        for (long start = 0; start < OwnBytes; start += pieceBytes)
            write(pieceAt(start, (int)Math.Min(pieceBytes, OwnBytes - start)));
    }
}
