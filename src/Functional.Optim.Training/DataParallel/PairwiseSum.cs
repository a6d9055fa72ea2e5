using System.Numerics;
using System.Numerics.Tensors;

namespace Functional.Optim.Training;

/// <summary>
/// The sum of 2ᵏ gradients and of their losses by a binary tree: neighbours first, then neighbouring sums. An aligned
/// part of them, of 2ʲ, is a subtree, so that other processes may add the others with the same bits.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class PairwiseSum<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly (double Loss, ParameterTree<T> Gradients)[] levels;

    /// <param name="count">How many gradients there are; a power of two.</param>
    internal PairwiseSum(int count) => levels = new (double, ParameterTree<T>)[BitOperations.Log2((uint)count) + 1];

    /// <summary>Adds the next one, which is consumed.</summary>
    internal void Add(double loss, ParameterTree<T> gradients)
    {
        int level = 0;
        for (; !levels[level].Gradients.IsDefault; level++)
        {
            (double before, ParameterTree<T> left) = levels[level];
            ParameterTree<T> sum = left.Plus(gradients);
            left.Release(nameof(DataParallel));
            gradients.Release(nameof(DataParallel));
            (loss, gradients) = (before + loss, sum);
            levels[level] = default;
        }

        levels[level] = (loss, gradients);
    }

    /// <summary>Takes the sum of all.</summary>
    internal (double Loss, ParameterTree<T> Gradients) Take()
    {
        (double, ParameterTree<T>) sum = levels[^1];
        levels[^1] = default;
        return sum;
    }

    /// <summary>Drops what a step that failed has left.</summary>
    internal void Clear() => Array.Clear(levels);

    /// <summary>The sums of rows of one length, by the same tree, in the place of the first.</summary>
    internal static void OfRows<TNumber>(Span<TNumber> rows, int length)
        where TNumber : unmanaged, INumberBase<TNumber>
    {
        int count = length == 0 ? 0 : rows.Length / length;
        for (int apart = 1; apart < count; apart *= 2)
        {
            for (int row = 0; row + apart < count; row += 2 * apart)
            {
                Span<TNumber> left = rows.Slice(row * length, length);
                TensorPrimitives.Add(left, rows.Slice((row + apart) * length, length), left);
            }
        }
    }
}
