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

    internal Plan PlanFor(
        Optimizer optimizer, TreeLayout layout, SlotStarts? starts, ScatteredLeaves? scattered)
    {
        if (!plans.TryGetValue(layout, out PlansOfLayout? known))
            known = plans.GetValue(layout, static _ => new PlansOfLayout());
        return known.Find(starts, scattered)
            ?? known.Add(starts, scattered, Plan.Of(optimizer, TransformsOf(optimizer), layout, starts, scattered));
    }

    private sealed class PlansOfLayout
    {
        /// <summary>
        /// A continued state has its own plan, and so have some leaves without a gradient; only the most recent plans
        /// are kept.
        /// </summary>
        private const int MaxEntries = 8;

        private Entry[] entries = [];

        internal Plan? Find(SlotStarts? starts, ScatteredLeaves? scattered)
        {
            foreach (Entry entry in Volatile.Read(ref entries))
            {
                if (Same(entry.Scattered, scattered) && Same(entry.Starts, starts)) return entry.Plan;
            }

            return null;
        }

        internal Plan Add(SlotStarts? starts, ScatteredLeaves? scattered, Plan plan)
        {
            Entry entry = new(starts, scattered, plan);
            Entry[] before, after;
            do
            {
                before = Volatile.Read(ref entries);
                after = [.. before.TakeLast(MaxEntries - 1), entry];
            }
            while (Interlocked.CompareExchange(ref entries, after, before) != before);

            return plan;
        }

        private static bool Same<TKey>(TKey? left, TKey? right)
            where TKey : class, IEquatable<TKey> =>
            ReferenceEquals(left, right) || (left is not null && left.Equals(right));
    }

    private sealed record Entry(SlotStarts? Starts, ScatteredLeaves? Scattered, Plan Plan);
}
