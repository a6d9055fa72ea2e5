using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>
    /// Dropout (Srivastava et al., 2014): each element is zero with probability p, and else divided by 1 − p. Which ones is a
    /// function of the key and the position alone.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x.</param>
    /// <param name="rate">p, in [0, 1); 0 hands x on.</param>
    /// <param name="key">The key of the random bits; another one for each place in the model and each step.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is out of range.</exception>
    public static Variable<T> Dropout<T>(this Variable<T> input, double rate, ulong key)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (rate is not (>= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(rate), rate, "A dropout rate is in [0, 1).");
        if (rate == 0) return input;
        DropoutNode<T> node = input.Tape.Record<DropoutNode<T>>(input.Shape, input, inputs: 1);
        node.Forward(rate, key);
        return node.Output;
    }

    /// <summary>∂L/∂x = ∂L/∂y with the same elements dropped; the bits are drawn again rather than kept.</summary>
    private sealed unsafe class DropoutNode<T> : Node<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private double rate;
        private ulong key;

        internal void Forward(double probability, ulong keyOfBits)
        {
            (rate, key) = (probability, keyOfBits);
            Mask(First.Value, new GradientSink<T>(Value, Shape.Length, accumulate: false));
        }

        internal override void PropagateGradient() => Mask(Gradient, First.Sink());

        private void Mask(T* from, GradientSink<T> to) => LaneLoop.Ranges<T, Masked>(Shape.Length, 4096, new(from, to, rate, new Philox(key)));

        private readonly struct Masked(T* from, GradientSink<T> to, double rate, Philox random) : ILaneBody<T>
        {
            private const int BitsPerDraw = 256;

            private readonly T* from = from;

            public void Run<TLane>(int start, int end)
                where TLane : struct, ILane<TLane, T>
            {
                uint threshold = (uint)(rate * uint.MaxValue);
                T scale = T.CreateTruncating(1 / (1 - rate));
                Span<uint> bits = stackalloc uint[BitsPerDraw];
                for (int first = start; first < end; first += BitsPerDraw)
                {
                    random.Bits((ulong)first / 4, bits);
                    for (int index = 0; index < Math.Min(BitsPerDraw, end - first); index++)
                    {
                        T value = bits[index] < threshold ? T.Zero : from[first + index] * scale;
                        to.Add(first + index, ScalarLane<T>.Broadcast(value));
                    }
                }
            }
        }
    }
}
