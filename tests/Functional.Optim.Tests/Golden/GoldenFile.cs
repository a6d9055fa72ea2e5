using System.Text.Json;

namespace Functional.Optim.Tests.Golden;

/// <summary>Reads the golden figures beside the test assembly.</summary>
internal static class GoldenFile
{
    internal static JsonElement Read(string name) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", name))).RootElement;

    internal static double Number(this JsonElement element) => element.ValueKind == JsonValueKind.String
        ? element.GetString() switch
        {
            "nan" => double.NaN, "inf" => double.PositiveInfinity, _ => double.NegativeInfinity
        }
        : element.GetDouble();

    internal static double[] Numbers(this JsonElement element) => [.. element.EnumerateArray().Select(Number)];

    /// <summary>A number, or the numbers of lists of any depth one after the other.</summary>
    internal static double[] Flat(this JsonElement element) => element.ValueKind == JsonValueKind.Array
        ? [.. element.EnumerateArray().SelectMany(Flat)]
        : [element.Number()];

    internal static double Option(this JsonElement options, string name) => options.GetProperty(name).Number();

    internal static double Option(this JsonElement options, string name, double fallback) =>
        options.TryGetProperty(name, out JsonElement value) ? value.Number() : fallback;

    /// <summary>The rate of a published case: with <c>lr_factor</c> that of step t is lr·(1 − (t − 1) / 100).</summary>
    internal static Schedule Rate(this JsonElement options, double fallback) =>
        options.TryGetProperty("lr_factor", out _)
            // At t = 101 it would be 0.
            ? Schedule.LinearFactor(options.Option("lr", fallback), 100, startFactor: 1, endFactor: 0).ZeroBased()
            : options.Option("lr", fallback);

    /// <summary>The form of the decay of a published case.</summary>
    internal static DecayForm DecayForm(this JsonElement options) =>
        options.Flag("corrected_weight_decay") ? Optim.DecayForm.Corrected : Optim.DecayForm.Scaled;

    internal static (double First, double Second) Pair(
        this JsonElement options, string name, (double First, double Second) fallback) =>
        options.TryGetProperty(name, out JsonElement pair) ? (pair[0].Number(), pair[1].Number()) : fallback;

    internal static bool FlagOr(this JsonElement options, string name, bool fallback) =>
        options.TryGetProperty(name, out JsonElement value) ? value.ValueKind == JsonValueKind.True : fallback;

    internal static bool Flag(this JsonElement options, string name) =>
        options.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;
}
