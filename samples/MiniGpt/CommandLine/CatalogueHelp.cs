using CommandLine;
using Functional.Optim;
using LanguageModel;

namespace MiniGpt;

/// <summary>The help on the entries of the library's catalogue that an option takes.</summary>
public static class CatalogueHelp
{
    private const int FirstColumn = 22;

    /// <summary>Writes the entries with their options, then what each option means.</summary>
    /// <typeparam name="T">What the entries build.</typeparam>
    /// <param name="output">Where it is written.</param>
    /// <param name="width">The maximum length of a line.</param>
    /// <param name="title">What the entries are, such as "Optimizers".</param>
    /// <param name="choice">The entries.</param>
    /// <param name="example">An entry with options.</param>
    /// <param name="sources">Where options come from that are not given.</param>
    public static void Write<T>(
        TextWriter output, int width, string title, CatalogueChoice<T> choice, string example, string sources)
    {
        ArgumentNullException.ThrowIfNull(choice);
        HelpLines lines = new(output, width);
        lines.Write("", $"{title} may have options in parentheses. A shell needs quotes:");
        lines.Write("  ", $"{choice.Option} \"{example}\"");
        lines.Write("", $"Of the options that are not given, {sources} The others have the defaults below.");
        lines.Write("", "");
        foreach ((string name, string entry) in choice.ShortNames) lines.Write(Front(name), $"short for {entry}");
        foreach (CatalogueEntry<T> entry in choice.Entries)
        {
            lines.Write(Front(entry.Name), entry.Description);
            lines.Write(Front(""), string.Join(", ", entry.Options));
        }

        lines.Write("", "");
        lines.Write("", $"Options of {title.ToLowerInvariant()}:");
        WriteOptions(lines, choice);
    }

    /// <summary>
    /// Writes each option once; where options of one name differ, each with the entries that have it.
    /// </summary>
    private static void WriteOptions<T>(HelpLines lines, CatalogueChoice<T> choice)
    {
        var kinds = choice.Entries
            .SelectMany(entry => entry.Options.Select(option => (Entry: entry.Name, Option: option)))
            .GroupBy(pair => pair.Option with { Default = null })
            .OrderBy(kind => kind.Key.Name, StringComparer.Ordinal)
            .ToArray();
        foreach (var kind in kinds)
        {
            CatalogueOption option = kind.Key;
            bool isOnly = kinds.Count(other => other.Key.Name == option.Name) == 1;
            string entries = isOnly ? "" : $" ({string.Join(", ", kind.Select(pair => pair.Entry))})";
            lines.Write(Front(option.Name), $"{option.Description}{entries}: {option.Type}, {option.Allowed}");
        }
    }

    private static string Front(string name) => $"  {name}".PadRight(FirstColumn);
}
