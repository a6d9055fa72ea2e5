using System.Collections.Immutable;

namespace Functional.Optim.Training;

/// <summary>A tensor of a safetensors file: what its header says of it.</summary>
/// <param name="Name">The name, which no other tensor of the file has.</param>
/// <param name="Type">The element type.</param>
/// <param name="Shape">The size of each dimension, outermost first; empty for a scalar.</param>
/// <param name="Begin">Where its elements begin, in bytes from the end of the header.</param>
/// <param name="End">Where they end.</param>
public sealed record TensorDescription(
    string Name, TensorType Type, ImmutableArray<long> Shape, long Begin, long End)
{
    /// <summary>The bytes of its elements.</summary>
    public long ByteCount => End - Begin;

    /// <summary>The number of its elements.</summary>
    public long Length => ByteCount / Type.Bytes();

    /// <summary>The name, the type and the shape, such as <c>weight F32[128, 512]</c>.</summary>
    public override string ToString() => $"{Excerpt.Of(Name)} {Type.Name()}[{string.Join(", ", Shape.Take(16))}]";

    /// <summary>The bytes that a shape takes.</summary>
    /// <exception cref="OverflowException">They are more than a file can have.</exception>
    internal static long BytesOf(TensorType type, ReadOnlySpan<long> shape)
    {
        long bytes = type.Bytes();
        foreach (long size in shape) bytes = checked(bytes * size);
        return bytes;
    }
}
