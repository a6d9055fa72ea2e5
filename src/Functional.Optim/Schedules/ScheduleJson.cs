using System.Text.Json;
using System.Text.Json.Serialization;

namespace Functional.Optim;

/// <summary>
/// Writes a schedule as an object of one property, named by its type and with its settings as the value, wherever a member is one. It does
/// not read: a schedule is made by its own factory, or from text by <see cref="Catalogue"/>, which check what they are given.
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
        throw new NotSupportedException("Schedules are written as JSON, not read; Catalogue.Schedules makes them from text.");
}
