using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>Carries a state over to another optimizer, or to other leaves.</summary>
internal static class Continuation
{
    internal static (OptimizerState<T> State, ContinuationReport Report) Of<T>(
        Optimizer optimizer, ImmutableArray<Transform> parts, OptimizerState<T> state, ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TreeLayout layout = parameters.Layout;
        Plan plan = optimizer.PlanFor(layout, null);
        ImmutableArray<string> kinds = StateIdentity.KindsOf(state.Identity);
        TreeBuffer<T>[] slots = [.. plan.Slots.Select(slot => Optimizer.StartOf(slot, parameters))];
        ImmutableArray<long>[] started = new ImmutableArray<long>[slots.Length];
        // Of a slot in another format it is a decoded copy, made once.
        ParameterTree<T>[] before = [.. Enumerable.Range(0, state.SlotCount).Select(slot => state[slot])];
        bool[] used = new bool[state.SlotCount];
        bool[] anew = new bool[plan.Schema.ScalarNames.Length + 1];
        List<ContinuationReport.Row> rows = [];
        foreach (PlacedTransform placed in plan.Placement.Transforms.Where(placed => placed.SlotNames.Length > 0))
        {
            int source = SourceOf(placed);
            Leaf[] leaves = [.. layout.Leaves.Where(leaf => Has(placed, leaf))];
            if (placed.Transform.StartsTogether && !leaves.All(leaf => Fits(placed, source, leaf))) (source, anew[placed.FirstScalar]) = (-1, true);
            Dictionary<string, long> ofLeaves = [];
            foreach (Leaf leaf in leaves)
            {
                bool kept = Fits(placed, source, leaf);
                for (int slot = 0; slot < placed.SlotNames.Length && kept; slot++)
                {
                    if (slots[placed.FirstSlot + slot].Layout.Find(leaf.Name) is not { } own) continue;
                    before[source + slot].AsSpan(leaf.Name).CopyTo(slots[placed.FirstSlot + slot].AsSpan(own));
                    used[source + slot] = true;
                }

                ofLeaves[leaf.Name] = kept ? StartBefore(source, placed, leaf) : state.Step;
                rows.Add(new(placed.Identity, leaf.Name, kept));
            }

            for (int slot = placed.FirstSlot; slot < placed.FirstSlot + placed.SlotNames.Length; slot++)
                started[slot] = [.. slots[slot].Layout.Leaves.Select(leaf => ofLeaves[leaf.Name])];
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
            if (anew[placed.FirstScalar]) continue;
            for (int scalar = 0; scalar < own.Length; scalar++)
            {
                if (state.ScalarNames.Contains(placed.Prefix + placed.ScalarNames[scalar]))
                    own[scalar] = state.Scalar(placed.Prefix + placed.ScalarNames[scalar]);
            }
        }

        ImmutableArray<string> dropped =
        [
            .. Enumerable.Range(0, state.SlotCount).Where(slot => !used[slot])
                .Select(slot => state.SlotNames.IsEmpty ? $"slot {slot}" : state.SlotNames[slot]),
        ];
        StateShell<T> next = optimizer.PlanFor(layout, SlotStarts.Of([.. started])).Schema.Rent<T>();
        (next.Step, next.Counters) = (state.Step, optimizer.Accumulates ? state.Counters : state.Counters with { Accumulated = 0 });
        for (int slot = 0; slot < slots.Length; slot++) next.Slots[slot] = StateSlot<T>.Of(slots[slot].ToTree(), plan.Slots[slot].Format, (uint)slot);
        scalars.CopyTo(next.Scalars, 0);
        return (next.Handle(), new ContinuationReport([.. rows], dropped));

        // Whether every slot of a transform goes on for a leaf.
        bool Fits(PlacedTransform placed, int source, Leaf leaf)
        {
            for (int slot = 0; slot < placed.SlotNames.Length && source >= 0; slot++)
            {
                Leaf? own = slots[placed.FirstSlot + slot].Layout.Find(leaf.Name), kept = before[source + slot].Layout.Find(leaf.Name);
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

        // The first run of slots not yet taken that is of the same kind and names; under the same rule if there is one.
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

        // When it started, as every slot that has it tells.
        long StartBefore(int first, PlacedTransform placed, Leaf leaf)
        {
            for (int slot = first; slot < first + placed.SlotNames.Length; slot++)
            {
                if (state.Starts is { } starts && !starts.OfSlots[slot].IsEmpty && before[slot].Layout.Find(leaf.Name) is { } own)
                    return starts.OfSlots[slot][own.Index];
            }

            return 0;
        }
    }
}
