using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>Repeats one element to a shape: operations on two arrays need arrays, to work on full lanes.</summary>
    internal static Variable<T> Repeat<T>(this Variable<T> input, Shape shape)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (shape.Length == 1) return input;
        RepeatNode<T> node = input.Tape.Record<RepeatNode<T>>(shape, input);
        node.Forward();
        return node.Output;
    }

    /// <summary>∂L/∂x = Σ ∂L/∂y, added in double in blocks of a fixed order.</summary>
    private sealed unsafe class RepeatNode<T> : Node<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal void Forward() => Values.Fill(*First.Value);

        internal override void PropagateGradient()
        {
            double sum = BlockReduction.Sum<T>(new(Gradient, Shape.Length));
            First.Sink().Add(0, ScalarLane<T>.Broadcast(T.CreateTruncating(sum)));
        }
    }
}
