using System.Collections.Immutable;
using Functional.Optim.Laws;
using Functional.Optim.Tests.Cases;

namespace Functional.Optim.Tests.Laws;

/// <summary>Every case of the tests, and every optimizer that the laws are tried on.</summary>
internal static class Catalogue
{
    /// <summary>One of each class of cases.</summary>
    internal static readonly ImmutableArray<OptimizerCase> Cases =
    [
        .. typeof(OptimizerCase).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(OptimizerCase)) && !type.IsAbstract)
            .OrderBy(type => type.Name, StringComparer.Ordinal)
            .Select(type => (OptimizerCase)Activator.CreateInstance(type)!),
    ];

    /// <summary>Each entry of the library's catalogue with its defaults, then the variants of each case.</summary>
    internal static readonly ImmutableArray<Variant> Variants =
    [
        .. Entries.Select(entry => CaseOf(entry).ByDefault(entry)), .. Cases.SelectMany(one => one.Variants),
    ];

    /// <summary>Those by name and optimizer.</summary>
    internal static readonly (string Name, Optimizer Optimizer)[] All =
        [.. Variants.Select(variant => (variant.Name, variant.Optimizer))];

    /// <summary>Every law.</summary>
    internal static readonly ImmutableArray<OptimizerLaw> Laws = [.. OptimizerLaws.OfEvery, .. OptimizerLaws.OfSome];

    /// <summary>What cases are about: the optimizers and the transforms of the library's catalogue.</summary>
    internal static IEnumerable<CatalogueEntry<Optimizer>> Entries =>
        Optim.Catalogue.Optimizers.Concat(Optim.Catalogue.Transforms);

    internal static TheoryData<string> Names => [.. Variants.Select(variant => variant.Name)];

    /// <summary>Those whose steps allocate nothing.</summary>
    internal static TheoryData<string> Steady =>
        [.. Variants.Where(variant => IsSteady(variant.Optimizer)).Select(variant => variant.Name)];

    /// <summary>Whether no step of an optimizer may allocate.</summary>
    internal static bool IsSteady(Optimizer optimizer) => OptimizerLaws.OfMemory
        .Single(law => law.Name == nameof(OptimizerLaws.Allocation)).Exemption(optimizer) is null;

    internal static Optimizer Get(string name) => Variant(name).Optimizer;

    internal static Variant Variant(string name) => Variants.Single(variant => variant.Name == name);

    internal static OptimizerLaw Law(string name) => Laws.Single(law => law.Name == name);

    /// <summary>The case of an entry.</summary>
    internal static OptimizerCase CaseOf(CatalogueEntry entry) =>
        Cases.SingleOrDefault(one => one.Entry == entry.Name) ?? throw new InvalidOperationException(
            $"{entry.Name} has no case; add a class to tests/Functional.Optim.Tests/Cases whose Entry is its name.");

    /// <summary>
    /// Whether an optimizer has to keep a law: one of every optimizer unless its transforms exempt it, and one of some
    /// if its case says so.
    /// </summary>
    internal static bool HasToKeep(OptimizerLaw law, Variant variant) => OptimizerLaws.OfSome.Contains(law)
        ? variant.Keeps.Contains(law.Name)
        : law.Exemption(variant.Optimizer) is null;

    /// <summary>The laws and the optimizers that are meant, by name.</summary>
    internal static TheoryData<string, string> Pairs(Func<OptimizerLaw, Variant, bool> isMeant)
    {
        TheoryData<string, string> pairs = [];
        foreach (OptimizerLaw law in Laws)
        {
            foreach (Variant variant in Variants.Where(variant => isMeant(law, variant)))
                pairs.Add(law.Name, variant.Name);
        }

        return pairs;
    }
}
