using System.Text.Json.Serialization;

namespace Functional.Optim;

/// <summary>The scale of the threshold of a <see cref="Plateau"/>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PlateauThreshold>))]
public enum PlateauThreshold
{
    /// <summary>
    /// Relative to the best metric: better is below best − |best| · threshold, or above best + |best| · threshold.
    /// </summary>
    Relative,

    /// <summary>Absolute: better is below best − threshold, or above best + threshold.</summary>
    Absolute,
}
