using System.Numerics;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>The same elements with another shape. Nothing is copied, and the gradient is the same too.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x.</param>
    /// <param name="shape">The new shape, with the same number of elements.</param>
    /// <exception cref="ArgumentException">The number of elements differs.</exception>
    public static Variable<T> Reshape<T>(this Variable<T> input, Shape shape)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        input.Shape.Length == shape.Length
            ? new Variable<T>(input.Node, shape)
            : throw new ArgumentException(
                $"The shape {shape} has {shape.Length} elements; {input.Shape} has {input.Shape.Length}.",
                nameof(shape));
}
