using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>
/// Several numbers that are computed together: one (<see cref="ScalarLane{T}"/>) or a vector of 128, 256 or 512 bits.
/// Every operation works on each number separately and rounds it the same way, so a rule written over lanes gives the
/// same bits at every width.
/// </summary>
/// <typeparam name="TSelf">The type of the lane itself.</typeparam>
/// <typeparam name="T">float or double.</typeparam>
public unsafe interface ILane<TSelf, T>
    where TSelf : struct, ILane<TSelf, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>How many numbers a lane has.</summary>
    static abstract int Width { get; }

    /// <summary>A lane whose numbers are all the same.</summary>
    static abstract TSelf Broadcast(T value);

    /// <summary>Loads <see cref="Width"/> numbers; the address need not be aligned.</summary>
    static abstract TSelf Load(T* source);

    /// <summary>Stores <see cref="Width"/> numbers; the address need not be aligned.</summary>
    static abstract void Store(TSelf value, T* destination);

    /// <summary>
    /// Stores without filling the cache (non-temporal); the address must be a multiple of the lane's size in bytes.
    /// </summary>
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

    /// <summary>
    /// <paramref name="whenTrue"/> where left &gt; right, otherwise <paramref name="whenFalse"/> (also where either is
    /// NaN).
    /// </summary>
    static abstract TSelf SelectGreater(TSelf left, TSelf right, TSelf whenTrue, TSelf whenFalse);

    /// <summary>
    /// 2ⁿ for an integer n, exact. n must be −126 to 127 for float and −1022 to 1023 for double; otherwise the result
    /// is undefined.
    /// </summary>
    static abstract TSelf PowerOfTwo(TSelf exponent);
}
