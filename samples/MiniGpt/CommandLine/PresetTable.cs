using System.Collections.Immutable;
using LanguageModel;

namespace MiniGpt;

/// <summary>
/// The defaults that differ between the presets, as a table: a row for each option, a column for each preset.
/// </summary>
/// <param name="rows">The name of each option, and its value in a preset.</param>
public sealed class PresetTable(params ImmutableArray<(string Option, Func<Preset, string> Value)> rows)
{
    private const int FirstColumn = 20, OtherColumns = 12;

    /// <summary>Writes the table.</summary>
    /// <param name="output">Where it is written.</param>
    public void Write(TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.WriteLine("Defaults of the presets:");
        WriteRow(output, "", preset => preset.Name);
        foreach ((string option, Func<Preset, string> value) in rows) WriteRow(output, option, value);
    }

    private static void WriteRow(TextWriter output, string heading, Func<Preset, string> value)
    {
        IEnumerable<string> cells = Preset.All.Select(preset => value(preset).PadRight(OtherColumns));
        output.WriteLine($"  {heading.PadRight(FirstColumn)}{string.Concat(cells)}".TrimEnd());
    }
}
