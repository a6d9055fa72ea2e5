using System.Text.Json;
using System.Text.Json.Serialization;

namespace Functional.Optim;

/// <summary>
/// A schedule as JSON: its text, from which an equal one is read. What has no text is refused. A member of type
/// <see cref="Schedule"/> uses it by itself; where the type is one of its kinds, add it to the options.
/// </summary>
public sealed class ScheduleJson : JsonConverter<Schedule>
{
    /// <inheritdoc/>
    public override bool CanConvert(Type typeToConvert) => typeof(Schedule).IsAssignableFrom(typeToConvert);

    /// <inheritdoc/>
    /// <exception cref="JsonException">The schedule has no text.</exception>
    public override void Write(Utf8JsonWriter writer, Schedule value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        string text = value.ToString();
        if (!Catalogue.ReadSchedule(text).Is(value))
            throw new JsonException($"{Excerpt.Of(text)} has no text from which it is built again.");
        writer.WriteStringValue(text);
    }

    /// <inheritdoc/>
    /// <exception cref="JsonException">The text describes no schedule.</exception>
    public override Schedule Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Catalogue.ReadSchedule(reader.GetString() ?? "").Match(
            static schedule => schedule,
            static errors => throw new JsonException(new SettingsException("schedule", errors).Message));
}
