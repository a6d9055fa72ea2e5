using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>
/// A few numbers worked on at once: one (<see cref="ScalarLane{T}"/>) or a vector of 128, 256 or 512 bits. A rule written once
/// over lanes runs at every width with the same bits, because every operation rounds each number on its own.
/// </summary>
/// <typeparam name="TSelf">The lane itself.</typeparam>
/// <typeparam name="T">float or double.</typeparam>
public unsafe interface ILane<TSelf, T>
    where TSelf : struct, ILane<TSelf, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>How many numbers a lane holds.</summary>
    static abstract int Width { get; }

    /// <summary>A lane with the same number everywhere.</summary>
    static abstract TSelf Broadcast(T value);

    /// <summary>Reads <see cref="Width"/> numbers; the address need not be aligned.</summary>
    static abstract TSelf Load(T* source);

    /// <summary>Writes <see cref="Width"/> numbers; the address need not be aligned.</summary>
    static abstract void Store(TSelf value, T* destination);

    /// <summary>Writes past the cache; the address must be a multiple of the lane's size in bytes.</summary>
    static abstract void StoreNonTemporal(TSelf value, T* destination);

    /// <summary>a + b.</summary>
    static abstract TSelf operator +(TSelf left, TSelf right);

    /// <summary>a − b.</summary>
    static abstract TSelf operator -(TSelf left, TSelf right);

    /// <summary>a · b.</summary>
    static abstract TSelf operator *(TSelf left, TSelf right);

    /// <summary>a / b.</summary>
    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>a · b + c, rounded once.</summary>
    static abstract TSelf FusedMultiplyAdd(TSelf left, TSelf right, TSelf addend);

    /// <summary>√a, correctly rounded.</summary>
    static abstract TSelf Sqrt(TSelf value);

    /// <summary>|a|.</summary>
    static abstract TSelf Abs(TSelf value);

    /// <summary>The smaller; NaN where either is NaN.</summary>
    static abstract TSelf Min(TSelf left, TSelf right);

    /// <summary>The larger; NaN where either is NaN.</summary>
    static abstract TSelf Max(TSelf left, TSelf right);

    /// <summary><paramref name="whenTrue"/> where left &gt; right, <paramref name="whenFalse"/> elsewhere (also where either is NaN).</summary>
    static abstract TSelf SelectGreater(TSelf left, TSelf right, TSelf whenTrue, TSelf whenFalse);

    /// <summary>
    /// 2ⁿ for an integral n, exact: n from −126 to 127 for float and from −1022 to 1023 for double; undefined elsewhere.
    /// </summary>
    static abstract TSelf PowerOfTwo(TSelf exponent);
}
