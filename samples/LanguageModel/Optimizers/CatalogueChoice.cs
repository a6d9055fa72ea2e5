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
    /// <summary>The type of an option that is an entry too.</summary>
    private const string Inner = "an optimizer";

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
                .Bind(entry => entry.Build(With(figures, name, written, entry), learningRate))
                .MapFail(error => Error.New($"{option} {written.Name}: {error.Message}"));
        });

    /// <summary>
    /// The options of a text, with the figures that it does not give. An option that is an optimizer too, such as the
    /// base of scheduleFree, gets its own figures.
    /// </summary>
    private ImmutableSortedDictionary<string, string> With(
        Func<string, IEnumerable<(string Option, object Value)>> figures, string name, EntryText written,
        CatalogueEntry entry) => figures(name)
        .Where(figure => entry.Options.Any(option => option.Name == figure.Option)
            && !written.Options.ContainsKey(figure.Option))
        .Aggregate(
            written.Options.SetItems(
                from option in written.Options
                where entry.Options.Any(known => known.Type == Inner
                    && known.Name.Equals(option.Key, StringComparison.OrdinalIgnoreCase))
                select KeyValuePair.Create(option.Key, With(figures, option.Value))),
            (options, figure) =>
                options.Add(figure.Option, string.Create(CultureInfo.InvariantCulture, $"{figure.Value}")));

    private string With(Func<string, IEnumerable<(string Option, object Value)>> figures, string value)
    {
        return EntryText.Parse(value).Match(Succ: Completed, Fail: _ => value);

        string Completed(EntryText inner) =>
            all.FirstOrDefault(known => known.Name.Equals(inner.Name, StringComparison.OrdinalIgnoreCase)) is { } entry
                ? $"{inner with { Options = With(figures, entry.Name.ToLowerInvariant(), inner, entry) }}"
                : value;
    }
}
