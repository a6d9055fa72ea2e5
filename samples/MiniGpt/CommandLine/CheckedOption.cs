using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace MiniGpt;

/// <summary>Options whose errors name the option, the value given and what is allowed.</summary>
public static class CheckedOption
{
    /// <summary>A number, read the same in every culture.</summary>
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

    /// <summary>One of some names.</summary>
    public static Option<string?> OneOf(string name, string description, IReadOnlyList<string> names)
    {
        string allowed = $"{string.Join(", ", names.SkipLast(1))} or {names[^1]}";
        return Text(name, "NAME", $"{allowed}: {description}", allowed, names.Contains);
    }

    /// <summary>An entry of the catalogue, alone or with options.</summary>
    public static Option<string?> Entry<T>(CatalogueChoice<T> choice, string description)
    {
        ArgumentNullException.ThrowIfNull(choice);
        return Text(choice.Option, "NAME", description, $"{string.Join(", ", choice.Names)}, or NAME(option=value, …)", choice.Knows);
    }

    /// <summary>The path of a file or a folder.</summary>
    public static Option<string?> Path(string name, string kind, string description) =>
        Text(name, kind, description, $"the path of a {kind.ToLowerInvariant()}", path => !string.IsNullOrWhiteSpace(path));

    private static Option<string?> Text(string name, string helpName, string description, string allowed, Func<string, bool> allows) =>
        new(name)
        {
            Description = description,
            HelpName = helpName,
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = given => Value(given) is { } text && allows(text) ? text : Refuse<string?>(given, name, allowed),
        };

    /// <summary>Whether an option stands somewhere without a value, alone or after one that it has elsewhere.</summary>
    public static bool LacksValue(OptionResult given)
    {
        ArgumentNullException.ThrowIfNull(given);
        return given.IdentifierTokenCount > given.Tokens.Count;
    }

    private static string? Value(ArgumentResult given) =>
        given.Tokens.Count > 0 && !(given.Parent is OptionResult option && LacksValue(option)) ? given.Tokens[0].Value : null;

    private static T? Refuse<T>(ArgumentResult given, string name, string allowed)
    {
        string error = Value(given) switch { null => "has no value", "" => "is empty", string text => $"is {text}" };
        given.AddError($"{name} {error}; allowed is {allowed}");
        return default;
    }
}
