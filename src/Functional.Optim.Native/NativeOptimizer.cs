using System.Numerics;

namespace Functional.Optim.Native;

/// <summary>
/// An optimizer and the memory that it is bound to. Calls run one after another; after <see cref="Free"/> they fail.
/// </summary>
internal sealed unsafe class NativeOptimizer(Optimizer optimizer, string text)
{
    private readonly Lock gate = new();
    private BoundLeaves? bound;
    private bool isFree;

    /// <summary>The optimizer of a text.</summary>
    /// <exception cref="SettingsException">The text describes none.</exception>
    /// <exception cref="NativeException">It cannot step over memory of others.</exception>
    internal static NativeOptimizer Of(string text)
    {
        Optimizer optimizer = Catalogue.Read(text).OrThrow();
        if (optimizer.RefusesInPlace is { } reason) throw new NativeException(Status.Invalid, reason);
        return new(optimizer, optimizer.ToString());
    }

    internal string Text => text;

    internal double LearningRateAt(long step)
    {
        if (step < 1) throw new NativeException(Status.Invalid, $"The step is {step}; the first is 1.");
        return optimizer.LearningRateAt(step);
    }

    internal void Bind(int type, ReadOnlySpan<NativeLeaf> leaves)
    {
        using Lock.Scope scope = Enter();
        switch (type)
        {
            case 32: Bind<float>(leaves); break;
            case 64: Bind<double>(leaves); break;
            default:
                throw new NativeException(
                    Status.Invalid, $"The type is {type}; allowed are FO_FLOAT (32) and FO_DOUBLE (64).");
        }
    }

    internal void Step()
    {
        using Lock.Scope scope = Enter();
        Bound.Step();
    }

    internal long Steps()
    {
        using Lock.Scope scope = Enter();
        return Bound.Steps;
    }

    internal void Evaluate(ReadOnlySpan<nint> outputs)
    {
        using Lock.Scope scope = Enter();
        Bound.Evaluate(outputs);
    }

    internal void Save(string path)
    {
        using Lock.Scope scope = Enter();
        Bound.Save(path, text);
    }

    internal void Load(string path)
    {
        using Lock.Scope scope = Enter();
        Bound.Load(path);
    }

    /// <summary>Waits for the call that is running, and lets go of the memory.</summary>
    internal void Free()
    {
        lock (gate)
        {
            isFree = true;
            bound?.Release();
            bound = null;
        }
    }

    private BoundLeaves Bound =>
        bound ?? throw new NativeException(Status.NotBound, $"No leaves are bound to {text}; call fo_bind first.");

    private Lock.Scope Enter()
    {
        Lock.Scope scope = gate.EnterScope();
        if (!isFree) return scope;
        scope.Dispose();
        throw new NativeException(Status.BadHandle, "The handle was freed meanwhile.");
    }

    private void Bind<T>(ReadOnlySpan<NativeLeaf> leaves)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        LeafBinding<T>[] bindings = new LeafBinding<T>[leaves.Length];
        for (int index = 0; index < leaves.Length; index++) bindings[index] = leaves[index].ToBinding<T>(index);
        if (bound is null) bound = new BoundLeaves<T>(optimizer, bindings);
        else if (bound is BoundLeaves<T> same) same.Rebind(bindings);
        else throw new NativeException(Status.Mismatch, "The type differs from that of the leaves bound before.");
    }
}
