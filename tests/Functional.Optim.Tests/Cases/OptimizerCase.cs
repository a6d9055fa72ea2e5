using System.Collections.Immutable;

namespace Functional.Optim.Tests.Cases;

/// <summary>
/// What the tests know of one entry of the catalogue, in one file. A new entry needs one class of this kind:
/// <see cref="Laws.Catalogue"/> finds it, and every test over cases takes it.
/// </summary>
internal abstract class OptimizerCase
{
    /// <summary>
    /// The name of the entry in the catalogue; <see langword="null"/> where the variants belong to no single entry.
    /// </summary>
    public abstract string? Entry { get; }

    /// <summary>Texts of the options that have no default, but for a learning rate, which is 0.1.</summary>
    public virtual ImmutableDictionary<string, string> Options => ImmutableDictionary<string, string>.Empty;

    /// <summary>The laws of some optimizers that the entry keeps with its defaults, by their names.</summary>
    public virtual ImmutableArray<string> Keeps => [];

    /// <summary>
    /// The laws that the entry with its defaults need not keep and that no problem shows it to break, and why.
    /// </summary>
    public virtual ImmutableArray<(string Law, string Reason)> Unbroken => [];

    /// <summary>The entry with other settings and in compositions, for every law.</summary>
    public virtual ImmutableArray<Variant> Variants => [];

    /// <summary>An optimizer for all leaves where the entry takes only some: the entry beside another one.</summary>
    /// <param name="optimizer">What the entry built.</param>
    public virtual Optimizer ForAllLeaves(Optimizer optimizer) => optimizer;

    /// <summary>The entry as the catalogue builds it.</summary>
    /// <param name="entry">The entry.</param>
    internal Variant ByDefault(CatalogueEntry<Optimizer> entry) =>
        new(entry.Name, ForAllLeaves(entry.Build(Options, 0.1).OrThrow(entry.Name)))
        {
            Keeps = Keeps, Unbroken = Unbroken,
        };

    /// <summary>A predicate as users write it.</summary>
    protected static readonly Func<Leaf, bool> Matrices = leaf => leaf.Rank >= 2;

    /// <summary>What takes matrices only, beside an optimizer for the other leaves.</summary>
    protected static Partition ForMatrices(Optimizer matrices, Optimizer rest) =>
        Partition.Of(new("matrices", Matrices, matrices), new("rest", _ => true, rest));
}
