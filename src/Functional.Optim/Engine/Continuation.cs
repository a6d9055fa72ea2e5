using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// Continues a state with another optimizer, or with other leaves: keeps the slots that fit and starts the others.
/// </summary>
internal static class Continuation
{
    internal static (OptimizerState<T> State, ContinuationReport Report) Of<T>(
        Optimizer optimizer,
        ImmutableArray<Transform> parts,
        OptimizerState<T> state,
        ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TreeLayout layout = parameters.Layout;
        Plan plan = optimizer.PlanFor(layout, null);
        ImmutableArray<string> kinds = StateIdentity.KindsOf(state.Identity);
        TreeBuffer<T>[] slots = [.. plan.Slots.Select(slot => Optimizer.StartOf(slot, parameters))];
        ImmutableArray<long>[] started = new ImmutableArray<long>[slots.Length];

        // A slot in another format is decoded to a copy; each only once.
        ParameterTree<T>[] before = [.. Enumerable.Range(0, state.SlotCount).Select(slot => state[slot])];
        bool[] used = new bool[state.SlotCount];
        HashSet<PlacedTransform> restarted = [];
        List<ContinuationReport.Row> rows = [];
        foreach (PlacedTransform placed in plan.Placement.Transforms.Where(placed => placed.SlotNames.Length > 0))
        {
            int source = SourceOf(placed);
            Leaf[] leaves = [.. layout.Leaves.Where(leaf => Has(placed, leaf))];
            if (placed.Transform.StartsTogether && !leaves.All(leaf => Fits(placed, source, leaf)))
            {
                source = -1;
                restarted.Add(placed);
            }

            Dictionary<string, long> startOfLeaf = [];
            foreach (Leaf leaf in leaves)
            {
                bool kept = Fits(placed, source, leaf);
                for (int slot = 0; slot < placed.SlotNames.Length && kept; slot++)
                {
                    if (slots[placed.FirstSlot + slot].Layout.Find(leaf.Name) is not { } own) continue;
                    before[source + slot].AsSpan(leaf.Name).CopyTo(slots[placed.FirstSlot + slot].AsSpan(own));
                    used[source + slot] = true;
                }

                startOfLeaf[leaf.Name] = kept ? StartBefore(source, placed, leaf) : state.Step;
                rows.Add(new(placed.Identity, leaf.Name, kept));
            }

            for (int slot = placed.FirstSlot; slot < placed.FirstSlot + placed.SlotNames.Length; slot++)
                started[slot] = [.. slots[slot].Layout.Leaves.Select(leaf => startOfLeaf[leaf.Name])];
        }

        for (int slot = 0; slot < before.Length; slot++)
        {
            if (state.FormatOf(slot) != StateFormat.Full) before[slot].Release(nameof(Optimizer.Continue));
        }

        double[] scalars = new double[plan.Schema.ScalarNames.Length];
        foreach (PlacedTransform placed in plan.Scalars)
        {
            Span<double> own = scalars.AsSpan(placed.FirstScalar, placed.ScalarNames.Length);
            placed.Transform.InitScalars(own);
            if (restarted.Contains(placed)) continue;
            for (int scalar = 0; scalar < own.Length; scalar++)
            {
                string name = placed.Prefix + placed.ScalarNames[scalar];
                if (state.ScalarNames.Contains(name)) own[scalar] = state.Scalar(name);
            }
        }

        ImmutableArray<string> dropped =
        [
            .. Enumerable.Range(0, state.SlotCount)
                .Where(slot => !used[slot] && !state.Slot(slot).Layout.Leaves.IsEmpty)
                .Select(slot => state.SlotNames.IsEmpty ? $"slot {slot}" : state.SlotNames[slot]),
        ];
        StateShell<T> next = optimizer.PlanFor(layout, SlotStarts.Of([.. started])).Schema.Rent<T>();
        next.Step = state.Step;
        next.Counters = optimizer.Accumulates ? state.Counters : state.Counters with { Accumulated = 0 };
        for (int slot = 0; slot < slots.Length; slot++)
            next.Slots[slot] = StateSlot<T>.Of(slots[slot].ToTree(), plan.Slots[slot].Format, (uint)slot);
        scalars.CopyTo(next.Scalars, 0);
        return (next.Handle(), new ContinuationReport([.. rows], dropped));

        // Whether every slot of a transform continues for a leaf.
        bool Fits(PlacedTransform placed, int source, Leaf leaf)
        {
            for (int slot = 0; slot < placed.SlotNames.Length && source >= 0; slot++)
            {
                Leaf? own = slots[placed.FirstSlot + slot].Layout.Find(leaf.Name);
                Leaf? kept = before[source + slot].Layout.Find(leaf.Name);
                if (own is null ? kept is not null : !own.Equals(kept)) return false;
            }

            return source >= 0;
        }

        bool Has(PlacedTransform placed, Leaf leaf)
        {
            for (int slot = placed.FirstSlot; slot < placed.FirstSlot + placed.SlotNames.Length; slot++)
            {
                if (slots[slot].Layout.Find(leaf.Name) is not null) return true;
            }

            return false;
        }

        // The first unused run of slots with the same kind and names; preferably one under the same partition rule.
        int SourceOf(PlacedTransform placed)
        {
            int found = -1;
            for (int first = 0; first <= state.SlotCount - placed.SlotNames.Length; first++)
            {
                if (used[first] || !IsSame(first, placed)) continue;
                if (state.SlotNames[first] == placed.Prefix + placed.SlotNames[0]) return first;
                if (found < 0) found = first;
            }

            return found;
        }

        bool IsSame(int first, PlacedTransform placed)
        {
            if (state.SlotNames.IsEmpty) return false;
            for (int slot = 0; slot < placed.SlotNames.Length; slot++)
            {
                string name = state.SlotNames[first + slot];
                if (name[(name.LastIndexOf('/') + 1)..] != placed.SlotNames[slot]) return false;
                if (kinds.Length > first + slot && kinds[first + slot] != placed.Transform.StateName) return false;
            }

            return true;
        }

        // The step at which the leaf started, from the first slot that has the leaf.
        long StartBefore(int first, PlacedTransform placed, Leaf leaf)
        {
            if (state.Starts is not { } starts) return 0;
            for (int slot = first; slot < first + placed.SlotNames.Length; slot++)
            {
                if (!starts.OfSlots[slot].IsEmpty && before[slot].Layout.Find(leaf.Name) is { } own)
                    return starts.OfSlots[slot][own.Index];
            }

            return 0;
        }
    }
}
