using System.Text.Json.Serialization;

namespace Functional.Optim;

/// <summary>What <see cref="Plateau"/> measures its threshold by.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PlateauThreshold>))]
public enum PlateauThreshold
{
    /// <summary>The size of the best metric: better is below best − |best| · threshold, or above best + |best| · threshold.</summary>
    Relative,

    /// <summary>The metric's own scale: better is below best − threshold, or above best + threshold.</summary>
    Absolute,
}
