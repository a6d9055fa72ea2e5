using System.Collections.Immutable;
using System.Text;
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
    internal const int Deepest = 32;

    /// <summary>How many options a text may give, far more than any entry has, so that there are not as many errors as characters.</summary>
    internal const int MaxOptions = 64;

    /// <summary>
    /// Name and options from a text: at most 64 options, parentheses at most 32 deep. A comma that no option follows belongs to the value,
    /// as in <c>milestones=100,200</c>. Time and memory are in proportion to the length of the text.
    /// </summary>
    /// <param name="text">The text.</param>
    public static Validation<Error, EntryText> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string trimmed = text.Trim();
        int open = trimmed.IndexOf('(', StringComparison.Ordinal);
        string name = (open < 0 ? trimmed : trimmed[..open]).TrimEnd();
        if (name.Length == 0 || name.AsSpan().ContainsAny("),=") || (open >= 0 && trimmed[^1] != ')'))
            return ErrorOf(text, $"is not written as {Form}");
        if (open < 0) return new EntryText(name, None);
        return OptionsOf(trimmed[(open + 1)..^1], text).Map(options => new EntryText(name, options));
    }

    /// <summary>The text.</summary>
    public override string ToString() =>
        Options.IsEmpty ? Name : $"{Name}({string.Join(", ", Options.Select(option => $"{option.Key}={option.Value}"))})";

    private static ImmutableSortedDictionary<string, string> None { get; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase);

    private static Validation<Error, ImmutableSortedDictionary<string, string>> OptionsOf(string inside, string text)
    {
        var options = None.ToBuilder();
        string last = string.Empty;
        StringBuilder value = new();
        int start = 0, depth = 0;
        for (int index = 0; index <= inside.Length; index++)
        {
            char character = index < inside.Length ? inside[index] : ',';
            depth += character switch { '(' => 1, ')' => -1, _ => 0 };
            if (depth < 0 || (index == inside.Length && depth > 0)) return ErrorOf(text, "has a parenthesis without its other one");
            // The parentheses around all options are the first level.
            if (depth >= Deepest) return ErrorOf(text, $"is nested deeper than {Deepest}");
            if (character != ',' || depth > 0) continue;
            ReadOnlySpan<char> piece = inside.AsSpan(start, index - start);
            start = index + 1;
            int equals = piece.IndexOfAny('=', '(');
            if (equals >= 0 && piece[equals] == '=' && !piece[..equals].IsWhiteSpace())
            {
                if (last.Length > 0) options[last] = value.ToString();
                last = piece[..equals].Trim().ToString();
                if (options.ContainsKey(last)) return ErrorOf(text, $"gives {Excerpt.Of(last)} twice");
                if (options.Count == MaxOptions) return ErrorOf(text, $"gives more than {MaxOptions} options");
                options.Add(last, string.Empty);
                value.Clear().Append(piece[(equals + 1)..].Trim());
            }
            else if (last.Length > 0)
            {
                value.Append(',').Append(piece.Trim());
            }
            else if (!string.IsNullOrWhiteSpace(inside))
            {
                return Error.New($"'{Excerpt.Of(piece.Trim().ToString())}' in '{Excerpt.Of(text)}' is not written as option=value");
            }
        }

        if (last.Length > 0) options[last] = value.ToString();
        return options.ToImmutable();
    }

    private static Error ErrorOf(string text, string error) => Error.New($"'{Excerpt.Of(text)}' {error}");
}
