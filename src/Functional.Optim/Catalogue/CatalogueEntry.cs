using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>What a program can list, and build by its name from options given as text.</summary>
public abstract class CatalogueEntry
{
    private readonly Lazy<ImmutableArray<CatalogueOption>> options;

    private protected CatalogueEntry(string kind, string name)
    {
        (Kind, Name) = (kind, name);
        options = new(ListOptions);
    }

    /// <summary>What it makes, such as "schedule".</summary>
    public string Kind { get; }

    /// <summary>The name, that of the factory in the code, such as "warmupCosine".</summary>
    public string Name { get; }

    /// <summary>Its options, in the order of the factory's parameters.</summary>
    public ImmutableArray<CatalogueOption> Options => options.Value;

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

    private protected abstract ImmutableArray<CatalogueOption> ListOptions();

    /// <summary>
    /// An entry of an optimizer or a transform, such as one of your own for <see cref="Catalogue.Register"/>.
    /// </summary>
    /// <typeparam name="T">The optimizer.</typeparam>
    /// <param name="name">The name; letters, digits and dots.</param>
    /// <param name="description">What it does, in a few words.</param>
    /// <param name="defaults">Makes one with the default of every option that has one.</param>
    /// <param name="make">Makes one of the options, each of which it asks for by name.</param>
    /// <param name="paper">Who proposed it.</param>
    /// <param name="otherNames">What other libraries call it.</param>
    /// <param name="differences">Where it differs from those.</param>
    /// <exception cref="ArgumentException">The name is empty or has other characters.</exception>
    public static CatalogueEntry<Optimizer> Of<T>(
        string name, string description, Func<T> defaults, Func<EntryOptions<T>, T> make, string paper = "",
        string otherNames = "", string differences = "")
        where T : Optimizer
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(defaults);
        ArgumentNullException.ThrowIfNull(make);
        if (!name.All(static character => char.IsLetterOrDigit(character) || character == '.'))
            throw new ArgumentException($"The name is '{name}'; allowed are letters, digits and dots.", nameof(name));
        return new CatalogueEntry<Optimizer, T>("optimizer", name, defaults, make)
        {
            Description = description, Paper = paper, OtherNames = otherNames, Differences = differences,
        };
    }

    /// <summary>An entry of an elementwise optimizer, and that of its scaling.</summary>
    /// <inheritdoc cref="Of"/>
    internal static CatalogueEntry<Optimizer> WithScaling<T>(
        string name, string description, Func<T> defaults, Func<EntryOptions<T>, T> make, string paper = "",
        string otherNames = "", string differences = "")
        where T : ElementwiseOptimizer
    {
        CatalogueEntry<Optimizer, T> whole =
            (CatalogueEntry<Optimizer, T>)Of(name, description, defaults, make, paper, otherNames, differences);
        whole.Scaling = new ScalingEntry<T>(whole)
        {
            Description = $"the scaling of {name}: {description}", Paper = paper,
        };
        return whole;
    }
}
