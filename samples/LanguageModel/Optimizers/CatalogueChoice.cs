using System.Collections.Immutable;
using System.Globalization;
using Functional.Optim;
using LanguageExt;
using LanguageExt.Common;
using Schedule = Functional.Optim.Schedule;

namespace LanguageModel;

/// <summary>An option of the command line that names an entry of the library's catalogue, with the entry's own options in parentheses.</summary>
/// <typeparam name="T">What the entries build.</typeparam>
/// <param name="option">The option, such as "--optimizer".</param>
/// <param name="all">The entries.</param>
/// <param name="shortNames">Further names, before which an entry of the same name steps back.</param>
public sealed class CatalogueChoice<T>(
    string option, ImmutableArray<CatalogueEntry<T>> all, params ImmutableArray<(string Name, string Entry)> shortNames)
{
    /// <summary>The option, such as "--optimizer".</summary>
    public string Option => option;

    /// <summary>The entries that no short name hides.</summary>
    public ImmutableArray<CatalogueEntry<T>> Entries { get; } = [.. all.Where(entry => shortNames.All(known => known.Name != entry.Name))];

    /// <summary>The short names and the entries they stand for.</summary>
    public ImmutableArray<(string Name, string Entry)> ShortNames => shortNames;

    /// <summary>Every name, in any case.</summary>
    public ImmutableArray<string> Names => [.. shortNames.Select(known => known.Name), .. Entries.Select(entry => entry.Name)];

    /// <summary>What a text says, or every error found.</summary>
    /// <param name="text">A name, or a name with options.</param>
    /// <param name="figures">What the options are where the text does not give them, by the name; those that the entry lacks are left out.</param>
    /// <param name="learningRate">The learning rate, where the text gives none.</param>
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
        .Where(figure => entry.Options.Any(option => option.Name == figure.Option) && !written.Options.ContainsKey(figure.Option))
        .Aggregate(written.Options, (options, figure) =>
            options.Add(figure.Option, string.Create(CultureInfo.InvariantCulture, $"{figure.Value}")));
}
