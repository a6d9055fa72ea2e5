using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>
/// Checks that all numbers of a state are finite, except in frozen leaves; of a shard those of the whole state.
/// </summary>
internal sealed class FiniteState<T>(Optimizer optimizer, TreeLayout layout)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private HashSet<Leaf>? frozen;

    /// <summary>Computes the norm of each tree, which is not finite when an element is not.</summary>
    /// <exception cref="NonFiniteGradientException">A number is not finite; the exception names the first.</exception>
    internal void Require(TrainState<T> state)
    {
        Require(state.Parameters, "parameters", state.Step);
        OptimizerState<T> slots = state.Optimizer;
        for (int slot = 0; slot < slots.SlotCount; slot++)
        {
            ParameterTree<T> numbers = slots[slot];
            Require(numbers, slots.SlotNames.IsEmpty ? "a slot" : slots.SlotNames[slot], state.Step);
            // A slot in another format is decoded to a copy.
            if (slots.FormatOf(slot) != StateFormat.Full) numbers.Release(nameof(Trainer));
        }
    }

    private void Require(ParameterTree<T> tree, string name, long step)
    {
        // The leaves of a slot have one order in all shards, whichever has their elements.
        int own = double.IsFinite(tree.GlobalNorm()) ? int.MaxValue : FirstNonFinite(tree);
        int first = layout.Shard?.Least(own) ?? own;
        if (first < int.MaxValue)
            throw NonFiniteGradientException.OfState(name, tree.Layout.Leaves[first].Name, step);
    }

    private int FirstNonFinite(ParameterTree<T> tree)
    {
        frozen ??= [.. optimizer.Report(layout).Rows.Where(row => row.Settings.Frozen).SelectMany(row => row.Leaves)];
        foreach (Leaf leaf in tree.Layout.Leaves)
        {
            if (frozen.Contains(leaf)) continue;
            foreach (T value in tree.AsSpan(leaf))
            {
                if (!T.IsFinite(value)) return leaf.Index;
            }
        }

        return int.MaxValue;
    }
}
