using System.Text.Json;
using System.Text.Json.Serialization;

namespace Functional.Optim;

/// <summary>
/// An optimizer as JSON: its text (<see cref="OptimizerText"/>), from which an equal one is read. What has no text is
/// refused. A member of type <see cref="Optimizer"/> uses it by itself; where the type is one of its kinds, add it to
/// the options.
/// </summary>
public sealed class OptimizerJson : JsonConverter<Optimizer>
{
    /// <inheritdoc/>
    public override bool CanConvert(Type typeToConvert) => typeof(Optimizer).IsAssignableFrom(typeToConvert);

    /// <inheritdoc/>
    /// <exception cref="JsonException">The optimizer has no text.</exception>
    public override void Write(Utf8JsonWriter writer, Optimizer value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(OptimizerText.Written(value).Match(
            static text => text,
            static errors => throw new JsonException(new SettingsException("optimizer", errors).Message)));
    }

    /// <inheritdoc/>
    /// <exception cref="JsonException">The text describes no optimizer.</exception>
    public override Optimizer Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Catalogue.Read(reader.GetString() ?? "").Match(
            static optimizer => optimizer,
            static errors => throw new JsonException(new SettingsException("optimizer", errors).Message));
}
