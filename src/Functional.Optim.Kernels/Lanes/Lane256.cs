using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Functional.Optim.Kernels;

/// <summary>A lane of 256 bits: 8 floats or 4 doubles.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="value">The numbers.</param>
public readonly unsafe struct Lane256<T>(Vector256<T> value) : ILane<Lane256<T>, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Vector256<T> value = value;

    /// <inheritdoc/>
    public static int Width => Vector256<T>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256<T> Broadcast(T value) => new(Vector256.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256<T> Load(T* source) => new(Vector256.Load(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lane256<T> value, T* destination) => value.value.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreNonTemporal(Lane256<T> value, T* destination) =>
        value.value.StoreAlignedNonTemporal(destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256<T> operator +(Lane256<T> left, Lane256<T> right) => new(left.value + right.value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256<T> operator -(Lane256<T> left, Lane256<T> right) => new(left.value - right.value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256<T> operator *(Lane256<T> left, Lane256<T> right) => new(left.value * right.value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256<T> operator /(Lane256<T> left, Lane256<T> right) => new(left.value / right.value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256<T> FusedMultiplyAdd(Lane256<T> left, Lane256<T> right, Lane256<T> addend) =>
        typeof(T) == typeof(float)
            ? new(Vector256.FusedMultiplyAdd(
                left.value.AsSingle(), right.value.AsSingle(), addend.value.AsSingle()).As<float, T>())
            : new(Vector256.FusedMultiplyAdd(
                left.value.AsDouble(), right.value.AsDouble(), addend.value.AsDouble()).As<double, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256<T> Sqrt(Lane256<T> value) => new(Vector256.Sqrt(value.value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256<T> Abs(Lane256<T> value) => new(Vector256.Abs(value.value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256<T> Min(Lane256<T> left, Lane256<T> right) => new(Vector256.Min(left.value, right.value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256<T> Max(Lane256<T> left, Lane256<T> right) => new(Vector256.Max(left.value, right.value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256<T> SelectGreater(
        Lane256<T> left, Lane256<T> right, Lane256<T> whenTrue, Lane256<T> whenFalse)
    {
        Vector256<T> isGreater = Vector256.GreaterThan(left.value, right.value);
        return new(Vector256.ConditionalSelect(isGreater, whenTrue.value, whenFalse.value));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane256<T> PowerOfTwo(Lane256<T> exponent)
    {
        if (typeof(T) == typeof(float))
        {
            Vector256<int> n = Vector256.ConvertToInt32Native(exponent.value.AsSingle());
            return new(((n + Vector256.Create(127)) << 23).As<int, T>());
        }

        Vector256<long> wide = Vector256.ConvertToInt64Native(exponent.value.AsDouble());
        return new(((wide + Vector256.Create(1023L)) << 52).As<long, T>());
    }

    /// <summary>The numbers.</summary>
    public override string ToString() => value.ToString();
}
