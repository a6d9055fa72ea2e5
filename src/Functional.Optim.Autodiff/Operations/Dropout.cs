using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>
    /// Dropout: each element is 0 with probability p, otherwise it is divided by 1 − p. Which elements are
    /// dropped depends only on the key and the index.
    /// </summary>
    /// <remarks>
    /// Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", 2014,
    /// <see href="https://jmlr.org/papers/v15/srivastava14a.html">JMLR 15</see>.
    /// </remarks>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x.</param>
    /// <param name="rate">
    /// p, in [0, 1); 0 returns x itself. Rates above 1 − 2⁻²⁴ are lowered to it, so that the mean is kept.
    /// </param>
    /// <param name="key">
    /// The key of the random bits. Use another one for each dropout of the model and each step.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is out of range.</exception>
    public static Variable<T> Dropout<T>(this Variable<T> input, double rate, ulong key)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (rate is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "A dropout rate is in [0, 1).");
        if (rate == 0) return input;
        DropoutNode<T> node = input.Tape.Record<DropoutNode<T>>(input.Shape, input);
        node.Forward(rate, key);
        return node.Output;
    }

    /// <summary>∂L/∂x = ∂L/∂y with the same elements dropped.</summary>
    private sealed unsafe class DropoutNode<T> : Node<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private AlignedBuffer<T>? drawBuffer;

        /// <summary>
        /// A uniform random number in [0, 1) for each element; elements with a number below the rate are dropped.
        /// </summary>
        private T* draws;
        private double rate;

        /// <summary>The distance of neighbouring random numbers.</summary>
        private const double Resolution = 1.0 / (1 << 24);

        internal void Forward(double probability, ulong key)
        {
            rate = Math.Min(probability, 1 - Resolution);
            draws = EnsureCapacity(ref drawBuffer, Shape.Length);
            LaneLoop.Ranges<T, Draw>(Shape.Length, 4096, new(draws, new Philox(key)));
            Mask(First.Value, new GradientSink<T>(Value, Shape.Length, accumulate: false));
        }

        internal override void PropagateGradient() => Mask(Gradient, First.Sink());

        private void Mask(T* from, GradientSink<T> to)
        {
            T scale = T.CreateTruncating(1 / (1 - rate));
            LaneLoop.Elements<T, Keep>(Shape.Length, new(draws, from, to, T.CreateTruncating(rate), scale));
        }

        /// <summary>
        /// The upper 24 bits of one word for each element, so that float and double drop the same elements.
        /// </summary>
        private readonly struct Draw(T* draws, Philox random) : ILaneBody<T>
        {
            private const int WordsAtOnce = 256;

            private readonly T* draws = draws;

            public void Run<TLane>(int start, int end)
                where TLane : struct, ILane<TLane, T>
            {
                Span<uint> words = stackalloc uint[WordsAtOnce];
                for (int first = start; first < end; first += WordsAtOnce)
                {
                    Span<uint> part = words[..Math.Min(WordsAtOnce, end - first)];
                    random.Bits((ulong)first / 4, part);
                    for (int index = 0; index < part.Length; index++)
                        draws[first + index] = T.CreateTruncating(part[index] >> 8) * T.CreateTruncating(Resolution);
                }
            }
        }

        private readonly struct Keep(T* draws, T* from, GradientSink<T> to, T rate, T scale) : IElementBody<T>
        {
            private readonly T* draws = draws;
            private readonly T* from = from;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void At<TLane>(long index)
                where TLane : struct, ILane<TLane, T>
            {
                TLane scaled = TLane.Load(from + index) * TLane.Broadcast(scale), zero = TLane.Broadcast(T.Zero);
                to.Add(index, TLane.SelectGreater(TLane.Broadcast(rate), TLane.Load(draws + index), zero, scaled));
            }
        }
    }
}
