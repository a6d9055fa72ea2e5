using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// How a function of trees gives back what it leaves as it is: a pure one a copy, so that its result outlives the release of what it was
/// given, and one that consumes its inputs their own memory.
/// </summary>
public static class Ownership
{
    /// <summary>A tree with the same bits in memory of its own.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="tree">The tree; it stays as it is.</param>
    /// <exception cref="ObjectDisposedException">The tree was consumed.</exception>
    public static ParameterTree<T> Copy<T>(this ParameterTree<T> tree)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TreeBuffer<T> copy = tree.Layout.RentUncleared<T>();
        tree.AsSpan().CopyTo(copy.AsSpan());
        return copy.ToTree();
    }

    /// <summary>A tree with the same bits in the same memory; the one given is consumed.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="tree">The tree; consumed.</param>
    /// <param name="by">Who consumed it, for the message to whoever touches it later.</param>
    /// <exception cref="ObjectDisposedException">The tree was consumed before.</exception>
    public static ParameterTree<T> HandOn<T>(this ParameterTree<T> tree, string by)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TreeStorage<T> memory = tree.Storage;
        return new ParameterTree<T>(memory, memory.Consume(by));
    }

    /// <summary>Whether two trees are one memory.</summary>
    internal static bool IsIn<T>(this ParameterTree<T> tree, ParameterTree<T> other)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => ReferenceEquals(tree.Storage, other.Storage);

    /// <summary>A state with the same numbers, each slot in memory of its own.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="state">The state; it stays as it is.</param>
    /// <exception cref="ObjectDisposedException">A slot was consumed.</exception>
    public static OptimizerState<T> Copy<T>(this OptimizerState<T> state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        OptimizerState<T> copy = state[..0];
        for (int slot = 0; slot < state.SlotCount; slot++) copy = copy.Append(Names(state, slot), state[slot].Copy());
        return copy;
    }

    /// <summary>A state with the same numbers in the same memory; the slots given are consumed.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="state">The state; its slots are consumed.</param>
    /// <param name="by">Who consumed them, for the message to whoever touches one later.</param>
    /// <exception cref="ObjectDisposedException">A slot was consumed before.</exception>
    public static OptimizerState<T> HandOn<T>(this OptimizerState<T> state, string by)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        OptimizerState<T> next = state[..0];
        for (int slot = 0; slot < state.SlotCount; slot++) next = next.Append(Names(state, slot), state[slot].HandOn(by));
        return next;
    }

    private static ImmutableArray<string> Names<T>(OptimizerState<T> state, int slot)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => slot == state.SlotCount - 1 ? state.SlotNames : [];
}
