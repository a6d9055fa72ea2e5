using System.Numerics;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>
    /// The mean over the positions of a sequence: <see cref="Mean{T}(Variable{T}, int)"/> along dimension 1.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">[batch, positions, d], with at least one position.</param>
    /// <returns>[batch, d].</returns>
    /// <exception cref="ArgumentException">The rank is not 3, or there is no position.</exception>
    public static Variable<T> MeanPool<T>(this Variable<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        input.Shape.Rank == 3 && input.Shape[1] > 0
            ? input.Mean(axis: 1)
            : throw new ArgumentException(
                $"Mean pooling takes [batch, positions, d]; {input.Shape} was given.", nameof(input));
}
