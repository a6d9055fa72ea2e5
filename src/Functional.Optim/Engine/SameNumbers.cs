using System.Runtime.InteropServices;

namespace Functional.Optim;

/// <summary>Compares arrays of numbers by their bits.</summary>
internal sealed class SameNumbers<TNumber> : IEqualityComparer<TNumber[]>
    where TNumber : unmanaged
{
    internal static SameNumbers<TNumber> Instance { get; } = new();

    public bool Equals(TNumber[]? left, TNumber[]? right) =>
        MemoryMarshal.AsBytes<TNumber>(left).SequenceEqual(MemoryMarshal.AsBytes<TNumber>(right));

    public int GetHashCode(TNumber[] numbers)
    {
        HashCode hash = default;
        hash.AddBytes(MemoryMarshal.AsBytes<TNumber>(numbers));
        return hash.ToHashCode();
    }
}
