using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Functional.Optim;

/// <summary>
/// The transforms of an optimizer, and its plans for the layouts it has met. A plan lives as long as both its layout and its
/// optimizer, and keeps neither alive. Thread-safe.
/// </summary>
internal sealed class PlanCache
{
    private readonly ConditionalWeakTable<TreeLayout, PlansOfLayout> plans = [];
    private ImmutableArray<Transform> parts;

    /// <summary>The transforms. Of a transform alone, a copy: a plan that led back to the optimizer would keep it as long as a layout.</summary>
    internal ImmutableArray<Transform> PartsOf(Optimizer optimizer)
    {
        if (parts.IsDefault)
            ImmutableInterlocked.InterlockedInitialize(ref parts, optimizer is Transform alone ? [alone with { }] : optimizer.Parts);
        return parts;
    }

    internal Plan PlanFor(Optimizer optimizer, TreeLayout layout, SlotStarts? starts, bool isScattered)
    {
        if (!plans.TryGetValue(layout, out PlansOfLayout? known)) known = plans.GetValue(layout, static _ => new PlansOfLayout());
        return known.Find(starts, isScattered) ?? known.Add(starts, isScattered, Plan.Of(optimizer, PartsOf(optimizer), layout, starts, isScattered));
    }

    private sealed class PlansOfLayout
    {
        /// <summary>A state that was carried over has a plan of its own; of many only the last are met again.</summary>
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
            Entry[] before;
            do before = Volatile.Read(ref entries);
            while (Interlocked.CompareExchange(ref entries, [.. before.TakeLast(MaxEntries - 1), new Entry(starts, isScattered, plan)], before) != before);
            return plan;
        }
    }

    private sealed record Entry(SlotStarts? Starts, bool IsScattered, Plan Plan);
}
