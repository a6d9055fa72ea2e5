using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Functional.Optim;

/// <summary>
/// The transforms of an optimizer, and its plans for the layouts it has met. It holds no layout, so that models nobody holds are
/// collected. Thread-safe.
/// </summary>
internal sealed class PlanCache
{
    private ImmutableArray<Transform> parts;
    private Entry[] entries = [];

    internal ImmutableArray<Transform> PartsOf(Optimizer optimizer)
    {
        if (parts.IsDefault) ImmutableInterlocked.InterlockedInitialize(ref parts, optimizer.Parts);
        return parts;
    }

    internal Plan PlanFor(Optimizer optimizer, TreeLayout layout, SlotStarts? starts, bool isScattered)
    {
        foreach (Entry entry in Volatile.Read(ref entries))
        {
            if (entry.IsScattered == isScattered && entry.Layout.TryGetTarget(out TreeLayout? known) && ReferenceEquals(known, layout)
                && (ReferenceEquals(entry.Starts, starts) || (starts is not null && starts.Equals(entry.Starts))))
            {
                return entry.Plan;
            }
        }

        Plan plan = Plan.Of(optimizer, PartsOf(optimizer), layout, starts, isScattered);
        Entry[] before, after;
        do
        {
            before = Volatile.Read(ref entries);
            after = [.. before.Where(entry => entry.Layout.TryGetTarget(out _)), new Entry(new(layout), starts, isScattered, plan)];
        }
        while (Interlocked.CompareExchange(ref entries, after, before) != before);
        return plan;
    }

    [SuppressMessage("Performance", "CA1812", Justification = "Made with a target-typed new.")]
    private sealed record Entry(WeakReference<TreeLayout> Layout, SlotStarts? Starts, bool IsScattered, Plan Plan);
}
