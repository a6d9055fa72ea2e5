using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>The Gaussian error linear unit (Hendrycks and Gimpel, 2016) in its tanh form: ½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))), element by element.</summary>
    /// <remarks>torch calls this form <c>approximate="tanh"</c>; GPT-2 uses it. The exact form with erf differs by up to 5e-4.</remarks>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x.</param>
    public static Variable<T> Gelu<T>(this Variable<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => UnaryNode<T, GaussianErrorUnit<T>>.Apply(input, default);

    private readonly struct GaussianErrorUnit<T> : IUnaryOperator<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private const double Cubic = 0.044715;

        /// <summary>2·√(2/π).</summary>
        private const double TwiceRoot = 1.5957691216057308;

        /// <summary>Long before this |x|, e⁻²ᵘ is 0 or ∞ even in double.</summary>
        private const double GateIsFull = 100;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Value<TLane>(TLane x)
            where TLane : struct, ILane<TLane, T> => x * Gate(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane ToInput<TLane>(TLane gradient, TLane x)
            where TLane : struct, ILane<TLane, T>
        {
            TLane gate = Gate(x), one = TLane.Broadcast(T.One);
            // Beyond the bound the gate is 0 or 1 and the slope counts for nothing, but must not grow to ∞.
            TLane bounded = TLane.Min(TLane.Abs(x), Constant<TLane>(GateIsFull));
            TLane slope = TLane.FusedMultiplyAdd(Constant<TLane>(3 * Cubic * TwiceRoot), bounded * bounded, Constant<TLane>(TwiceRoot));
            return gradient * TLane.FusedMultiplyAdd(x * gate * (one - gate), slope, gate);
        }

        /// <summary>½·(1 + tanh u) = 1 / (1 + e⁻²ᵘ), without the cancellation of the left side.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TLane Gate<TLane>(TLane x)
            where TLane : struct, ILane<TLane, T>
        {
            TLane minusTwiceU = x * TLane.FusedMultiplyAdd(Constant<TLane>(-Cubic * TwiceRoot), x * x, Constant<TLane>(-TwiceRoot));
            TLane one = TLane.Broadcast(T.One);
            return one / (one + Exponential.Of<T, TLane>(minusTwiceU));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TLane Constant<TLane>(double value)
            where TLane : struct, ILane<TLane, T> => TLane.Broadcast(T.CreateTruncating(value));
    }
}
