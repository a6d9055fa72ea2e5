using System.Numerics;
using System.Runtime.InteropServices;

namespace Functional.Optim;

/// <summary>
/// Equality and hash codes of elements by their bits: −0 differs from 0, and a NaN equals a NaN with the same bits.
/// </summary>
internal static class TreeBits
{
    private const int SampleSize = 64;

    /// <summary>Whether two spans have the same bits, of any length.</summary>
    internal static bool Same<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        // As integers, not as bytes: a span holds at most 2³¹ − 1 bytes.
        typeof(T) == typeof(float)
            ? MemoryMarshal.Cast<T, int>(left).SequenceEqual(MemoryMarshal.Cast<T, int>(right))
            : MemoryMarshal.Cast<T, long>(left).SequenceEqual(MemoryMarshal.Cast<T, long>(right));

    /// <summary>A hash of up to 64 elements at equal distances.</summary>
    internal static int Hash<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        HashCode hash = default;
        int count = Math.Min(values.Length, SampleSize);
        for (int sample = 0; sample < count; sample++)
            hash.AddBytes(MemoryMarshal.AsBytes(values.Slice((int)((long)sample * values.Length / count), 1)));
        return hash.ToHashCode();
    }
}
