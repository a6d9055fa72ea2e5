using System.Numerics;

namespace Functional.Optim.Laws;

/// <summary>Trees made of others, element by element.</summary>
internal static class TreeExtensions
{
    /// <summary>The same numbers in memory, and under a layout, of their own, as if read from a file.</summary>
    internal static ParameterTree<T> Anew<T>(this ParameterTree<T> tree)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => tree.Select(static value => value);

    /// <inheritdoc cref="Anew{T}(ParameterTree{T})"/>
    internal static OptimizerState<T> Anew<T>(this OptimizerState<T> state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new OptimizerState<T>(
            state.Step, state.Shell?.Schema ?? new(),
            [.. Enumerable.Range(0, state.SlotCount).Select(slot => state[slot].Anew())],
            [.. state.ScalarNames.Select(state.Scalar)], state.Counters)
            .InFormats([.. Enumerable.Range(0, state.SlotCount).Select(state.FormatOf)]);

    internal static ParameterTree<T> Select<T>(this ParameterTree<T> tree, Func<T, T> map)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        ParameterTree.Of([.. tree.Layout.Leaves.Select(leaf =>
            Leaf.Of(leaf.Name, leaf.Shape.AsSpan(), [.. tree.AsSpan(leaf).ToArray().Select(map)]))]);

    internal static ParameterTree<T> Zip<T>(this ParameterTree<T> left, ParameterTree<T> right, Func<T, T, T> combine)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        ParameterTree.Of([.. left.Layout.Leaves.Select(leaf => Leaf.Of(
            leaf.Name, leaf.Shape.AsSpan(),
            [.. left.AsSpan(leaf).ToArray().Zip(right.AsSpan(leaf).ToArray(), combine)]))]);
}
