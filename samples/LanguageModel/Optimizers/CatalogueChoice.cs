using System.Collections.Immutable;
using System.Globalization;
using Functional.Optim;
using LanguageExt;
using LanguageExt.Common;
using Schedule = Functional.Optim.Schedule;

namespace LanguageModel;

/// <summary>
/// An option of a command line whose value is an entry of the library's catalogue, with the options
/// of the entry in parentheses.
/// </summary>
/// <typeparam name="T">What the entries build.</typeparam>
/// <param name="option">The option, such as "--optimizer".</param>
/// <param name="all">The entries.</param>
/// <param name="shortNames">Further names; one of them hides an entry of the same name.</param>
public sealed class CatalogueChoice<T>(
    string option, ImmutableArray<CatalogueEntry<T>> all, params ImmutableArray<(string Name, string Entry)> shortNames)
{
    /// <summary>The option, such as "--optimizer".</summary>
    public string Option => option;

    /// <summary>The entries that no short name hides.</summary>
    public ImmutableArray<CatalogueEntry<T>> Entries { get; } =
    [
        .. all.Where(entry => shortNames.All(known => known.Name != entry.Name)),
    ];

    /// <summary>The short names and their entries.</summary>
    public ImmutableArray<(string Name, string Entry)> ShortNames => shortNames;

    /// <summary>All names; their case does not matter.</summary>
    public ImmutableArray<string> Names =>
    [
        .. shortNames.Select(known => known.Name), .. Entries.Select(entry => entry.Name),
    ];

    /// <summary>Builds what a text says, or returns all validation errors.</summary>
    /// <param name="text">A name, or a name with options.</param>
    /// <param name="figures">
    /// The values of options that the text does not give, by the name. Options that the entry lacks are ignored.
    /// </param>
    /// <param name="learningRate">The learning rate, if the text gives none.</param>
    public Validation<Error, T> Build(
        string text, Func<string, IEnumerable<(string Option, object Value)>> figures, Schedule? learningRate = null) =>
        EntryText.Parse(text).MapFail(error => Error.New($"{option}: {error.Message}")).Bind(written =>
        {
            string name = written.Name.ToLowerInvariant();
            return all.Find(shortNames.FirstOrDefault(known => known.Name == name, (Name: name, Entry: name)).Entry)
                .Bind(entry => entry.Build(With(figures(name), written, entry), learningRate))
                .MapFail(error => Error.New($"{option} {written.Name}: {error.Message}"));
        });

    private static ImmutableSortedDictionary<string, string> With(
        IEnumerable<(string Option, object Value)> figures, EntryText written, CatalogueEntry entry) => figures
        .Where(figure => entry.Options.Any(option => option.Name == figure.Option)
            && !written.Options.ContainsKey(figure.Option))
        .Aggregate(written.Options, (options, figure) =>
            options.Add(figure.Option, string.Create(CultureInfo.InvariantCulture, $"{figure.Value}")));
}
