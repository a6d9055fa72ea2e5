using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Functional.Optim.Kernels;

/// <summary>A lane of 512 bits: 16 floats or 8 doubles.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="value">The numbers.</param>
public readonly unsafe struct Lane512<T>(Vector512<T> value) : ILane<Lane512<T>, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Vector512<T> value = value;

    /// <summary>The numbers.</summary>
    internal Vector512<T> Value => value;

    /// <inheritdoc/>
    public static int Width => Vector512<T>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512<T> Broadcast(T value) => new(Vector512.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512<T> Load(T* source) => new(Vector512.Load(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lane512<T> value, T* destination) => value.value.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreNonTemporal(Lane512<T> value, T* destination) =>
        value.value.StoreAlignedNonTemporal(destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512<T> operator +(Lane512<T> left, Lane512<T> right) => new(left.value + right.value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512<T> operator -(Lane512<T> left, Lane512<T> right) => new(left.value - right.value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512<T> operator *(Lane512<T> left, Lane512<T> right) => new(left.value * right.value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512<T> operator /(Lane512<T> left, Lane512<T> right) => new(left.value / right.value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512<T> FusedMultiplyAdd(Lane512<T> left, Lane512<T> right, Lane512<T> addend) =>
        typeof(T) == typeof(float)
            ? new(Vector512.FusedMultiplyAdd(
                left.value.AsSingle(), right.value.AsSingle(), addend.value.AsSingle()).As<float, T>())
            : new(Vector512.FusedMultiplyAdd(
                left.value.AsDouble(), right.value.AsDouble(), addend.value.AsDouble()).As<double, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512<T> Sqrt(Lane512<T> value) => new(Vector512.Sqrt(value.value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512<T> Abs(Lane512<T> value) => new(Vector512.Abs(value.value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512<T> Min(Lane512<T> left, Lane512<T> right) => new(Vector512.Min(left.value, right.value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512<T> Max(Lane512<T> left, Lane512<T> right) => new(Vector512.Max(left.value, right.value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512<T> SelectGreater(
        Lane512<T> left, Lane512<T> right, Lane512<T> whenTrue, Lane512<T> whenFalse)
    {
        Vector512<T> isGreater = Vector512.GreaterThan(left.value, right.value);
        return new(Vector512.ConditionalSelect(isGreater, whenTrue.value, whenFalse.value));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane512<T> PowerOfTwo(Lane512<T> exponent)
    {
        if (typeof(T) == typeof(float))
        {
            Vector512<int> n = Vector512.ConvertToInt32Native(exponent.value.AsSingle());
            return new(((n + Vector512.Create(127)) << 23).As<int, T>());
        }

        Vector512<long> wide = Vector512.ConvertToInt64Native(exponent.value.AsDouble());
        return new(((wide + Vector512.Create(1023L)) << 52).As<long, T>());
    }

    /// <summary>The numbers.</summary>
    public override string ToString() => value.ToString();
}
