using System.Buffers;
using System.Collections.Immutable;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim;

/// <summary>
/// The name of an entry and its options as one text: <c>name</c> or <c>name(option=value, …)</c>, such as
/// <c>lion(learningRate=cosine(peak=0.001, totalSteps=500), beta1=0.95)</c>.
/// </summary>
/// <param name="Name">The name.</param>
/// <param name="Options">Texts by the options' names, which are the same in any case.</param>
public sealed record EntryText(string Name, ImmutableSortedDictionary<string, string> Options)
{
    internal const string Form = "name or name(option=value, …)";

    /// <summary>How deep parentheses may be nested, so that no text is too deep to be built.</summary>
    internal const int MaxDepth = 32;

    /// <summary>
    /// How many options a text may give, far more than any entry has, so that there are not as many errors as
    /// characters.
    /// </summary>
    internal const int MaxOptions = 64;

    private static readonly SearchValues<char> Special = SearchValues.Create("()[]{},;=.'\"");

    private static ImmutableSortedDictionary<string, string> None { get; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Name and options from a text: at most 64 options, parentheses at most 32 deep. A comma that no option follows
    /// belongs to the value, as in <c>milestones=100,200</c>. Time and memory are in proportion to the length of the
    /// text.
    /// </summary>
    /// <param name="text">The text.</param>
    public static Validation<Error, EntryText> Parse(string text) => Read(text).ToValidation();

    /// <inheritdoc cref="Parse"/>
    internal static Outcome<EntryText> Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (ErrorOfParentheses(text) is { } wrong) return Outcome.Fail<EntryText>(wrong);
        string trimmed = text.Trim(), name = NameOf(trimmed);
        int open = trimmed.IndexOf('(', StringComparison.Ordinal);
        if (name.Length == 0 || name.AsSpan().ContainsAny("),=") || (open >= 0 && trimmed[^1] != ')'))
            return Outcome.Fail<EntryText>(ErrorOf(text, $"is not written as {Form}"));
        if (open < 0) return new EntryText(name, None);
        string inside = trimmed[(open + 1)..^1];
        // As in a(b=1), c=d(e=1), whose last parenthesis closes another one than the first.
        if (ErrorOfParentheses(inside) is not null)
            return Outcome.Fail<EntryText>(ErrorOf(text, $"is not written as {Form}"));
        return OptionsOf(inside, text).Map(options => new EntryText(name, options));
    }

    /// <summary>The text.</summary>
    public override string ToString() => Of(Name, Options);

    /// <summary>The text of a name and options in their order.</summary>
    internal static string Of(string name, IEnumerable<KeyValuePair<string, string>> options)
    {
        string inside = string.Join(", ", options.Select(option => $"{option.Key}={option.Value}"));
        return inside.Length == 0 ? name : $"{name}({inside})";
    }

    /// <summary>What stands before the parentheses.</summary>
    internal static string NameOf(string text)
    {
        int open = text.IndexOf('(', StringComparison.Ordinal);
        return (open < 0 ? text : text[..open]).TrimEnd();
    }

    /// <summary>Whether a name can stand in a text, as nothing in it means something there.</summary>
    internal static bool IsPlain(string name) =>
        name.Length > 0 && name.Trim() == name && !name.AsSpan().ContainsAny(Special);

    /// <summary>The pieces of a text between the separators that stand in no parentheses.</summary>
    internal static IEnumerable<string> Split(string text, string separator)
    {
        int depth = 0, start = 0;
        for (int index = 0; index < text.Length; index++)
        {
            depth += text[index] switch { '(' or '[' => 1, ')' or ']' => -1, _ => 0 };
            if (depth > 0 || string.CompareOrdinal(text, index, separator, 0, separator.Length) != 0) continue;
            yield return text[start..index];
            start = index + separator.Length;
            index = start - 1;
        }

        yield return start == 0 ? text : text[start..];
    }

    /// <summary>
    /// What is wrong with the parentheses and brackets of a text; <see langword="null"/> where nothing is.
    /// </summary>
    internal static string? ErrorOfParentheses(string text)
    {
        const string alone = "has a parenthesis without its other one";
        int depth = 0;
        Span<char> open = stackalloc char[MaxDepth];
        foreach (char character in text)
        {
            switch (character)
            {
                case '(' or '[' when depth == MaxDepth: return ErrorOf(text, $"is nested deeper than {MaxDepth}");
                case '(' or '[': open[depth++] = character; break;
                case ')' or ']' when depth == 0 || open[depth - 1] != (character == ')' ? '(' : '['):
                    return ErrorOf(text, alone);
                case ')' or ']': depth--; break;
            }
        }

        return depth == 0 ? null : ErrorOf(text, alone);
    }

    private static Outcome<ImmutableSortedDictionary<string, string>> OptionsOf(string inside, string text)
    {
        var options = None.ToBuilder();
        if (string.IsNullOrWhiteSpace(inside)) return options.ToImmutable();
        string last = "";
        List<string> value = [];
        foreach (string piece in Split(inside, ","))
        {
            int equals = piece.AsSpan().IndexOfAny('=', '(');
            if (equals >= 0 && piece[equals] == '=' && !piece.AsSpan(0, equals).IsWhiteSpace())
            {
                if (last.Length > 0) options[last] = string.Join(',', value);
                last = piece[..equals].Trim();
                if (options.ContainsKey(last)) return Wrong($"gives {Excerpt.Of(last)} twice");
                if (options.Count == MaxOptions) return Wrong($"gives more than {MaxOptions} options");
                options.Add(last, "");
                value = [piece[(equals + 1)..].Trim()];
            }
            else if (last.Length > 0)
            {
                value.Add(piece.Trim());
            }
            else
            {
                return Outcome.Fail<ImmutableSortedDictionary<string, string>>(
                    $"'{Excerpt.Of(piece.Trim())}' in '{Excerpt.Of(text)}' is not written as option=value");
            }
        }

        options[last] = string.Join(',', value);
        return options.ToImmutable();

        Outcome<ImmutableSortedDictionary<string, string>> Wrong(string error) =>
            Outcome.Fail<ImmutableSortedDictionary<string, string>>(ErrorOf(text, error));
    }

    private static string ErrorOf(string text, string error) => $"'{Excerpt.Of(text)}' {error}";
}
