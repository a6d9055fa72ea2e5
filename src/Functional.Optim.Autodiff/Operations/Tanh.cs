using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>
    /// The hyperbolic tangent (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ), element by element; its derivative 1 − tanh²x is computed as
    /// 4·σ(2x)·σ(−2x), which is precise for every x, also where tanh x rounds to 1.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x.</param>
    public static Variable<T> Tanh<T>(this Variable<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => UnaryNode<T, HyperbolicTangent<T>>.Apply(input, default);

    private readonly struct HyperbolicTangent<T> : IUnaryOperator<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Value<TLane>(TLane x)
            where TLane : struct, ILane<TLane, T>
        {
            // With p = e⁻²ˣ − 1 of |x|: tanh |x| = −p / (2 + p). Beyond 22 it is 1, even in double.
            TLane bounded = TLane.Min(TLane.Abs(x), TLane.Broadcast(T.CreateTruncating(22)));
            TLane two = TLane.Broadcast(T.CreateTruncating(2)), zero = TLane.Broadcast(T.Zero);
            TLane p = Exponential.MinusOne<T, TLane>(TLane.Broadcast(T.CreateTruncating(-2)) * bounded);
            TLane minusValue = p / (two + p);
            // A zero keeps its sign, and a NaN stays.
            return TLane.SelectGreater(x, zero, zero - minusValue, TLane.SelectGreater(zero, x, minusValue, x));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane ToInput<TLane>(TLane gradient, TLane x)
            where TLane : struct, ILane<TLane, T>
        {
            TLane slope = Logistic.Slope<T, TLane>(TLane.Broadcast(T.CreateTruncating(2)) * x);
            return gradient * (TLane.Broadcast(T.CreateTruncating(4)) * slope);
        }
    }
}
