using System.Globalization;

namespace Functional.Optim.Training;

/// <summary>How often a run went back to a checkpoint, and what its learning rate is multiplied by since.</summary>
internal readonly record struct RollBacks(long Count, double RateFactor)
{
    /// <summary>The name of its text in a checkpoint.</summary>
    internal const string Key = "rollBacks";

    /// <summary>Those that a text says; none for other texts.</summary>
    internal static RollBacks Parse(string text) =>
        text.Split(' ') is [string count, string factor]
        && long.TryParse(count, CultureInfo.InvariantCulture, out long times)
        && double.TryParse(factor, CultureInfo.InvariantCulture, out double rate)
            ? new(times, rate)
            : new(0, 1);

    internal RollBacks With(double rateFactor) => new(Count + 1, RateFactor * rateFactor);

    /// <summary>The text; empty where the run never went back.</summary>
    public override string ToString() =>
        Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{Count} {RateFactor:r}");
}
