using System.Collections.Immutable;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim;

/// <summary>Entries by their names.</summary>
public static class CatalogueEntries
{
    /// <summary>The entry of a name, or what names there are.</summary>
    /// <typeparam name="T">What the entries build.</typeparam>
    /// <param name="entries">One or more.</param>
    /// <param name="name">The name, in any case.</param>
    /// <exception cref="ArgumentException">There are no entries.</exception>
    public static Validation<Error, CatalogueEntry<T>> Find<T>(
        this ImmutableArray<CatalogueEntry<T>> entries, string name) => entries.Named(name).ToValidation();

    /// <summary>
    /// What one text says, such as <c>cosine(peak=0.001, totalSteps=500)</c>, or all validation errors.
    /// </summary>
    /// <typeparam name="T">What the entries build.</typeparam>
    /// <param name="entries">One or more.</param>
    /// <param name="text">Name and options.</param>
    /// <param name="learningRate">The learning rate where the text does not give it.</param>
    /// <exception cref="ArgumentException">There are no entries.</exception>
    public static Validation<Error, T> Build<T>(
        this ImmutableArray<CatalogueEntry<T>> entries, string text, Schedule? learningRate = null) =>
        entries.Read(text, learningRate).ToValidation();

    /// <summary>
    /// The optimizer of a text: one of the entries, or a composition of all there are (<see cref="OptimizerText"/>).
    /// </summary>
    /// <inheritdoc cref="Build{T}"/>
    public static Validation<Error, Optimizer> Build(
        this ImmutableArray<CatalogueEntry<Optimizer>> entries, string text, Schedule? learningRate = null) =>
        OptimizerText.Parse(text, learningRate, entries).ToValidation();

    /// <inheritdoc cref="Find"/>
    internal static Outcome<CatalogueEntry<T>> Named<T>(this ImmutableArray<CatalogueEntry<T>> entries, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (entries.IsDefaultOrEmpty)
            throw new ArgumentException("There are no entries; allowed are one or more.", nameof(entries));
        CatalogueEntry<T>? found = entries.FirstOrDefault(
            entry => string.Equals(entry.Name, name, StringComparison.OrdinalIgnoreCase));
        return new ValidationErrors()
            .Require(
                found is not null, entries[0].Kind, name,
                string.Join(", ", entries.Select(entry => entry.Name)))
            .Checked(() => found!);
    }

    /// <inheritdoc cref="Build{T}"/>
    internal static Outcome<T> Read<T>(
        this ImmutableArray<CatalogueEntry<T>> entries, string text, Schedule? learningRate = null) =>
        EntryText.Read(text).Bind(
            written => entries.Named(written.Name).Bind(entry => entry.Read(written.Options, learningRate)));
}
