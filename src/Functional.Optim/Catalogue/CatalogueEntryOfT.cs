using System.Collections.Immutable;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim;

/// <summary>An entry with the type of what it builds.</summary>
/// <typeparam name="T">Such as <see cref="Schedule"/>.</typeparam>
public sealed class CatalogueEntry<T> : CatalogueEntry
{
    private readonly Func<OptionValues, T> make;

    internal CatalogueEntry(string kind, string name, Func<OptionValues, T> make)
        : base(kind, name, OptionsOf(make)) => this.make = make;

    /// <summary>What the options say, or every error found: of each option by itself, else of options that do not go together.</summary>
    /// <param name="options">Texts by the options' names; one with a default may be left out.</param>
    /// <param name="learningRate">The learning rate where no option gives it, such as a schedule made of others, which has no text.</param>
    public Validation<Error, T> Build(IReadOnlyDictionary<string, string> options, Schedule? learningRate = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionValues values = new(options, learningRate);
        Validation<Error, T> made = Validated.Of(() => make(values));
        return values.ErrorsOf(Name).Make(() => made).Bind(static inner => inner);
    }

    private static ImmutableArray<CatalogueOption> OptionsOf(Func<OptionValues, T> make)
    {
        OptionValues none = new(ImmutableDictionary<string, string>.Empty);
        // Nothing is made of options that are not given; what is asked for is remembered all the same.
        _ = Validated.Of(() => make(none));
        return none.Options;
    }
}
