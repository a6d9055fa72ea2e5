using System.Collections.Immutable;
using System.Globalization;

namespace Functional.Optim;

/// <summary>
/// Reads an entry's options from texts. Asking for a value declares its option, so that each stands in one place: an entry runs its factory
/// once over no text to learn its options. What is returned where the text is missing or wrong has no meaning; the fault is noted.
/// </summary>
internal sealed class OptionValues(IReadOnlyDictionary<string, string> given)
{
    private delegate bool Reader<T>(string text, out T value);

    private readonly Faults faults = new();

    /// <summary>The options asked for so far.</summary>
    internal ImmutableArray<CatalogueOption> Options { get; private set; } = [];

    internal double Number(string name, string description, string allowed, double? fallback = null) =>
        Read<double>(new(name, description, "a number", allowed, fallback?.ToString(CultureInfo.InvariantCulture)), ReadNumber);

    internal double Number(string name, string description, Bounds allowed, double? fallback = null) =>
        Number(name, description, allowed.Allowed, fallback);

    internal long Whole(string name, string description, string allowed, long? fallback = null) =>
        Read<long>(new(name, description, "a whole number", allowed, fallback?.ToString(CultureInfo.InvariantCulture)), ReadWhole);

    internal long Whole(string name, string description, long least, long? fallback = null) =>
        Whole(name, description, Bounds.AtLeast(least).Allowed, fallback);

    internal long? WholeOrNone(string name, string description, string allowed) =>
        Read<long?>(new(name, description, "a whole number or nothing", allowed, string.Empty), ReadWholeOrNone);

    internal long[] Wholes(string name, string description, string allowed) =>
        Read<long[]>(new(name, description, "whole numbers with commas between", allowed, null), ReadWholes) ?? [];

    internal bool Flag(string name, string description) =>
        Read<bool>(new(name, description, "a word", "true, false", "false"), bool.TryParse);

    internal TChoice Choice<TChoice>(string name, string description, TChoice fallback)
        where TChoice : struct, Enum =>
        Read<TChoice>(new(name, description, "a word", string.Join(", ", Enum.GetNames<TChoice>()), fallback.ToString()), ReadChoice);

    /// <summary>The faults of reading, those of texts that no option asked for among them.</summary>
    internal Faults FaultsOf(string entry)
    {
        foreach (string name in given.Keys.Except(Options.Select(option => option.Name)))
            faults.Require(false, name, $"no option of {entry}", string.Join(", ", Options.Select(option => option.Name)));
        return faults;
    }

    private T Read<T>(CatalogueOption option, Reader<T> read)
    {
        Options = Options.Add(option);
        string? text = given.TryGetValue(option.Name, out string? found) ? found : option.Default;
        T value = default!;
        faults.Require(text is not null && read(text, out value), option.Name, text ?? "not given", $"{option.Type}, {option.Allowed}");
        return value;
    }

    private static bool ReadNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    private static bool ReadWhole(string text, out long value) =>
        long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out value);

    private static bool ReadWholeOrNone(string text, out long? value)
    {
        bool whole = ReadWhole(text, out long number);
        value = whole ? number : null;
        return whole || text.Length == 0;
    }

    private static bool ReadWholes(string text, out long[] values)
    {
        string[] parts = text.Split(',', StringSplitOptions.RemoveEmptyEntries);
        values = new long[parts.Length];
        for (int index = 0; index < parts.Length; index++)
            if (!ReadWhole(parts[index], out values[index])) return false;
        return true;
    }

    /// <summary>A name in any case, and no number in its place.</summary>
    private static bool ReadChoice<TChoice>(string text, out TChoice value)
        where TChoice : struct, Enum =>
        Enum.TryParse(text, ignoreCase: true, out value) && Enum.GetNames<TChoice>().Contains(text, StringComparer.OrdinalIgnoreCase);
}
