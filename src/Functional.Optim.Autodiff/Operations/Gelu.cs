using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>
    /// The Gaussian error linear unit in its tanh form, element by element: ½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))).
    /// </summary>
    /// <remarks>
    /// Hendrycks and Gimpel, "Gaussian error linear units (GELUs)", 2016,
    /// <see href="https://arxiv.org/abs/1606.08415">arXiv:1606.08415</see>. In torch this form is
    /// <c>approximate="tanh"</c>; GPT-2 uses it. The exact form with erf differs by up to 5e-4.
    /// </remarks>
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

        /// <summary>For much smaller |x| already, e⁻²ᵘ is 0 or ∞, even in double.</summary>
        private const double GateIsFull = 100;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Value<TLane>(TLane x)
            where TLane : struct, ILane<TLane, T> => x * Gate(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane ToInput<TLane>(TLane gradient, TLane x)
            where TLane : struct, ILane<TLane, T>
        {
            TLane gate = Gate(x), one = TLane.Broadcast(T.One);
            // Beyond the bound the gate is 0 or 1 and the slope has no effect, but it must not become ∞.
            TLane bounded = TLane.Min(TLane.Abs(x), Constant<TLane>(GateIsFull));
            TLane cubic = Constant<TLane>(3 * Cubic * TwiceRoot);
            TLane slope = TLane.FusedMultiplyAdd(cubic, bounded * bounded, Constant<TLane>(TwiceRoot));
            return gradient * TLane.FusedMultiplyAdd(x * gate * (one - gate), slope, gate);
        }

        /// <summary>½·(1 + tanh u), computed as 1 / (1 + e⁻²ᵘ), which has no cancellation.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TLane Gate<TLane>(TLane x)
            where TLane : struct, ILane<TLane, T>
        {
            TLane cubic = Constant<TLane>(-Cubic * TwiceRoot);
            TLane minusTwiceU = x * TLane.FusedMultiplyAdd(cubic, x * x, Constant<TLane>(-TwiceRoot));
            TLane one = TLane.Broadcast(T.One);
            return one / (one + Exponential.Of<T, TLane>(minusTwiceU));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TLane Constant<TLane>(double value)
            where TLane : struct, ILane<TLane, T> => TLane.Broadcast(T.CreateTruncating(value));
    }
}
