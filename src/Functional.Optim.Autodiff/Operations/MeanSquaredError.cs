using System.Numerics;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>The mean squared error: the mean of (x − y)² over every element.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="prediction">x; not empty.</param>
    /// <param name="target">y, with a shape that fits (see <see cref="Subtract"/>).</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or there are no elements.</exception>
    public static Variable<T> MeanSquaredError<T>(this Variable<T> prediction, Variable<T> target)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Variable<T> difference = prediction - target;
        return (difference * difference).Mean();
    }
}
