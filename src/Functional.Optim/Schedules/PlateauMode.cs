using System.Text.Json.Serialization;

namespace Functional.Optim;

/// <summary>Which metrics are better for a <see cref="Plateau"/>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PlateauMode>))]
public enum PlateauMode
{
    /// <summary>Lower metrics, such as losses.</summary>
    Minimize,

    /// <summary>Higher metrics, such as accuracies.</summary>
    Maximize,
}
