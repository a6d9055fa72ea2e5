using System.Text.Json.Serialization;

namespace Functional.Optim;

/// <summary>Which metrics <see cref="Plateau"/> holds to be better.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PlateauMode>))]
public enum PlateauMode
{
    /// <summary>Lower ones, such as losses.</summary>
    Minimize,

    /// <summary>Higher ones, such as accuracies.</summary>
    Maximize,
}
