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

    /// <summary>Name and options from a text. A comma that no option follows belongs to the value, as in <c>milestones=100,200</c>.</summary>
    /// <param name="text">The text.</param>
    public static Validation<Error, EntryText> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string trimmed = text.Trim();
        int open = trimmed.IndexOf('(', StringComparison.Ordinal);
        string name = (open < 0 ? trimmed : trimmed[..open]).TrimEnd();
        var options = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.OrdinalIgnoreCase);
        if (name.Length == 0 || name.AsSpan().ContainsAny("),=") || (open >= 0 && trimmed[^1] != ')'))
            return Error.New($"'{text}' is not written as {Form}");
        if (open < 0) return new EntryText(name, options.ToImmutable());
        string last = string.Empty;
        foreach (string piece in Pieces(trimmed[(open + 1)..^1]))
        {
            int equals = piece.AsSpan().IndexOfAny("=(");
            bool isOption = equals > 0 && piece[equals] == '=' && !string.IsNullOrWhiteSpace(piece[..equals]);
            if (!isOption && last.Length == 0) return Error.New($"'{piece.Trim()}' in '{text}' is not written as option=value");
            if (!isOption)
            {
                options[last] += $",{piece.Trim()}";
                continue;
            }

            last = piece[..equals].Trim();
            if (!options.TryAdd(last, piece[(equals + 1)..].Trim())) return Error.New($"'{text}' gives {last} twice");
        }

        return options.Values.All(IsBalanced)
            ? new EntryText(name, options.ToImmutable())
            : Error.New($"'{text}' has a parenthesis without its other one");
    }

    /// <summary>The text.</summary>
    public override string ToString() =>
        Options.IsEmpty ? Name : $"{Name}({string.Join(", ", Options.Select(option => $"{option.Key}={option.Value}"))})";

    /// <summary>What stands between commas that are in no parentheses.</summary>
    private static IEnumerable<string> Pieces(string inside)
    {
        int start = 0, depth = 0;
        for (int index = 0; index < inside.Length; index++)
        {
            depth += inside[index] switch { '(' => 1, ')' => -1, _ => 0 };
            if (inside[index] != ',' || depth > 0) continue;
            yield return inside[start..index];
            start = index + 1;
        }

        if (!string.IsNullOrWhiteSpace(inside)) yield return inside[start..];
    }

    private static bool IsBalanced(string value)
    {
        int depth = 0;
        foreach (char character in value)
        {
            depth += character switch { '(' => 1, ')' => -1, _ => 0 };
            if (depth < 0) return false;
        }

        return depth == 0;
    }
}
