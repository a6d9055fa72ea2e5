using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>An optimizer around another one, which decides whether that one makes an update at all.</summary>
/// <remarks>It counts in the state, in one counter for each kind: wrappers of different kinds may be around each other, in any order.</remarks>
public abstract record Wrapper : Optimizer
{
    private protected Wrapper(Optimizer inner) => Inner = inner;

    /// <summary>The optimizer inside, which has the groups too.</summary>
    public Optimizer Inner { get; private protected init; }

    /// <inheritdoc/>
    public sealed override ImmutableArray<LeafGroup> Groups { get => Inner.Groups; init => Inner = Inner with { Groups = value }; }

    /// <inheritdoc/>
    protected internal sealed override ImmutableArray<Transform> Parts => Inner.Parts;

    /// <summary>The faults of what is put inside a wrapper: it is missing, or has one of the same kind, whose counter both would count in.</summary>
    private protected static Faults CheckInside<TWrapper>(Optimizer inner)
        where TWrapper : Wrapper
    {
        Wrapper? within = inner as Wrapper;
        while (within is not (null or TWrapper)) within = within.Inner as Wrapper;
        return new Faults().Require(inner).Require(within is null, nameof(inner), inner, $"an optimizer without another {typeof(TWrapper).Name} inside");
    }

    /// <summary>What is inside keeps; a wrapper with slots of its own adds them.</summary>
    internal override int SlotCount => Inner.SlotCount;

    /// <summary>What is inside starts; a wrapper with slots of its own adds them.</summary>
    private protected override OptimizerState<T> Start<T>(ParameterTree<T> parameters) => Inner.Init(parameters);
}
