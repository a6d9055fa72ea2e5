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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<uint> Of(Vector256<uint> indices, uint key)
    {
        Vector256<uint> mixed = (indices * Vector256.Create(Odd)) + Vector256.Create(key);
        mixed = (mixed ^ (mixed >> 16)) * Vector256.Create(First);
        mixed = (mixed ^ (mixed >> 15)) * Vector256.Create(Second);
        return mixed ^ (mixed >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<uint> Of(Vector512<uint> indices, uint key)
    {
        Vector512<uint> mixed = (indices * Vector512.Create(Odd)) + Vector512.Create(key);
        mixed = (mixed ^ (mixed >> 16)) * Vector512.Create(First);
        mixed = (mixed ^ (mixed >> 15)) * Vector512.Create(Second);
        return mixed ^ (mixed >> 16);
    }
}
