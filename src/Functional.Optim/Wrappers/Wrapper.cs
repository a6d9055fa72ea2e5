using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>An optimizer around another one, which decides whether that one makes an update at all.</summary>
public abstract record Wrapper : Optimizer
{
    private protected Wrapper(Optimizer inner) => Inner = inner;

    /// <summary>The optimizer inside, which has the groups too.</summary>
    public Optimizer Inner { get; private protected init; }

    /// <inheritdoc/>
    public sealed override ImmutableArray<LeafGroup> Groups { get => Inner.Groups; init => Inner = Inner with { Groups = value }; }

    /// <inheritdoc/>
    protected internal sealed override ImmutableArray<Transform> Parts => Inner.Parts;
}
