using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>An optimizer around another one, which decides whether that one makes an update at all.</summary>
/// <remarks>It counts in the state, in one counter for each kind: wrappers of different kinds may be around each other, in any order.</remarks>
public abstract record Wrapper : Optimizer
{
    private protected Wrapper(Optimizer inner)
    {
        for (Wrapper? within = inner as Wrapper; within is not null; within = within.Inner as Wrapper)
        {
            if (within.GetType() == GetType())
                throw new ArgumentException($"{within} is inside another {GetType().Name}, and both would count in one counter; allowed is one of a kind.", nameof(inner));
        }

        Inner = inner;
    }

    /// <summary>The optimizer inside, which has the groups too.</summary>
    public Optimizer Inner { get; private protected init; }

    /// <inheritdoc/>
    public sealed override ImmutableArray<LeafGroup> Groups { get => Inner.Groups; init => Inner = Inner with { Groups = value }; }

    /// <inheritdoc/>
    protected internal sealed override ImmutableArray<Transform> Parts => Inner.Parts;

    /// <summary>What is inside starts; a wrapper with slots of its own adds them.</summary>
    private protected override OptimizerState<T> Start<T>(ParameterTree<T> parameters) => Inner.Init(parameters);
}
