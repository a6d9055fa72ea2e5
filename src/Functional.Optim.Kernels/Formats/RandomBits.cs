using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Functional.Optim.Kernels;

/// <summary>
/// 32 random bits that are a function of an index and a key (the hash lowbias32 by Wellons, 2018), so the same on any
/// vector width and any number of threads.
/// </summary>
internal static class RandomBits
{
    private const uint Odd = 0x9E37_79B1, First = 0x7FEB_352D, Second = 0x846C_A68B;

    internal static uint Of(uint index, uint key)
    {
        uint mixed = (index * Odd) + key;
        mixed = (mixed ^ (mixed >> 16)) * First;
        mixed = (mixed ^ (mixed >> 15)) * Second;
        return mixed ^ (mixed >> 16);
    }

    /// <summary>Where a series of vectors begins: those of 16 indices from one on, then of the next 16, ….</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<uint> Start(uint index, uint key) =>
        ((Vector512.Create(index) + Vector512<uint>.Indices) * Vector512.Create(Odd)) + Vector512.Create(key);

    /// <summary>The bits of the next 16 indices of a series.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<uint> Next(ref Vector512<uint> series)
    {
        Vector512<uint> mixed = series;
        series += Vector512.Create(unchecked((uint)Vector512<uint>.Count * Odd));
        mixed = (mixed ^ (mixed >> 16)) * Vector512.Create(First);
        mixed = (mixed ^ (mixed >> 15)) * Vector512.Create(Second);
        return mixed ^ (mixed >> 16);
    }
}
