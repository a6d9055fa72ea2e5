using System.Text.Json;
using System.Text.Json.Serialization;

namespace Functional.Optim;

/// <summary>
/// Writes a schedule as a JSON object with one property: its name is the type, its value has the settings. It does not
/// read schedules: a factory, or <see cref="Catalogue"/> from text, makes them and checks their settings.
/// </summary>
internal sealed class ScheduleJson : JsonConverter<Schedule>
{
    public override void Write(Utf8JsonWriter writer, Schedule value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WritePropertyName(value.GetType().Name);
        JsonSerializer.Serialize(writer, value, value.GetType(), options);
        writer.WriteEndObject();
    }

    public override Schedule Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException(
            "Schedules are written as JSON, not read; Catalogue.Schedules makes them from text.");
}
