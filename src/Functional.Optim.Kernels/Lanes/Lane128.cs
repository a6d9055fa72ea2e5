using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Functional.Optim.Kernels;

/// <summary>A lane of 128 bits: 4 floats or 2 doubles.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="value">The numbers.</param>
public readonly unsafe struct Lane128<T>(Vector128<T> value) : ILane<Lane128<T>, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Vector128<T> value = value;

    /// <inheritdoc/>
    public static int Width => Vector128<T>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128<T> Broadcast(T value) => new(Vector128.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128<T> Load(T* source) => new(Vector128.Load(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lane128<T> value, T* destination) => value.value.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreNonTemporal(Lane128<T> value, T* destination) =>
        value.value.StoreAlignedNonTemporal(destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128<T> operator +(Lane128<T> left, Lane128<T> right) => new(left.value + right.value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128<T> operator -(Lane128<T> left, Lane128<T> right) => new(left.value - right.value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128<T> operator *(Lane128<T> left, Lane128<T> right) => new(left.value * right.value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128<T> operator /(Lane128<T> left, Lane128<T> right) => new(left.value / right.value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128<T> FusedMultiplyAdd(Lane128<T> left, Lane128<T> right, Lane128<T> addend) =>
        typeof(T) == typeof(float)
            ? new(Vector128.FusedMultiplyAdd(
                left.value.AsSingle(), right.value.AsSingle(), addend.value.AsSingle()).As<float, T>())
            : new(Vector128.FusedMultiplyAdd(
                left.value.AsDouble(), right.value.AsDouble(), addend.value.AsDouble()).As<double, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128<T> Sqrt(Lane128<T> value) => new(Vector128.Sqrt(value.value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128<T> Abs(Lane128<T> value) => new(Vector128.Abs(value.value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128<T> Min(Lane128<T> left, Lane128<T> right) => new(Vector128.Min(left.value, right.value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128<T> Max(Lane128<T> left, Lane128<T> right) => new(Vector128.Max(left.value, right.value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128<T> SelectGreater(
        Lane128<T> left, Lane128<T> right, Lane128<T> whenTrue, Lane128<T> whenFalse)
    {
        Vector128<T> isGreater = Vector128.GreaterThan(left.value, right.value);
        return new(Vector128.ConditionalSelect(isGreater, whenTrue.value, whenFalse.value));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane128<T> PowerOfTwo(Lane128<T> exponent)
    {
        if (typeof(T) == typeof(float))
        {
            Vector128<int> n = Vector128.ConvertToInt32Native(exponent.value.AsSingle());
            return new(((n + Vector128.Create(127)) << 23).As<int, T>());
        }

        Vector128<long> wide = Vector128.ConvertToInt64Native(exponent.value.AsDouble());
        return new(((wide + Vector128.Create(1023L)) << 52).As<long, T>());
    }

    /// <summary>The numbers.</summary>
    public override string ToString() => value.ToString();
}
