using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>Finds the first number of a state that is not finite, in leaves that are not frozen.</summary>
internal sealed class FiniteState<T>(Optimizer optimizer, TreeLayout layout)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private HashSet<Leaf>? frozen;

    /// <summary>Costs a norm of each tree, which is not finite where an element is not.</summary>
    /// <exception cref="NonFiniteGradientException">A number is not finite.</exception>
    internal void Require(TrainState<T> state)
    {
        Require(state.Parameters, "parameters", state.Step);
        OptimizerState<T> slots = state.Optimizer;
        for (int slot = 0; slot < slots.SlotCount; slot++)
        {
            ParameterTree<T> numbers = slots[slot];
            Require(numbers, slots.SlotNames.IsEmpty ? "a slot" : slots.SlotNames[slot], state.Step);
            // Of a slot in another format it is a decoded copy.
            if (slots.FormatOf(slot) != StateFormat.Full) numbers.Release(nameof(Trainer));
        }
    }

    private void Require(ParameterTree<T> tree, string name, long step)
    {
        if (double.IsFinite(tree.GlobalNorm())) return;
        frozen ??= [.. optimizer.Report(layout).Rows.Where(row => row.Settings.Frozen).SelectMany(row => row.Leaves)];
        foreach (Leaf leaf in tree.Layout.Leaves)
        {
            if (frozen.Contains(leaf)) continue;
            foreach (T value in tree.AsSpan(leaf))
            {
                if (!T.IsFinite(value)) throw NonFiniteGradientException.OfState(name, leaf.Name, step);
            }
        }
    }
}
