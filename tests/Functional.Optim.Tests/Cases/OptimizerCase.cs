using System.Collections.Immutable;
using Functional.Optim.Tests.Precision;

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
    public virtual ImmutableArray<(string Name, string Text)> Options => [];

    /// <summary>Texts of options in place of their defaults, which ask for much memory or work.</summary>
    public virtual ImmutableArray<(string Name, string Text)> Smaller => [];

    /// <summary>The laws of some optimizers that the entry keeps with its defaults, by their names.</summary>
    public virtual ImmutableArray<string> Keeps => [];

    /// <summary>
    /// The laws that the entry with its defaults need not keep and that no problem shows it to break, and why.
    /// </summary>
    public virtual ImmutableArray<(string Law, string Reason)> Unbroken => [];

    /// <summary>The entry with other settings and in compositions, for every law.</summary>
    public virtual ImmutableArray<Variant> Variants => [];

    /// <summary>Torch's trajectories; <see langword="null"/> where there are none.</summary>
    public virtual TorchGolden? Torch => null;

    /// <summary>The trajectories of published implementations.</summary>
    public virtual ImmutableArray<PublishedGolden> Published => [];

    /// <summary>The formulas, for what the trajectories do not cover.</summary>
    public virtual ImmutableArray<FormulaCase> Formulas => [];

    /// <summary>The formula in exact numbers, with the usual settings; every optimizer of one rule has one.</summary>
    public virtual ImmutableArray<ExactFormula> Exact => [];

    /// <summary>Settings that are refused, and the message, which lists every error.</summary>
    public virtual ImmutableArray<(Func<Optimizer> Make, string Message)> Errors => [];

    /// <summary>Settings that reach the minimum of a parabola.</summary>
    public virtual ImmutableArray<ConvergenceCase> Parabola => [];

    /// <summary>Settings that reach the end of Rosenbrock's valley.</summary>
    public virtual ImmutableArray<ConvergenceCase> Valley => [];

    /// <summary>Settings without ε, with which a parameter that never had a gradient stays where it is.</summary>
    public virtual ImmutableArray<Optimizer> WithoutEpsilon => [];

    /// <summary>
    /// Settings that keep a mean of squares, which has to be finite where its value is, though no square is.
    /// </summary>
    public virtual ImmutableArray<Optimizer> WithMeanOfSquares => [];

    /// <summary>Settings whose update depends on how many a leaf has had, such as by bias correction.</summary>
    public virtual ImmutableArray<Optimizer> CountingUpdates => [];

    /// <summary>
    /// Why an infinite parameter spoils the update of others, or its own; <see langword="null"/> where it does not.
    /// </summary>
    public virtual string? SpreadsInfinity => null;

    /// <summary>
    /// Why an update depends on what scheduled settings were at earlier ones; <see langword="null"/> where it does not.
    /// </summary>
    public virtual string? RemembersSettings => null;

    /// <summary>An optimizer for all leaves where the entry takes only some: the entry beside another one.</summary>
    /// <param name="optimizer">What the entry built.</param>
    public virtual Optimizer ForAllLeaves(Optimizer optimizer) => optimizer;

    /// <summary>The entry as the catalogue builds it, for all leaves.</summary>
    /// <param name="entry">The entry.</param>
    internal Variant ByDefault(CatalogueEntry<Optimizer> entry) =>
        new(entry.Name, ForAllLeaves(Build(entry, 0.1))) { Keeps = Keeps, Unbroken = Unbroken };

    /// <summary>The entry as the catalogue builds it.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="rate">The learning rate, also that of an optimizer inside.</param>
    /// <param name="options">Further options, and other texts for those of the case.</param>
    internal Optimizer Build(
        CatalogueEntry<Optimizer> entry, Schedule rate, params (string Name, string Text)[] options)
    {
        Dictionary<string, string> texts = [];
        foreach ((string name, string text) in Options.Concat(Smaller).Concat(options)) texts[name] = text;
        return entry.Build(texts, rate).OrThrow(entry.Name);
    }

    /// <summary>A predicate as users write it.</summary>
    protected static readonly Func<Leaf, bool> Matrices = leaf => leaf.Rank >= 2;

    /// <summary>What takes matrices only, beside an optimizer for the other leaves.</summary>
    protected static Partition ForMatrices(Optimizer matrices, Optimizer rest) =>
        Partition.Of(new("matrices", Matrices, matrices), new("rest", _ => true, rest));
}
