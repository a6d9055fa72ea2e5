using System.Numerics;

namespace Functional.Optim.Autodiff;

/// <summary>
/// A pool of idle tapes, last in, first out. After every full garbage collection it drops the tapes
/// that were not used for a while. Thread-safe.
/// </summary>
internal sealed class IdleTapes<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Lock gate = new();
    private readonly List<Tape<T>> tapes = [];

    internal IdleTapes() => _ = new Collection(this);

    internal void Add(Tape<T> tape)
    {
        lock (gate) tapes.Add(tape);
    }

    internal Tape<T>? TryTake()
    {
        lock (gate)
        {
            if (tapes.Count == 0) return null;
            Tape<T> last = tapes[^1];
            tapes.RemoveAt(tapes.Count - 1);
            return last;
        }
    }

    internal void Clear()
    {
        lock (gate)
        {
            tapes.Clear();
            tapes.TrimExcess();
        }
    }

    private void RemoveStale()
    {
        lock (gate) tapes.RemoveAll(static tape => tape.Account.IsStale);
    }

    /// <summary>
    /// An unreachable object whose finalizer runs at each full garbage collection and registers itself again.
    /// </summary>
    private sealed class Collection(IdleTapes<T> idle)
    {
        ~Collection()
        {
            idle.RemoveStale();
            GC.ReRegisterForFinalize(this);
        }
    }
}
