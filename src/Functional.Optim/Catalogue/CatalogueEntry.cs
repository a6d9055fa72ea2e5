using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>What a program can list, and build by its name from options given as text.</summary>
public abstract class CatalogueEntry
{
    private protected CatalogueEntry(string kind, string name, ImmutableArray<CatalogueOption> options) =>
        (Kind, Name, Options) = (kind, name, options);

    /// <summary>What it makes, such as "schedule".</summary>
    public string Kind { get; }

    /// <summary>The name, that of the factory in the code, such as "warmupCosine".</summary>
    public string Name { get; }

    /// <summary>Its options, in the order of the factory's parameters.</summary>
    public ImmutableArray<CatalogueOption> Options { get; }

    /// <summary>What it does.</summary>
    public required string Description { get; init; }

    /// <summary>Who proposed it; empty where nobody in particular did.</summary>
    public string Paper { get; init; } = string.Empty;

    /// <summary>What other libraries call it; empty where they have no name for it.</summary>
    public string OtherNames { get; init; } = string.Empty;

    /// <summary>Where it differs from those; empty where it does not.</summary>
    public string Differences { get; init; } = string.Empty;

    /// <summary>Name and options, such as "cosine(peak, totalSteps, floor=0)".</summary>
    public override string ToString() => $"{Name}({string.Join(", ", Options)})";
}
