using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Two lanes as one, for loops in which a single lane would wait for long divisions. A constant is broadcast once for
/// both halves, and one half divides while the other multiplies.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
/// <typeparam name="TLane">The lane of each half.</typeparam>
/// <param name="low">The first numbers.</param>
/// <param name="high">The numbers after them.</param>
internal readonly unsafe struct LanePair<T, TLane>(TLane low, TLane high) : ILane<LanePair<T, TLane>, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TLane : struct, ILane<TLane, T>
{
    private readonly TLane low = low;
    private readonly TLane high = high;

    /// <summary>The first numbers.</summary>
    internal TLane Low => low;

    /// <summary>The numbers after them.</summary>
    internal TLane High => high;

    public static int Width => 2 * TLane.Width;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<T, TLane> Broadcast(T value)
    {
        TLane both = TLane.Broadcast(value);
        return new(both, both);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<T, TLane> Load(T* source) => new(TLane.Load(source), TLane.Load(source + TLane.Width));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(LanePair<T, TLane> value, T* destination)
    {
        TLane.Store(value.low, destination);
        TLane.Store(value.high, destination + TLane.Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreNonTemporal(LanePair<T, TLane> value, T* destination)
    {
        TLane.StoreNonTemporal(value.low, destination);
        TLane.StoreNonTemporal(value.high, destination + TLane.Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<T, TLane> operator +(LanePair<T, TLane> left, LanePair<T, TLane> right) =>
        new(left.low + right.low, left.high + right.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<T, TLane> operator -(LanePair<T, TLane> left, LanePair<T, TLane> right) =>
        new(left.low - right.low, left.high - right.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<T, TLane> operator *(LanePair<T, TLane> left, LanePair<T, TLane> right) =>
        new(left.low * right.low, left.high * right.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<T, TLane> operator /(LanePair<T, TLane> left, LanePair<T, TLane> right) =>
        new(left.low / right.low, left.high / right.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<T, TLane> FusedMultiplyAdd(
        LanePair<T, TLane> left, LanePair<T, TLane> right, LanePair<T, TLane> addend) => new(
        TLane.FusedMultiplyAdd(left.low, right.low, addend.low),
        TLane.FusedMultiplyAdd(left.high, right.high, addend.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<T, TLane> Sqrt(LanePair<T, TLane> value) =>
        new(TLane.Sqrt(value.low), TLane.Sqrt(value.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<T, TLane> Abs(LanePair<T, TLane> value) => new(TLane.Abs(value.low), TLane.Abs(value.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<T, TLane> Min(LanePair<T, TLane> left, LanePair<T, TLane> right) =>
        new(TLane.Min(left.low, right.low), TLane.Min(left.high, right.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<T, TLane> Max(LanePair<T, TLane> left, LanePair<T, TLane> right) =>
        new(TLane.Max(left.low, right.low), TLane.Max(left.high, right.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<T, TLane> SelectGreater(
        LanePair<T, TLane> left,
        LanePair<T, TLane> right,
        LanePair<T, TLane> whenTrue,
        LanePair<T, TLane> whenFalse) => new(
        TLane.SelectGreater(left.low, right.low, whenTrue.low, whenFalse.low),
        TLane.SelectGreater(left.high, right.high, whenTrue.high, whenFalse.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanePair<T, TLane> PowerOfTwo(LanePair<T, TLane> exponent) =>
        new(TLane.PowerOfTwo(exponent.low), TLane.PowerOfTwo(exponent.high));
}
