using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Functional.Optim;

/// <summary>
/// The transforms of an optimizer, and its plans for layouts. A plan lives as long as both its layout and its
/// optimizer, and keeps neither alive. Thread-safe.
/// </summary>
internal sealed class PlanCache
{
    private readonly ConditionalWeakTable<TreeLayout, PlansOfLayout> plans = [];
    private ImmutableArray<Transform> parts;

    /// <summary>
    /// The transforms. A single transform is copied: a plan that refers to the optimizer
    /// would keep it alive as long as a layout.
    /// </summary>
    internal ImmutableArray<Transform> TransformsOf(Optimizer optimizer)
    {
        if (parts.IsDefault)
            ImmutableInterlocked.InterlockedInitialize(
                ref parts, optimizer is Transform alone ? [alone with { }] : optimizer.Transforms);
        return parts;
    }

    internal Plan PlanFor(Optimizer optimizer, TreeLayout layout, SlotStarts? starts, bool isScattered)
    {
        if (!plans.TryGetValue(layout, out PlansOfLayout? known))
            known = plans.GetValue(layout, static _ => new PlansOfLayout());
        return known.Find(starts, isScattered)
            ?? known.Add(starts, isScattered, Plan.Of(optimizer, TransformsOf(optimizer), layout, starts, isScattered));
    }

    private sealed class PlansOfLayout
    {
        /// <summary>A continued state has its own plan; only the most recent plans are kept.</summary>
        private const int MaxEntries = 8;

        private Entry[] entries = [];

        internal Plan? Find(SlotStarts? starts, bool isScattered)
        {
            foreach (Entry entry in Volatile.Read(ref entries))
            {
                if (entry.IsScattered == isScattered
                    && (ReferenceEquals(entry.Starts, starts) || (starts is not null && starts.Equals(entry.Starts))))
                {
                    return entry.Plan;
                }
            }

            return null;
        }

        internal Plan Add(SlotStarts? starts, bool isScattered, Plan plan)
        {
            Entry entry = new(starts, isScattered, plan);
            Entry[] before, after;
            do
            {
                before = Volatile.Read(ref entries);
                after = [.. before.TakeLast(MaxEntries - 1), entry];
            }
            while (Interlocked.CompareExchange(ref entries, after, before) != before);

            return plan;
        }
    }

    private sealed record Entry(SlotStarts? Starts, bool IsScattered, Plan Plan);
}
