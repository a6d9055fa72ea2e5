using System.Numerics;

namespace Functional.Optim.Autodiff;

/// <summary>Tapes that wait for a computation, the last used first; after every full garbage collection the forgotten ones are let go.</summary>
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

    private void ForgetOld()
    {
        lock (gate) tapes.RemoveAll(static tape => tape.Account.IsForgotten);
    }

    /// <summary>Garbage from the start, so that the collector calls its finalizer, after which it is garbage again.</summary>
    private sealed class Collection(IdleTapes<T> idle)
    {
        ~Collection()
        {
            idle.ForgetOld();
            GC.ReRegisterForFinalize(this);
        }
    }
}
