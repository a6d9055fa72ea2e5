using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>x · y, element by element.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="left">x.</param>
    /// <param name="right">
    /// y, with the same shape. One shape may also be the innermost dimensions
    /// of the other; that array is then repeated.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The shapes do not fit, or a variable belongs to another computation.
    /// </exception>
    public static Variable<T> Multiply<T>(this Variable<T> left, Variable<T> right)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => BinaryNode<T, Multiplication<T>>.Apply(
            left, right, nameof(Multiply));

    private readonly struct Multiplication<T> : IBinaryOperator<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLane Value<TLane>(TLane left, TLane right)
            where TLane : struct, ILane<TLane, T> => left * right;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLane ToLeft<TLane>(TLane gradient, TLane left, TLane right)
            where TLane : struct, ILane<TLane, T> => gradient * right;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLane ToRight<TLane>(TLane gradient, TLane left, TLane right)
            where TLane : struct, ILane<TLane, T> => gradient * left;
    }
}
