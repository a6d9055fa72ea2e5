using System.Collections.Immutable;
using System.Globalization;
using Functional.Optim;
using Functional.Optim.Training;
using LanguageExt;
using LanguageExt.Common;

namespace MiniGpt;

/// <summary>What a safetensors file has, as texts without control characters.</summary>
/// <param name="Facts">What it is, by name.</param>
/// <param name="Tables">The leaves; then, where it has them, slots, scalars and texts.</param>
public sealed record FileInspection(
    ImmutableArray<(string Name, string Text)> Facts, ImmutableArray<TextTable> Tables)
{
    private const int MaxText = 200;

    /// <summary>The metadata of this library, which the description has taken apart.</summary>
    private static readonly ImmutableArray<string> OwnKeys = ["functional_optim", "sha256"];

    /// <summary>Inspects a file, or the newest good checkpoint of a folder; or returns the error in one line.</summary>
    /// <param name="path">The path of the file or the folder.</param>
    public static Fin<FileInspection> Of(string path) =>
        from found in CheckpointFolder.Find(path)
        from description in CheckpointFile.Describe(found)
        from inspection in Of(found, description)
        select inspection;

    private static Fin<FileInspection> Of(string path, CheckpointDescription description) =>
        SafetensorsFile.Open(path).Bind(Fin<FileInspection> (file) =>
        {
            using (file)
            {
                try
                {
                    return new FileInspection(FactsOf(path, description), [.. TablesOf(file, description)]);
                }
                catch (IOException exception)
                {
                    return Error.New($"Cannot read '{path}': {exception.Message}.");
                }
            }
        });

    private static ImmutableArray<(string Name, string Text)> FactsOf(string path, CheckpointDescription description)
    {
        List<(string Name, string Text)> facts =
        [
            ("file", path),
            ("written by", description.Library.Length == 0
                ? "another program"
                : $"Functional.Optim {description.Library}"),
            ("elements", Text($"{description.ParameterCount:N0} in {description.Parameters.Length:N0} leaves")),
        ];
        if (description.State is { } state)
        {
            facts.Add(("step", Text($"{state.Step:N0}: {state.Updates:N0} updates, {state.SkippedSteps:N0} skipped")));
            facts.Add(("optimizer", state.OptimizerText.Length == 0 ? "without a text" : state.OptimizerText));
            facts.Add(("identity", state.Identity));
            long bytes = state.Slots.Sum(slot => slot.ByteCount);
            facts.Add(("state", Text($"{state.Slots.Length:N0} slots, {bytes:N0} bytes")));
        }

        return [.. facts.Select(fact => (fact.Name, Printable(fact.Text, int.MaxValue)))];
    }

    private static IEnumerable<TextTable> TablesOf(SafetensorsFile file, CheckpointDescription description)
    {
        yield return new(
            [("leaf", false), ("type", false), ("shape", false), ("elements", true), ("norm", true)],
            [
                .. description.Parameters.Select(tensor => Row(
                    Printable(tensor.Name), TypeOf(tensor), string.Join(" × ", tensor.Shape),
                    Text($"{tensor.Length:N0}"), Text($"{TensorNorm.Of(file, tensor):G6}"))),
            ]);
        if (description.State is not { } state)
        {
            if (TextsOf("metadata", description.Metadata.Where(text => !OwnKeys.Contains(text.Key))) is { } metadata)
                yield return metadata;
            yield break;
        }

        if (!state.Slots.IsEmpty)
        {
            yield return new(
                [("slot", false), ("format", false), ("leaves", true), ("bytes", true), ("norm", true)],
                [
                    .. state.Slots.Select(slot => Row(
                        Printable(slot.Name), $"{slot.Format}", Text($"{slot.Tensors.Length:N0}"),
                        Text($"{slot.ByteCount:N0}"),
                        Text($"{slot.Tensors.Aggregate(0.0, (norm, tensor) =>
                            double.Hypot(norm, TensorNorm.Of(file, tensor))):G6}"))),
                ]);
        }

        IEnumerable<KeyValuePair<string, string>> scalars = state.Scalars
            .Select(scalar => KeyValuePair.Create(scalar.Key, Text($"{scalar.Value:R}")));
        foreach ((string heading, IEnumerable<KeyValuePair<string, string>> texts) in
            ((string, IEnumerable<KeyValuePair<string, string>>)[])
            [
                ("scalar", scalars), ("setting", state.Configuration), ("memory", state.Memory),
            ])
        {
            if (TextsOf(heading, texts) is { } table) yield return table;
        }
    }

    private static TextTable? TextsOf(string heading, IEnumerable<KeyValuePair<string, string>> texts)
    {
        ImmutableArray<ImmutableArray<string>> rows =
            [.. texts.Select(text => Row(Printable(text.Key), Printable(text.Value)))];
        return rows.IsEmpty ? null : new([(heading, false), ("value", false)], rows);
    }

    private static ImmutableArray<string> Row(params ImmutableArray<string> cells) => cells;

    private static string TypeOf(TensorDescription tensor) => $"{tensor.Type}".ToUpperInvariant();

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>A text on one line that does nothing to a terminal, or its beginning and its length.</summary>
    private static string Printable(string text, int max = MaxText)
    {
        string start = string.Concat(text.Take(max).Select(letter => char.IsControl(letter) ? '·' : letter));
        return text.Length <= max ? start : Text($"{start}… ({text.Length:N0} characters)");
    }
}
