using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace CommandLine;

/// <summary>Options whose errors name the option, the value given and what is allowed.</summary>
public static class CheckedOption
{
    /// <summary>An option whose value is a number, read the same in every culture.</summary>
    /// <typeparam name="T">The type of the number.</typeparam>
    /// <param name="name">The name, such as "--steps".</param>
    /// <param name="description">What the help says.</param>
    /// <param name="allowed">The allowed values, in words.</param>
    /// <param name="allows">Whether a number is allowed.</param>
    public static Option<T?> Number<T>(string name, string description, string allowed, Func<T, bool> allows)
        where T : struct, INumberBase<T> =>
        new(name)
        {
            Description = description,
            HelpName = "N",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = given => Value(given) is { } text
                && T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out T number) && allows(number)
                    ? number
                    : Refuse<T?>(given, name, allowed),
        };

    /// <summary>An option whose value is one of some names. An error suggests the nearest name.</summary>
    /// <param name="name">The name, such as "--preset".</param>
    /// <param name="description">What the help says after the names.</param>
    /// <param name="names">The allowed values; at least two.</param>
    public static Option<string?> OneOf(string name, string description, IReadOnlyList<string> names)
    {
        string allowed = Words.Or(names);
        return Text(name, "NAME", $"{allowed}: {description}", allowed, names.Contains,
            text => Suggestion.For(text, names));
    }

    /// <summary>
    /// An option whose value is one of some names, in any case, with options in parentheses or without. An error
    /// suggests the nearest name. What stands in the parentheses is not checked.
    /// </summary>
    /// <param name="name">The name, such as "--optimizer".</param>
    /// <param name="description">What the help says.</param>
    /// <param name="names">The allowed names.</param>
    public static Option<string?> Entry(string name, string description, IReadOnlyList<string> names)
    {
        return Text(
            name, "NAME", description, $"{string.Join(", ", names)}, or NAME(option=value, …)",
            text => names.Contains(NameOf(text), StringComparer.OrdinalIgnoreCase), text =>
                Suggestion.For(NameOf(text), names));

        static string NameOf(string text) => text.Split('(')[0].Trim();
    }

    /// <summary>An option whose value is the path of a file or a folder.</summary>
    /// <param name="name">The name, such as "--out".</param>
    /// <param name="kind">FILE or FOLDER.</param>
    /// <param name="description">What the help says.</param>
    public static Option<string?> Path(string name, string kind, string description) =>
        Text(name, kind, description, $"the path of a {kind.ToLowerInvariant()}",
            path => !string.IsNullOrWhiteSpace(path), _ => "");

    /// <summary>Whether an option occurs without a value, alone or after an occurrence that has one.</summary>
    /// <param name="given">The option as it was given.</param>
    public static bool LacksValue(OptionResult given)
    {
        ArgumentNullException.ThrowIfNull(given);
        return given.IdentifierTokenCount > given.Tokens.Count;
    }

    /// <summary>An option whose value is a text.</summary>
    /// <param name="name">The name, such as "--average".</param>
    /// <param name="helpName">What stands for the value in the help.</param>
    /// <param name="description">What the help says.</param>
    /// <param name="allowed">The allowed values, in words.</param>
    /// <param name="allows">Whether a text is allowed.</param>
    public static Option<string?> Text(
        string name, string helpName, string description, string allowed, Func<string, bool> allows) =>
        Text(name, helpName, description, allowed, allows, _ => "");

    private static Option<string?> Text(
        string name, string helpName, string description, string allowed, Func<string, bool> allows,
        Func<string, string> suggest) =>
        new(name)
        {
            Description = description,
            HelpName = helpName,
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = given =>
            {
                string? text = Value(given);
                return text is not null && allows(text)
                    ? text
                    : Refuse<string?>(given, name, $"{allowed}{(text is null ? "" : suggest(text))}");
            },
        };

    private static string? Value(ArgumentResult given) =>
        given.Tokens.Count > 0 && !(given.Parent is OptionResult option && LacksValue(option))
            ? given.Tokens[0].Value
            : null;

    private static T? Refuse<T>(ArgumentResult given, string name, string allowed)
    {
        string error = Value(given) switch { null => "has no value", "" => "is empty", string text => $"is {text}" };
        given.AddError($"{name} {error}; allowed is {allowed}");
        return default;
    }
}
