using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Trees of one layout as vectors. Each operation is one pass over memory, on all cores. Sums are added in double, in
/// blocks of a fixed order, so the bits do not depend on the number of threads. The padding is zero and stays zero.
/// </summary>
internal static class TreeArithmetic
{
    /// <summary>Σx·y.</summary>
    internal static double Dot<T>(this ParameterTree<T> left, ParameterTree<T> right)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => BlockReduction.Dot(left.AsSpan(), right.AsSpan());

    /// <inheritdoc cref="Dot{T}(ParameterTree{T}, ParameterTree{T})"/>
    internal static double Dot<T>(this ParameterTree<T> left, TreeBuffer<T> right)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => BlockReduction.Dot(left.AsSpan(), right.AsSpan());

    /// <summary>Σ|x|.</summary>
    internal static double SumOfMagnitudes<T>(this ParameterTree<T> tree)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => BlockReduction.Sum(tree.AsSpan(), default(Magnitude));

    /// <summary>max |x|, NaN when an element is.</summary>
    internal static double LargestMagnitude<T>(this ParameterTree<T> tree)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => BlockReduction.MaxAbs(tree.AsSpan());

    /// <summary>x − y.</summary>
    internal static TreeBuffer<T> Minus<T>(this ParameterTree<T> left, ParameterTree<T> right)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Pass(default(ApplyRule<T>), left, right);

    /// <summary>x + c·y.</summary>
    internal static TreeBuffer<T> Plus<T>(this ParameterTree<T> left, double factor, ParameterTree<T> right)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Pass(Adding<T>(factor), left, right);

    /// <summary>c·x.</summary>
    internal static TreeBuffer<T> Times<T>(this ParameterTree<T> tree, double factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Pass(new ScaleRule<T>(T.CreateTruncating(factor)), tree, tree);

    /// <summary>
    /// x + w·(y − x), into memory that may be that of x. With w = 1/n it turns the mean x
    /// of n − 1 trees into the mean of n trees.
    /// </summary>
    internal static void Mean<T>(
        this ParameterTree<T> mean, double weight, ParameterTree<T> next, TreeStorage<T> output)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Elementwise.Run(new MeanRule<T>(weight), mean.AsSpan(), next.AsSpan(), output.Memory.Span);

    /// <summary>x ← x + c·y.</summary>
    internal static void Add<T>(this TreeBuffer<T> sum, double factor, ParameterTree<T> tree)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Elementwise.Run(Adding<T>(factor), sum.AsSpan(), tree.AsSpan(), sum.AsSpan());

    /// <summary>x ← c·x.</summary>
    internal static void Scale<T>(this TreeBuffer<T> tree, double factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Elementwise.Run(new ScaleRule<T>(T.CreateTruncating(factor)), tree.AsSpan(), tree.AsSpan(), tree.AsSpan());

    private static Then<T, ScaleRule<T>, ApplyRule<T>> Adding<T>(double factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new(new(T.CreateTruncating(-factor)), default);

    private static TreeBuffer<T> Pass<T, TRule>(in TRule rule, ParameterTree<T> parameters, ParameterTree<T> updates)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : unmanaged, IUpdateRule<T>
    {
        TreeBuffer<T> output = parameters.Layout.RentUncleared<T>();
        Elementwise.Run(rule, parameters.AsSpan(), updates.AsSpan(), output.AsSpan());
        output.Storage.ClearPadding();
        return output;
    }
}
