using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using LanguageExt;

namespace Experiments;

/// <summary>Something that a user can vary in an experiment.</summary>
/// <param name="Name">Lower case with hyphens; on the command line it has two hyphens before it.</param>
/// <param name="Description">What it is.</param>
/// <param name="Allowed">The allowed values, in words.</param>
/// <param name="Default">The value that holds when none is given.</param>
public record Setting(string Name, string Description, string Allowed, string Default)
{
    /// <summary>The allowed values, where they are names.</summary>
    public ImmutableArray<string> Names { get; init; } = [];
}

/// <summary>A setting that is read from and written to the options of an experiment.</summary>
/// <typeparam name="TOptions">The options.</typeparam>
/// <param name="Name">Lower case with hyphens.</param>
/// <param name="Description">What it is.</param>
/// <param name="Allowed">The allowed values, in words.</param>
/// <param name="Shown">The value that options have, as it would be given; null where they have none.</param>
/// <param name="Read">The options with the value that a text gives; none where it is not allowed.</param>
/// <param name="Otherwise">What holds when options have no value, in words.</param>
public sealed record Setting<TOptions>(
    string Name, string Description, string Allowed,
    Func<TOptions, string?> Shown, Func<TOptions, string, Option<TOptions>> Read, string Otherwise = "")
    : Setting(Name, Description, Allowed, Shown(new()) ?? Otherwise)
    where TOptions : new()
{
    internal static Setting<TOptions> Number<T>(
        string name, string description, string allowed, Func<T, bool> allows,
        Func<TOptions, T> get, Func<TOptions, T, TOptions> set)
        where T : INumberBase<T> =>
        new(name, description, allowed,
            of => Text(get(of)), (of, text) => Parse(text, allows).Map(value => set(of, value)));

    internal static Setting<TOptions> Numbers<T>(
        string name, string description, string allowed, Func<T, bool> allows,
        Func<TOptions, ImmutableArray<T>> get, Func<TOptions, ImmutableArray<T>, TOptions> set)
        where T : INumberBase<T> =>
        new(name, description, allowed, of => string.Join(',', get(of).Select(Text)), (of, text) => text.Split(',')
            .Aggregate(
                Prelude.Some(ImmutableArray<T>.Empty),
                (read, part) => from before in read from value in Parse(part, allows) select before.Add(value))
            .Map(values => set(of, values)));

    private static Option<T> Parse<T>(string text, Func<T, bool> allows)
        where T : INumberBase<T> =>
        T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out T? value) && allows(value)
            ? value
            : Prelude.None;

    private static string Text<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);
}
