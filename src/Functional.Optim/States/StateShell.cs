using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// The memory after a state: its slots, scalars and counts. Handles carry the generation they were made in, as those of
/// trees do, so that a step reuses a shell instead of making one.
/// </summary>
internal sealed class StateShell<T>(StateSchema schema)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private string consumedBy = "nobody";
    private int generation;

    internal StateSchema Schema { get; } = schema;

    internal StateSlot<T>[] Slots { get; } = new StateSlot<T>[schema.SlotCount];

    internal double[] Scalars { get; } = new double[schema.ScalarNames.Length];

    internal long Step { get; set; }

    internal UpdateCounters Counters { get; set; }

    internal int Generation => Volatile.Read(ref generation);

    internal string ConsumedBy => consumedBy;

    /// <summary>A handle to the current generation.</summary>
    internal OptimizerState<T> Handle() => new(this, Generation);

    /// <summary>Ends a generation: any later use of its handles throws. If two threads try, one succeeds.</summary>
    /// <exception cref="ObjectDisposedException">The generation has ended.</exception>
    internal void Consume(int expected, string by)
    {
        if (Interlocked.CompareExchange(ref generation, expected + 1, expected) != expected)
            throw new ObjectDisposedException(nameof(OptimizerState<>), $"This state was consumed by {consumedBy}.");
        consumedBy = by;
    }

    /// <summary>Takes over everything but the slots.</summary>
    internal void Resume(StateShell<T> from)
    {
        (Step, Counters) = (from.Step, from.Counters);
        from.Scalars.CopyTo(Scalars, 0);
    }

    /// <summary>The state of another shell, followed by additional slots; the trees are shared.</summary>
    internal OptimizerState<T> Around(StateShell<T> from, params ReadOnlySpan<ParameterTree<T>> own)
    {
        Resume(from);
        from.Slots.CopyTo(Slots, 0);
        for (int slot = 0; slot < own.Length; slot++) Slots[from.Slots.Length + slot] = own[slot];
        return Handle();
    }

    internal void Clear() => Slots.AsSpan().Clear();
}
